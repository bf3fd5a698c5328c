"""everybody's faces + a gateway's list → that gateway's own gallery, and what of it the gateway lacks.

A gallery holds only whom the gateway's gates expect and who agreed to be recognised: whoever is erased, withdraws or leaves the list is out
of it with the next question. Kept in memory, each under an id of this process: after a restart a gateway is told everything anew. Whose
gateway took how many faces is in the audit log, a line for each version it took, however often it asks for it.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Collection
from typing import Protocol

import uuid6

from center.gateways.rosters import GATEWAYS, Rosters
from center.people.audit import Audit
from vision import gallery_contents, gallery_delta
from vision.gallery import Gallery
from vision.gallery_contents import Contents
from vision.gallery_delta import Delta
from vision.gallery_entries import Person
from wardroom.topics import Gateway


class Everybody(Protocol):
    """Where everybody's faces are."""

    gallery: Gallery | None
    """Everybody enrolled who agreed to be recognised; None where that is nobody."""
    loaded: bool
    """Whether this center knows already who that is."""


class Galleries:
    """The gateways' galleries; of more than `GATEWAYS` the one asked for longest ago is let go."""

    def __init__(self, everybody: Everybody, rosters: Rosters, audit: Audit) -> None:
        self._everybody = everybody
        self._rosters = rosters
        self._audit = audit
        self._kept: OrderedDict[Gateway, Gallery] = OrderedDict()
        self._noted: OrderedDict[Gateway, tuple[str, int, int]] = OrderedDict()
        self._changing = asyncio.Lock()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._kept)

    async def since(self, gateway: Gateway, gallery: str, version: int) -> bytes | None:
        """Return the delta for a gateway that has `version` of the gallery called `gallery`; None where it lacks nothing.

        `gallery_delta.NOBODY` where it has a gallery and nobody is enrolled any more.
        """
        everybody = self._everybody.gallery
        if not self._everybody.loaded:
            return None
        if everybody is None:
            return gallery_delta.NOBODY if gallery else None
        wanted = (await self._rosters.of(gateway)).consenting
        async with self._changing:
            contents = await asyncio.to_thread(self._brought_up, gateway, everybody.contents, wanted)
        known = version if gallery == contents.gallery and version <= contents.version else gallery_delta.EVERYTHING
        if known == contents.version:
            return None
        delta = await asyncio.to_thread(gallery_delta.since, contents, known)
        await self._note(gateway, delta)
        return await asyncio.to_thread(gallery_delta.encoded, delta)

    async def _note(self, gateway: Gateway, delta: Delta) -> None:
        """Note that a gateway takes faces; of one that asks for the same ones again and again the first time counts."""
        persons, taken = sum(row.kind == 0 for row in delta.put), (delta.gallery, delta.base, delta.version)
        if not persons or self._noted.get(gateway) == taken:
            return
        who = f"gateway: {gateway.site}/{gateway.gateway}"
        await self._audit.note(who, "gallery.fetched", delta.gallery, version=delta.version, persons=persons)
        self._noted[gateway] = taken
        self._noted.move_to_end(gateway)
        while len(self._noted) > GATEWAYS:
            self._noted.popitem(last=False)

    def _brought_up(self, gateway: Gateway, everybody: Contents, wanted: Collection[str]) -> Contents:
        """Return the gateway's gallery after it took over what changed."""
        own = self._kept.get(gateway)
        if own is None or (own.contents.model, own.contents.dimensions) != (everybody.model, everybody.dimensions):
            own = Gallery(gallery_contents.nothing(str(uuid6.uuid7()), everybody.model, everybody.dimensions))
            self._kept[gateway] = own
        self._kept.move_to_end(gateway)
        while len(self._kept) > GATEWAYS:
            self._kept.popitem(last=False)
        before, persons = own.contents.persons, everybody.persons
        there = {person: persons.positions[person] for person in wanted if person in persons.positions}
        fresh = [
            Person(person, persons.rows(place))
            for person, place in there.items()
            if person not in before.positions or before.digests[before.positions[person]] != persons.digests[place]
        ]
        return own.change(fresh, [person for person in before.ids if person not in there])
