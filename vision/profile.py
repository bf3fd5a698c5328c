"""how sure one must be of a name: thresholds, votes and time, for a place. Two profiles ship: a check-in desk and a door.

Cosines depend on the model: each profile is laid around the model's own threshold, the one that tells "the same person" from "another" when
two photos are compared. Looking for one of many is harder than comparing two: hence `accept` above it, and more with more people.
"""

from dataclasses import dataclass, replace
from math import log10
from typing import Final

from vision.errors import OptionError

PEOPLE: Final = 1_000
"""The number of people the defaults are made for."""
PER_TENFOLD: Final = 0.04
"""What `accept` gains with each ten times as many people. A stranger's cosines to n people lie around 0 with a deviation s (0.09 seen
with MobileFaceNet, 128 dimensions), so that the best of n passes a threshold t with about n·Q(t/s). To keep that the same when n grows
tenfold, t has to grow by s·ln 10/(t/s), which is 0.04 at t = 0.45. Real tails are longer than the normal ones: measure with one's own
people.
"""


@dataclass(frozen=True, slots=True)
class Profile:
    """What it takes to be named. All cosines; `seconds` are frame time.

    `accept`: a frame at or above it may vote for the nearest person. `unknown`: below it the nearest person is no candidate at all.
    `margin`: by how much the nearest person must be ahead of the second. `anchor_margin`: an anchor that is not farther behind than this
    takes the vote away. `votes` and `span_s`: least number of votes for one person, and least time between the first and the last of them.
    `share`: those votes must be *more* than this part of all usable frames, unknown ones counted. `window` and `window_s`: only so many of
    the last frames count, none older than that.
    """

    accept: float
    unknown: float
    margin: float = 0.06
    anchor_margin: float = 0.05
    votes: int = 3
    span_s: float = 0.3
    share: float = 0.6
    window: int = 15
    window_s: float = 10.0

    def __post_init__(self) -> None:
        """Refuse what makes no sense."""
        _within("accept", self.accept, 0.0, 1.0)
        _within("unknown", self.unknown, -1.0, self.accept)
        _within("margin", self.margin, 0.0, 1.0)
        _within("anchor_margin", self.anchor_margin, 0.0, 1.0)
        _within("votes", self.votes, 1, 100)
        _within("span_s", self.span_s, 0.0, 60.0)
        _within("share", self.share, 0.5, 0.99)
        _within("window", self.window, 2 * self.votes, 1_000)
        _within("window_s", self.window_s, self.span_s, 600.0)

    def among(self, people: int) -> "Profile":
        """Return the profile for a gallery of so many people: stricter above `PEOPLE`, never laxer."""
        more = PER_TENFOLD * log10(max(people, PEOPLE) / PEOPLE)
        return replace(self, accept=min(1.0, self.accept + more), unknown=min(1.0, self.unknown + more))


def check_in(threshold: float) -> Profile:
    """Return the profile of a desk where somebody sees the name: 3 votes within the last 15 frames. `threshold`: the model's own."""
    return Profile(accept=threshold + 0.05, unknown=threshold - 0.05)


def door(threshold: float) -> Profile:
    """Return the profile of a door that opens by itself: surer, further from the second, 4 votes over half a second, fewer other frames."""
    return Profile(accept=threshold + 0.1, unknown=threshold - 0.05, margin=0.1, votes=4, span_s=0.5, share=0.7, window_s=5.0)


def _within(field: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        raise OptionError("option_bounds", field=field, value=value, least=least, most=most)
