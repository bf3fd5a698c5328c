"""change → number: all that screens show, held in memory, and what changed after any number.

Every change gets the next number, and each frame is encoded at most once for all the screens that need the same one. Nothing here waits.
A screen has no queue of its own but a number it stands at. That is its bounded queue: at most one entry per site, gateway and series (a
later value takes the place of an earlier one) and the last `EVENTS_KEPT` events, `PASSAGES_KEPT` passages and `GREETINGS_KEPT` greetings,
none of which is ever left out: a screen that stands before the oldest kept one is told so instead (`since` answers None).
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import msgspec

from center.faceless import faceless
from center.faults import Faults
from center.frames import framed, in_pieces
from center.latest import Latest
from center.recent import Recent
from center.shelf import Shelf
from center.sights import newest
from wardroom.live import (
    EVENTS_SHOWN,
    GREETINGS_SHOWN,
    PASSAGES_SHOWN,
    Delta,
    LiveEvent,
    LiveGateway,
    LiveGreeting,
    LivePassage,
    LiveReading,
    LiveSeries,
    LiveSite,
    Snapshot,
    SnapshotReason,
    Subscribe,
    Topic,
)

EVENTS_KEPT: Final = 2_000
PASSAGES_KEPT: Final = 2_000
GREETINGS_KEPT: Final = 500
SERIES_LIMIT: Final = 50_000
PLACES_LIMIT: Final = 10_000
EVERYTHING: Final = frozenset(Topic)
_CHECKIN: Final = frozenset({Topic.GREETINGS, Topic.PASSAGES})

_encoder: Final = msgspec.json.Encoder()


@dataclass(frozen=True)
class Frame:
    """A message as it goes to every screen, whole or in pieces, each made once; and the number a screen stands at after it."""

    text: bytes
    seq: int

    @cached_property
    def whole(self) -> bytes:
        return framed(self.text)

    @cached_property
    def pieces(self) -> bytes:
        return in_pieces(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the database knows at the start; readings come with their trails."""

    sites: tuple[LiveSite, ...] = ()
    gateways: tuple[LiveGateway, ...] = ()
    series: tuple[LiveSeries, ...] = ()
    readings: tuple[LiveReading, ...] = ()
    events: tuple[LiveEvent, ...] = ()


