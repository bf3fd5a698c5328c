"""the living ledgers → when each live reading was put, for whoever sees it arrive: bounded, and told apart by outages.

An arrival counts once the gateway's next reading shows that its session never broke meanwhile; otherwise it belongs to an outage.
"""

from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulators.histogram import Histogram
from simulators.ledger import Entry, Mark, Reader, SeriesKey, files

_WAIT_NS: Final = 60_000_000_000
"""A reading not seen within a minute is not waited for: it was replaced by a newer one, or an outage took its time."""
_PENDING: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Arrival:
    duration_us: int
    session: int


class Taps:
    """Follows the newest ledger of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: Path | None = None
        self._reader: Reader | None = None
        self._tapped: OrderedDict[tuple[SeriesKey, int], Entry] = OrderedDict()  # evicted by arrival or after `_WAIT_NS`
        self._pending: defaultdict[tuple[str, str], list[_Arrival]] = defaultdict(
            list
        )  # at most `_PENDING` for each of the fleet's gateways
        self.histogram = Histogram()
        self.apart = 0

    def follow(self) -> None:
        """Read what the ledgers got since the last time."""
        self._read_on()
        newest = max(files(self._folder), default=None)
        if newest is not None and newest != self._file:
            self.settle()
            self._file, self._reader = newest, Reader(newest)
            self._read_on()

    def arrived(self, key: SeriesKey, time_us: int, at_ns: int, since_ns: int) -> None:
        """Take note that a reading was seen at `at_ns` by a screen connected without a break since `since_ns`."""
        entry = self._tapped.pop((key, time_us), None)
        if entry is None:
            return
        if entry.tapped_ns < since_ns:
            self.apart += 1
            return
        pending = self._pending[key.site, key.gateway]
        if len(pending) < _PENDING:
            pending.append(_Arrival((at_ns - entry.tapped_ns) // 1_000, entry.session))

    def settle(self) -> None:
        """Count the arrivals after which nothing was heard: the fleet has ended."""
        for pending in self._pending.values():
            for arrival in pending:
                self.histogram.add(arrival.duration_us)
        self._pending.clear()

    def _read_on(self) -> None:
        if self._reader is None:
            return
        for entry in self._reader:
            live = Mark.LIVE in entry.mark
            self._judge(entry, live=live)
            if live:
                self._tapped[entry.key, entry.time_us] = entry
            while self._tapped and next(iter(self._tapped.values())).tapped_ns < entry.tapped_ns - _WAIT_NS:
                self._tapped.popitem(last=False)

    def _judge(self, entry: Entry, *, live: bool) -> None:
        for arrival in self._pending.pop((entry.key.site, entry.key.gateway), ()):
            if live and arrival.session == entry.session:
                self.histogram.add(arrival.duration_us)
            else:
                self.apart += 1
