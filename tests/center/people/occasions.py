"""An occasion with its delegates, straight in the tables: who they are and that they passed is what tests of people need of it."""

import hashlib
import uuid

from tests.center.running import RunningCenter

SEED = """
INSERT INTO occasion (id, name, starts, ends, state, closed, retain_days, created_by)
VALUES ('{occasion}', 'Đại hội', now() - interval '{ended}' - interval '1 day', now() - interval '{ended}', '{state}',
        now() - {closed}::interval, {days}, 'test');
INSERT INTO checkin_list (id, occasion, name) VALUES ('{list}', '{occasion}', 'Ngày 1');
INSERT INTO gate (id, occasion, list, name, site, gateway, camera)
VALUES ('gate-{short}', '{occasion}', '{list}', 'Cửa', 'vp', 'gw-{short}', 'cam');
"""
DELEGATE = """
INSERT INTO delegate (id, occasion, name, plain, seat, photo_file, created_by, person)
VALUES ('{delegate}', '{occasion}', '{name}', '{name}', '{seat}', '{file}', 'test', {person});
INSERT INTO list_entry VALUES ('{list}', '{delegate}');
"""
PASSAGE = """
INSERT INTO evidence (digest, site, gateway, sealed, received) VALUES ('\\x{digest}', 'vp', 'gw', '\\x00', now() - interval '{age}');
INSERT INTO passage (id, occasion, list, gate, delegate, direction, method, result, at, evidence)
VALUES ('{id}', '{occasion}', '{list}', 'gate-{short}', '{delegate}', 'in', 'face', 'checked_in', now(), '\\x{digest}');
"""


class Occasion:
    """An occasion of a test's own. `ended`, `closed`: how long ago, as PostgreSQL says it; one that was closed is not open."""

    def __init__(
        self, center: RunningCenter, *, ended: str = "-1 day", days: int = 30, state: str = "open", closed: str | None = None
    ) -> None:
        self.id, self.list = str(uuid.uuid4()), str(uuid.uuid4())
        self._center = center
        self._names = {"occasion": self.id, "list": self.list, "short": self.id[:8]}
        when = "NULL" if closed is None else f"'{closed}'"
        center.execute(SEED.format(**self._names, ended=ended, days=days, state="closed" if closed else state, closed=when))

    def delegate(self, name: str, *, seat: str = "", file: str = "", person: str | None = None) -> str:
        delegate = str(uuid.uuid4())
        known = "NULL" if person is None else f"'{person}'"
        self._center.execute(DELEGATE.format(**self._names, delegate=delegate, name=name, seat=seat, file=file, person=known))
        return delegate

    def passage(self, delegate: str, *, age: str = "0") -> str:
        """Let a delegate pass; return the digest of their best shot."""
        digest = hashlib.sha256(uuid.uuid4().bytes).hexdigest()
        self._center.execute(PASSAGE.format(**self._names, delegate=delegate, digest=digest, id=uuid.uuid4(), age=age))
        return digest
