"""a gallery → one encrypted file, written whole or not at all; that file and its key → the gallery.

AES-256-GCM in pieces of 4 MiB. Each write derives a key of its own from the caller's (HKDF-SHA256 with a new random salt), so that counted
nonces never repeat under one key; a nonce says whether its piece is the last, so a shortened file is no file. The beginning (format,
gallery, model) is readable and authenticated with every piece. An older file of the same gallery is genuine too: whoever knows the version
it must have reached says so with `at_least`.
"""

import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vision.errors import GalleryError
from vision.gallery_contents import Contents
from vision.gallery_key import KEY
from vision.gallery_packing import packed, unpacked

_MAGIC: Final = b"WGAL"
_FORMAT: Final = 1
_PIECE: Final = 4 << 20
_TAG: Final = 16
_SALT: Final = 32
_CHECK: Final = 8
"""Bytes that tell a wrong key from a damaged file."""
_START: Final = struct.Struct("<4sHH")
"""Magic, format and length of the header."""


class Header(msgspec.Struct, frozen=True, array_like=True):
    """What a gallery file says without its key."""

    gallery: str
    model: str
    dimensions: int


def write(contents: Contents, file: Path, key: bytes) -> None:
    """Put the gallery into `file` (0600): a crash leaves the old file or the new one. Raises GalleryError where it cannot be written."""
    new = file.with_name(f".{file.name}.new")
    try:
        new.unlink(missing_ok=True)  # a crash left it: it may hold people who were erased since
        try:
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
                for piece in _sealed(contents, key):
                    target.write(piece)
                target.flush()
                os.fsync(target.fileno())
            new.replace(file)
        finally:
            new.unlink(missing_ok=True)
        _sync(file.parent)
    except OSError as error:
        raise GalleryError("gallery_file_unwritable", file=file, detail=error.strerror or error) from error


def read(file: Path, key: bytes, at_least: int = 0) -> Contents:
    """Return the gallery of `file`; raises GalleryError where it is missing, damaged, of another key, or older than version `at_least`."""
    try:
        with file.open("rb") as source:
            contents = unpacked(_opened(source, file, key))
    except OSError as error:
        raise GalleryError("gallery_file_unreadable", file=file, detail=error.strerror or error) from error
    if contents.version < at_least:
        raise GalleryError("gallery_file_older", file=file, version=contents.version, least=at_least)
    return contents


def header(file: Path) -> Header:
    """Return what the file says of itself, which nothing proves before `read`."""
    try:
        with file.open("rb") as source:
            return _header(source, file)[0]
    except OSError as error:
        raise GalleryError("gallery_file_unreadable", file=file, detail=error.strerror or error) from error


def _sealed(contents: Contents, key: bytes) -> Iterator[bytes]:
    said = msgspec.msgpack.encode(Header(contents.gallery, contents.model, contents.dimensions))
    salt = secrets.token_bytes(_SALT)
    cipher, check = _derived(key, salt)
    start = _START.pack(_MAGIC, _FORMAT, len(said)) + said + salt + check
    yield start
    waiting, number = bytearray(), 0
    for part in packed(contents):
        for at in range(0, len(part), _PIECE):
            waiting += part[at : at + _PIECE]
            if len(waiting) > _PIECE:
                yield cipher.encrypt(_nonce(number, last=False), bytes(waiting[:_PIECE]), start)
                del waiting[:_PIECE]
                number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(waiting), start)


def _opened(source: BinaryIO, file: Path, key: bytes) -> Iterator[bytes]:
    _, start = _header(source, file)
    salt, check = source.read(_SALT), source.read(_CHECK)
    if len(check) < _CHECK:
        raise GalleryError("gallery_file_damaged", file=file, at=len(start) + len(salt) + len(check))
    cipher, expected = _derived(key, salt)
    if check != expected:
        raise GalleryError("gallery_file_key", file=file)
    start += salt + check
    piece, number = source.read(_PIECE + _TAG), 0
    while True:
        following = source.read(_PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), piece, start)
        except InvalidTag as error:
            raise GalleryError("gallery_file_damaged", file=file, at=number * (_PIECE + _TAG)) from error
        if not following:
            return
        piece, number = following, number + 1


def _header(source: BinaryIO, file: Path) -> tuple[Header, bytes]:
    first = source.read(_START.size)
    if len(first) < _START.size or not first.startswith(_MAGIC):
        raise GalleryError("gallery_file_other", file=file)
    _, version, length = _START.unpack(first)
    if version != _FORMAT:
        raise GalleryError("gallery_file_format", file=file, version=version, ours=_FORMAT)
    said = source.read(length)
    try:
        return msgspec.msgpack.decode(said, type=Header), first + said
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise GalleryError("gallery_file_other", file=file) from error


def _derived(key: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    """Return the cipher of one file, and what shows that its key is the right one."""
    if len(key) != KEY:
        raise GalleryError("key_length", length=len(key), needed=KEY)
    derived = HKDF(SHA256(), KEY + _CHECK, salt, b"wardroom gallery file").derive(key)
    return AESGCM(derived[:KEY]), derived[KEY:]


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((last,))


def _sync(folder: Path) -> None:
    """Make the new name durable."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
