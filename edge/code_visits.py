"""codes read in frames → one event for each stay: a code seen again within ten seconds is the same visit. Only its digest is told.

Bounded: a code unseen for longer is forgotten, and of more than `LIMIT` at once the one seen longest ago. A camera tells `MOST` codes in
`MOST_S` seconds: a telephone that shows one after the other fills no outbox; of what comes beyond that is told what is still held up later.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from typing import Final

from edge.sightings import Moment
from wardroom.sight_events import CodeReadData

STAY_S: Final = 10.0
"""A code unseen for so long is a new visit when it comes again."""
LIMIT: Final = 256
"""Codes remembered at once."""
MOST: Final = 120
MOST_S: Final = 60.0


class CodeVisits:
    """The codes before one camera."""

    def __init__(self, camera: str, new_id: Callable[[], str], *, stay_s: float = STAY_S, limit: int = LIMIT, most: int = MOST) -> None:
        self._camera = camera
        self._new_id = new_id
        self._stay_s = stay_s
        self._limit = limit
        self._seen: OrderedDict[str, float] = OrderedDict()
        """When each digest was seen last, the longest ago first."""
        self._told: deque[float] = deque(maxlen=most)
        """When the last ones were told."""

    def __len__(self) -> int:
        """Return how many codes are remembered."""
        return len(self._seen)

    def update(self, texts: Iterable[str], moment: Moment) -> Iterator[CodeReadData]:
        """Yield what there is to tell of the codes in a frame."""
        self._expire(moment.seconds)
        for text in texts:
            digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            known = digest in self._seen
            if not known and not self._may_tell(moment.seconds):
                continue
            self._seen[digest] = moment.seconds
            self._seen.move_to_end(digest)
            if not known:
                self._told.append(moment.seconds)
                at = moment.instant(moment.seconds)
                yield CodeReadData(camera=self._camera, visit=self._new_id(), at=at, digest=digest)
        while len(self._seen) > self._limit:
            self._seen.popitem(last=False)

    def _may_tell(self, seconds: float) -> bool:
        return len(self._told) < (self._told.maxlen or 0) or not 0 <= seconds - self._told[0] < MOST_S

    def _expire(self, seconds: float) -> None:
        while self._seen and seconds - next(iter(self._seen.values())) > self._stay_s:
            self._seen.popitem(last=False)
