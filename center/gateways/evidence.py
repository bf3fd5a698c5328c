"""a gateway's best shot → sealed in the database, once, after it was really decoded and is the one it claims to be.

Decoded in a thread, two at a time; a picture of more than four megapixels is refused before that. Where the center has eyes of its own, the
face's embedding is sealed beside it. What each gateway's shots may take is bounded (`center.gateways.quota`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Final, Protocol

from center.gateways.quota import Quota
from center.occasions.shots import Shots
from center.people.report import Examined
from center.people.tools import Tools
from vision import pictures
from vision.errors import PictureError
from wardroom.errors import InvalidMessage, PeopleError
from wardroom.topics import Gateway

BUSY: Final = "people.busy"
_MEGAPIXELS: Final = 4
_AT_ONCE: Final = 2
_JPEG: Final = b"\xff\xd8\xff"
_KNOWN: Final = "SELECT 1 FROM evidence WHERE digest = %(digest)s"


class Eyes(Protocol):
    """The center's own eyes."""

    @property
    def model(self) -> str | None:
        """Return whose embeddings they make."""
        ...

    async def examined(self, data: bytes, name: str) -> Examined:
        """Return what is in a photo; raises PeopleError."""
        ...


Seen = Callable[[bytes], Awaitable[None]]
"""Is told of each best shot that came."""


class Evidence:
    """Takes best shots."""

    def __init__(self, shots: Shots, tools: Tools, quota: Quota, *, eyes: Eyes, seen: Seen) -> None:
        self._database = tools.database
        self._shots = shots
        self._vault = tools.vault
        self._quota = quota
        self._eyes = eyes
        self._seen = seen
        self._decoding = asyncio.Semaphore(_AT_ONCE)

    async def take(self, gateway: Gateway, digest: bytes, jpeg: bytes) -> None:
        """Keep a best shot; the same one again changes nothing.

        Raises InvalidMessage, PeopleError without a key, StorageFull where the gateway has no room left, StorageError.
        """
        self._vault.check()
        if sha256(jpeg).digest() != digest:
            raise InvalidMessage("gates.evidence_digest", value=digest.hex())
        if await self._database.rows(_KNOWN, {"digest": digest}):
            return
        async with self._quota.room(gateway, len(jpeg)):
            async with self._decoding:
                await asyncio.to_thread(_check, jpeg)
            face = await self._face(jpeg)
            kept = await self._shots.keep(digest, gateway, jpeg, model=None if face is None else self._eyes.model, embedding=face)
        if kept:
            await self._seen(digest)

    async def _face(self, jpeg: bytes) -> list[float] | None:
        """Return the embedding of the one face in a picture, None where there is none, or no eyes to look."""
        try:
            found = await self._eyes.examined(jpeg, "best shot")
        except PeopleError as error:
            if error.key == BUSY:  # the gateway keeps it and comes again
                raise
            return None
        return None if found.usable is None else [float(value) for value in found.usable.embedding[0]]


def _check(jpeg: bytes) -> None:
    """Raise InvalidMessage for what is no JPEG, or none that can be decoded whole."""
    if not jpeg.startswith(_JPEG):
        raise InvalidMessage("gates.evidence_no_jpeg")
    try:
        pictures.opened(jpeg, name="best shot", megapixels=_MEGAPIXELS)
    except PictureError as error:
        raise InvalidMessage("gates.evidence_unreadable", detail=error) from error
