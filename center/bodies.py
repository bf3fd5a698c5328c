"""method + path → how large a request's body may be, and by whom: small for all but the few that bring files."""

import re
from dataclasses import dataclass
from typing import Final

from center.access import ADMINISTRATOR, GATEWAY, OPERATOR

SMALL: Final = 65_536
"""Bytes: nobody's other request needs more, and the anonymous may send one too."""
UPLOAD: Final = 1 << 30
PHOTO: Final = 16 << 20
EVIDENCE: Final = 256 << 10
ORGANISERS: Final = frozenset({ADMINISTRATOR, OPERATOR})


@dataclass(frozen=True, slots=True)
class Larger:
    """Requests whose body may have `limit` bytes, where somebody of `roles` sends it; anybody else's is small."""

    method: str
    path: re.Pattern[str]
    limit: int
    roles: frozenset[str]


LARGER: Final = (
    Larger("POST", re.compile(r"/api/v1/uploads"), UPLOAD, ORGANISERS),
    Larger("POST", re.compile(r"/api/v1/people/[^/]{1,100}/photos"), PHOTO, ORGANISERS),
    Larger("POST", re.compile(r"/api/v1/gateway/evidence/[^/]{1,100}"), EVIDENCE, frozenset({GATEWAY})),
)


def larger(method: str, path: str) -> Larger | None:
    """Return the rule of a request that may bring a file, None for every other one."""
    return next((rule for rule in LARGER if rule.method == method and rule.path.fullmatch(path)), None)
