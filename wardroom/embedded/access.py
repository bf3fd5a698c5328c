"""users → who may publish and read what on the broker: Mosquitto's files and aedes' rules, from this one description.

Least privilege: a user has exactly the topics below; whatever is not named is refused. Nobody is anonymous.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from wardroom.errors import EmbeddedError
from wardroom.topics import CENTER, ROOT, Gateway

INGEST: Final = "ingest"
PROBE: Final = "probe"
"""The user with no rights by which the supervision asks a broker whether it answers."""

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,129}")
_HASH: Final = {"n": 4096, "r": 8, "p": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One MQTT user: name, password, and the topic filters it may publish to and read from."""

    name: str
    password: str = field(repr=False)
    writes: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what the brokers' line-based files could not carry."""
        if not _NAME.fullmatch(self.name):
            raise EmbeddedError("embedded.bad_user", value=self.name)
        if not self.password or any(character in self.password for character in "\r\n\0"):
            raise EmbeddedError("embedded.bad_password", user=self.name)


def ingest(password: str) -> User:
    """Return the user that stores: it reads everything and writes receipts."""
    return User(name=INGEST, password=password, writes=(f"{ROOT}/+/+/receipts",), reads=(f"{ROOT}/#",))


def center(password: str) -> User:
    """Return the user that shows: it reads everything, writes the center's own topics and commands."""
    writes = (f"{ROOT}/+/{CENTER}/#", f"{ROOT}/+/+/commands/+")
    return User(name=CENTER, password=password, writes=writes, reads=(f"{ROOT}/#",))


def gateway(place: Gateway, password: str) -> User:
    """Return a gateway's user, named ``{site}.{gateway}``: its own prefix, its own receipts, commands and policy, nothing else."""
    prefix = place.prefix
    packs = (f"{prefix}/readings/+/+", f"{prefix}/events/+/+")
    return User(
        name=f"{place.site}.{place.gateway}",
        password=password,
        writes=(*packs, place.status, place.birth, place.health, f"{prefix}/replies/+"),
        reads=(place.receipts, place.commands, place.policy),
    )


def probe() -> User:
    """Return a fresh user without any right."""
    return User(name=PROBE, password=secrets.token_urlsafe(16))


def mosquitto_acl(users: Iterable[User]) -> str:
    """Return Mosquitto's ACL file."""
    blocks = (
        "\n".join(
            (f"user {user.name}", *(f"topic write {topic}" for topic in user.writes), *(f"topic read {topic}" for topic in user.reads))
        )
        for user in users
    )
    return "\n\n".join(blocks) + "\n"


def mosquitto_passwords(users: Iterable[User]) -> str:
    """Return Mosquitto's password file before `mosquitto_passwd -U` has hashed it."""
    return "".join(f"{user.name}:{user.password}\n" for user in users)


def aedes_rules(users: Sequence[User]) -> bytes:
    """Return the JSON that `broker.mjs` reads: salted scrypt hashes, never a password."""
    return msgspec.json.encode(
        {"scrypt": _HASH, "users": {user.name: {**_hashed(user), "writes": user.writes, "reads": user.reads} for user in users}}
    )


def _hashed(user: User) -> dict[str, str]:
    salt = secrets.token_bytes(16)
    digest = hashlib.scrypt(user.password.encode(), salt=salt, dklen=32, **_HASH)
    return {"salt": salt.hex(), "hash": digest.hex()}
