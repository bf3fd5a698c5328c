"""bytes of people ↔ what may lie in the database: AES-256-GCM under a key that never does.

Each kind of record has a key of its own (HKDF-SHA256), each sealing a random nonce, and a record's kind and id are authenticated with it:
one that was put in another's place does not open. Whoever has only the database, or a backup of it, has nothing.
"""

import secrets
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vision.errors import GalleryError
from vision.gallery_key import KEY, key_of, new_key
from wardroom.errors import ConfigError, PeopleError

_FORMAT: Final = b"\x01"
_CHECK: Final = 8
"""Bytes that tell another key from a damaged record."""
_NONCE: Final = 12
_HEAD: Final = len(_FORMAT) + _CHECK + _NONCE


class Vault:
    """Seals and opens records. `key`: 32 bytes; without it there is no people's data, and all else runs.

    `foreign`: what the database holds was sealed with another key. Then nothing is sealed: two keys in one database are a mess for good.
    """

    def __init__(self, key: bytes | None) -> None:
        self.foreign = False
        self._key = key
        self._check = b"" if key is None else _derived(key, "check", _CHECK)
        self._ciphers: dict[str, AESGCM] = {}

    def __repr__(self) -> str:
        """Say nothing of the key."""
        return f"Vault({'open' if self.ready else 'without a key'})"

    @property
    def ready(self) -> bool:
        """Whether there is a key."""
        return self._key is not None

    def check(self) -> None:
        """Raise PeopleError where there is no key, or it is not the one of this database."""
        if self._key is None:
            raise PeopleError("people.no_key")
        if self.foreign:
            raise PeopleError("people.foreign_key")

    @property
    def mark(self) -> bytes:
        """Return what every record begins with that this key sealed."""
        return _FORMAT + self._check

    def wrote(self, sealed: bytes) -> bool:
        """Return whether a record was sealed with this key."""
        return secrets.compare_digest(bytes(sealed[: len(self.mark)]), self.mark)

    def seal(self, kind: str, record: bytes | str, data: bytes) -> bytes:
        """Return `data` so that only this key opens it, as this kind and this id only. Raises PeopleError as `check` does."""
        self.check()
        nonce = secrets.token_bytes(_NONCE)
        return _FORMAT + self._check + nonce + self._cipher(kind).encrypt(nonce, data, _bound(kind, record))

    def open(self, kind: str, record: bytes | str, sealed: bytes) -> bytes:
        """Return what was sealed; raises PeopleError without a key, for another key's record, and for a damaged or displaced one."""
        cipher = self._cipher(kind)
        head, body = bytes(sealed[:_HEAD]), bytes(sealed[_HEAD:])
        if not head.startswith(_FORMAT) or len(head) < _HEAD:
            raise PeopleError("people.damaged", kind=kind, id=_text(record))
        if not self.wrote(head):
            raise PeopleError("people.other_key", kind=kind, id=_text(record))
        try:
            return cipher.decrypt(head[-_NONCE:], body, _bound(kind, record))
        except InvalidTag as error:
            raise PeopleError("people.damaged", kind=kind, id=_text(record)) from error

    def _cipher(self, kind: str) -> AESGCM:
        """Return the cipher of a kind of records; there are only as many as the program has words for."""
        if self._key is None:
            raise PeopleError("people.no_key")
        if kind not in self._ciphers:
            self._ciphers[kind] = AESGCM(_derived(self._key, f"seal {kind}", KEY))
        return self._ciphers[kind]


def opened(file: str | None) -> Vault:
    """Return the vault of a key file, one without a key for None. Raises ConfigError where the file is no key, or others may read it."""
    try:
        return Vault(None if file is None else key_of(Path(file)))
    except GalleryError as error:
        raise ConfigError("people.key_unusable", detail=error) from error


def make_key(file: Path) -> None:
    """Put a new key into a new file (0600). Raises ConfigError where the file is there already, or cannot be written."""
    try:
        new_key(file)
    except GalleryError as error:
        raise ConfigError("people.key_unusable", detail=error) from error


def _derived(key: bytes, use: str, length: int) -> bytes:
    return HKDF(SHA256(), length, None, f"wardroom people: {use}".encode()).derive(key)


def _bound(kind: str, record: bytes | str) -> bytes:
    """Return what is authenticated with a record: no kind and id run together as another kind and id do."""
    identity = record.encode() if isinstance(record, str) else record
    return len(kind.encode()).to_bytes(2, "big") + kind.encode() + identity


def _text(record: bytes | str) -> str:
    return record if isinstance(record, str) else record.hex()
