"""what a gateway keeps of people ↔ files that only its key opens: AES-256-GCM, each file bound to its name, written whole or not at all."""

import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vision.errors import GalleryError
from vision.gallery_key import KEY, key_of
from wardroom.errors import ConfigError, StorageError, StorageGone

_FORMAT: Final = b"WGT1"
_NONCE: Final = 12
UNFINISHED: Final = ".new"
"""Ends the name of a file that is being written; what a crash leaves of one is no file."""


class Sealing:
    """Seals for one use; keys of different uses open nothing of each other."""

    def __init__(self, key: bytes, use: str) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), KEY, None, f"wardroom gateway: {use}".encode()).derive(key))

    def write(self, file: Path, data: bytes) -> int:
        """Put `data` into `file` (0600), in place of what it held; return the file's size. Raises StorageError."""
        nonce = secrets.token_bytes(_NONCE)
        sealed = _FORMAT + nonce + self._cipher.encrypt(nonce, data, file.name.encode())
        new = file.with_name(file.name + UNFINISHED)
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
                target.write(sealed)
                target.flush()
                os.fsync(target.fileno())
            new.replace(file)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise StorageGone("gates.unwritable", file=file, detail=error.strerror or str(error)) from error
        return len(sealed)

    def read(self, file: Path) -> bytes | None:
        """Return what `file` holds, None where there is none; raises StorageError for a damaged, displaced or foreign one."""
        try:
            sealed = file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageGone("gates.unreadable", file=file, detail=error.strerror or str(error)) from error
        head = len(_FORMAT) + _NONCE
        if not sealed.startswith(_FORMAT) or len(sealed) < head:
            raise StorageError("gates.damaged", file=file)
        try:
            return self._cipher.decrypt(sealed[len(_FORMAT) : head], sealed[head:], file.name.encode())
        except InvalidTag as error:
            raise StorageError("gates.damaged", file=file) from error


def gate_key(file: str) -> bytes:
    """Return the gateway's key; raises ConfigError where the file is none, or others may read it."""
    try:
        return key_of(Path(file))
    except GalleryError as error:
        raise ConfigError("gates.bad_key", detail=error) from error