class Hub:
    """The state of the whole ward, as of `seq`; `boot` names the center whose numbers these are."""

    def __init__(self, boot: str, *, events_kept: int = EVENTS_KEPT) -> None:
        self.boot = boot
        self.seq = 0
        self.loaded = False
        """Whether the database told what it knows: before, a picture would show as gone what is only not known yet."""
        self._sites: Shelf[str, LiveSite] = Shelf(PLACES_LIMIT)
        self._gateways: Shelf[tuple[str, str], LiveGateway] = Shelf(PLACES_LIMIT)
        self._series: Shelf[int, LiveSeries] = Shelf(SERIES_LIMIT)
        self._latest: Shelf[int, Latest] = Shelf(SERIES_LIMIT)
        self._events: deque[LiveEvent] = deque()
        self._events_kept = events_kept
        self._faults = Faults()
        self._greetings: Recent[str, LiveGreeting] = Recent(GREETINGS_KEPT)
        self._passages: Recent[str, LivePassage] = Recent(PASSAGES_KEPT)
        self._erased = 0
        self._known_events: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._forgotten = 0
        self._moved = dict.fromkeys(Topic, 0)
        self._frames: dict[tuple[int | SnapshotReason, frozenset[Topic]], Frame | None] = {}
        self.on_change: Callable[[], None] = _nothing

    def load(self, picture: Picture) -> None:
        """Take over what the database knows."""
        self.place(picture.sites, picture.gateways)
        self.describe(picture.series)
        self.read(picture.readings)
        for event in picture.events:
            self.happen(event)
        self.loaded = True
        self.on_change()

    def gateway(self, site: str, name: str) -> LiveGateway | None:
        return self._gateways.get((site, name))

    def site(self, name: str) -> LiveSite | None:
        return self._sites.get(name)

    def latest(self, series: int) -> LiveReading | None:
        found = self._latest.get(series)
        return None if found is None else found.reading

    def place(self, sites: Iterable[LiveSite] = (), gateways: Iterable[LiveGateway] = ()) -> None:
        """Keep what is new or different of these as one change."""
        seq = self.seq + 1
        changed = [self._sites.put(site.id, site, seq) for site in sites if self._sites.get(site.id) != site]
        for gateway in gateways:
            key = (gateway.site, gateway.id)
            if self._gateways.get(key) != gateway:
                changed.append(self._gateways.put(key, gateway, seq))
        self._change(Topic.GATEWAYS, any(changed))

    def describe(self, series: Iterable[LiveSeries]) -> None:
        """Keep what is new or different of these series as one change."""
        seq = self.seq + 1
        changed = [self._series.put(one.id, one, seq) for one in series if self._series.get(one.id) != one]
        self._change(Topic.READINGS, any(changed))

    def read(self, readings: Iterable[LiveReading]) -> int:
        """Keep the readings that are newer than their series' latest, as one change; return how many were."""
        seq = self.seq + 1
        taken = 0
        for reading in readings:
            latest = self._latest.get(reading.series)
            if latest is None:
                taken += self._latest.put(reading.series, Latest(reading, seq), seq)
            elif latest.newer(reading):
                latest.take(reading, seq)
                self._latest.put(reading.series, latest, seq)
                taken += 1
        self._change(Topic.READINGS, taken > 0)
        return taken

    def happen(self, event: LiveEvent) -> bool:
        """Keep an event as one change, its `seq` ours; False where it is known already."""
        key = (event.site, event.gateway, event.id)
        if key in self._known_events:
            return False
        self._known_events[key] = None
        if len(self._known_events) > 4 * self._events_kept:
            self._known_events.popitem(last=False)
        event = msgspec.structs.replace(faceless(event), seq=self.seq + 1)
        self._events.append(event)
        self._faults.happen(event)
        if len(self._events) > self._events_kept:
            self._forgotten = self._events.popleft().seq
        self._change(Topic.EVENTS, True)
        return True

    def pass_by(self, passages: Iterable[LivePassage]) -> None:
        """Keep what is new or different of these passages as one change."""
        changed = [one for one in passages if self._passages.get(one.id) != one]
        for passage in changed:
            self._passages.put(passage.id, passage, self.seq + 1)
        self._change(Topic.PASSAGES, bool(changed))

    def greet(self, greetings: Iterable[LiveGreeting]) -> None:
        """Keep what is new or different of these greetings as one change."""
        changed = [one for one in greetings if self._greetings.get(one.id) != one]
        for greeting in changed:
            self._greetings.put(greeting.id, greeting, self.seq + 1)
        self._change(Topic.GREETINGS, bool(changed))

    def passages(self) -> list[str]:
        """Return the ids of those passages that a screen may still be shown."""
        return [passage.id for passage in self._passages.last(PASSAGES_KEPT)]

    def forget(self, passages: Container[str]) -> None:
        """Show these passages no more, for they were erased: screens that may have them begin anew."""
        gone = self._passages.erase(lambda one: one.id in passages), self._greetings.erase(lambda one: one.id in passages)
        if any(gone):
            self._erased = self.seq + 1
            for topic in _CHECKIN:
                self._change(topic, True)

    def first(self, subscribe: Subscribe) -> Frame:
        """Return the answer to a subscription: what was missed, or a snapshot that says why."""
        since = subscribe.since
        if since is None:
            return self._snapshot(subscribe.topics, SnapshotReason.FIRST)
        if since.boot != self.boot or since.seq > self.seq:
            return self._snapshot(subscribe.topics, SnapshotReason.CENTER_RESTARTED)
        return self.since(since.seq, subscribe.topics) or self._snapshot(subscribe.topics, SnapshotReason.TOO_FAR_BEHIND)

    def moved(self, cursor: int, topics: frozenset[Topic]) -> bool:
        """Return whether anything of `topics` changed after `cursor`."""
        return any(self._moved[topic] > cursor for topic in topics)

    def since(self, cursor: int, topics: frozenset[Topic]) -> Frame | None:
        """Return the delta from `cursor` to now, None where an event of it is not kept any more."""
        if self._erased > cursor and topics & _CHECKIN:
            return self._snapshot(topics, SnapshotReason.ERASED)
        key = (cursor, topics)
        if key not in self._frames:
            self._frames[key] = self._delta(cursor, topics)
        return self._frames[key]

    def _change(self, topic: Topic, changed: bool) -> None:  # noqa: FBT001 - whether it did is the whole message
        if not changed:
            return
        self.seq += 1
        self._moved[topic] = self.seq
        self._frames.clear()
        self.on_change()

    def _delta(self, cursor: int, topics: frozenset[Topic]) -> Frame | None:
        if not self._reaches(cursor, topics):
            return None
        places, readings = Topic.GATEWAYS in topics, Topic.READINGS in topics
        delta = Delta(
            since=cursor,
            seq=self.seq,
            sites=tuple(self._sites.since(cursor)) if places else (),
            gateways=tuple(self._gateways.since(cursor)) if places else (),
            series=tuple(self._series.since(cursor)) if readings else (),
            readings=tuple(latest.told(cursor) for latest in self._latest.since(cursor)) if readings else (),
            events=tuple(self._events_since(cursor)) if Topic.EVENTS in topics else (),
            greetings=tuple(self._greetings.since(cursor)) if Topic.GREETINGS in topics else (),
            passages=tuple(self._passages.since(cursor)) if Topic.PASSAGES in topics else (),
        )
        return Frame(_encoder.encode(delta), self.seq)

    def _reaches(self, cursor: int, topics: frozenset[Topic]) -> bool:
        """Return whether everything after `cursor` is kept."""
        return (
            not (Topic.EVENTS in topics and self._forgotten > cursor)
            and (Topic.GREETINGS not in topics or self._greetings.reaches(cursor))
            and (Topic.PASSAGES not in topics or self._passages.reaches(cursor))
        )

    def _events_since(self, cursor: int) -> list[LiveEvent]:
        found = []
        for event in reversed(self._events):
            if event.seq <= cursor:
                break
            found.append(event)
        found.reverse()
        return found

    def _shown(self) -> tuple[LiveEvent, ...]:
        """Return the last events and, before them, the faults that last longer than those reach back."""
        recent = newest(self._events)[-EVENTS_SHOWN:]
        oldest = recent[0].seq if recent else self.seq + 1
        return (*(fault for fault in self._faults.active() if fault.seq < oldest), *recent)

    def _snapshot(self, topics: frozenset[Topic], reason: SnapshotReason) -> Frame:
        key = (reason, topics)
        kept = self._frames.get(key)
        if kept is not None:
            return kept
        places, readings = Topic.GATEWAYS in topics, Topic.READINGS in topics
        snapshot = Snapshot(
            seq=self.seq,
            reason=reason,
            sites=tuple(self._sites.values()) if places else (),
            gateways=tuple(self._gateways.values()) if places else (),
            series=tuple(self._series.values()) if readings else (),
            readings=tuple(latest.whole() for latest in self._latest.values()) if readings else (),
            events=self._shown() if Topic.EVENTS in topics else (),
            greetings=tuple(self._greetings.last(GREETINGS_SHOWN)) if Topic.GREETINGS in topics else (),
            passages=tuple(self._passages.last(PASSAGES_SHOWN)) if Topic.PASSAGES in topics else (),
        )
        frame = self._frames[key] = Frame(_encoder.encode(snapshot), self.seq)
        return frame


def _nothing() -> None:
    """Nobody shows anything yet."""
