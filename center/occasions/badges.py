"""nothing → a code that nobody guesses, as it stands in a badge's QR; code → the digest by which it is found."""

import base64
import hashlib
import secrets
from typing import Final

SEALED_AS: Final = "badge"
"""The vault's kind of record; its id is the delegate's."""
_BYTES: Final = 16


def new_code() -> str:
    """Return 128 random bits as 26 letters and digits (base32), of which a QR code needs the least ink."""
    return base64.b32encode(secrets.token_bytes(_BYTES)).decode().rstrip("=")


def digest(code: str) -> bytes:
    """Return the SHA-256 of a code's UTF-8, as cameras tell it."""
    return hashlib.sha256(code.encode()).digest()
