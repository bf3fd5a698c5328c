"""a file that only its owner may read → the key of the gallery; and a new one of those."""

import os
import secrets
import stat
from pathlib import Path
from typing import Final

from vision.errors import GalleryError

KEY: Final = 32
"""Bytes of a key."""
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def key_of(file: Path) -> bytes:
    """Return the key in `file`: 64 hexadecimal digits. Raises GalleryError where it is none, or where others may read it."""
    try:
        with file.open("rb") as source:
            rights = os.fstat(source.fileno()).st_mode
            text = source.read(2 * KEY + 2).strip()
    except OSError as error:
        raise GalleryError("key_unreadable", file=file, detail=error.strerror or error) from error
    if rights & _OTHERS:
        raise GalleryError("key_open", file=file, mode=f"{stat.S_IMODE(rights):04o}")
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = b""  # not `from` the error: its text could hold a part of the key
    if len(key) != KEY:
        raise GalleryError("key_malformed", file=file, digits=2 * KEY)
    return key


def new_key(file: Path) -> bytes:
    """Put a new random key into a new file (0600) and return it; raises GalleryError where the file is there already."""
    key = secrets.token_bytes(KEY)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(key.hex().encode() + b"\n")
            target.flush()
            os.fsync(target.fileno())
    except OSError as error:
        raise GalleryError("key_unwritable", file=file, detail=error.strerror or error) from error
    return key
