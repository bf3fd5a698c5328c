"""an uploaded list → a dry run that says what it would do → on a word, an occasion's delegates. One at a time, off the event loop.

A list is read by a process of its own (`center.papers.apart`): what is in it can take neither the center's memory nor its time.
At most `MOST` imports are kept, each for `KEPT_S` after its last step; the oldest that is at rest makes room for a new one. Where none is
at rest, a new one is refused. Nothing of a list is stored before its commit, and a commit finds anew what there is to do.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final
from uuid import UUID

import msgspec
import structlog
import uuid6

from center.papers import apart, archive, making, matching, store
from center.papers.job import Job
from center.papers.matching import Changes
from center.papers.models import ImportIn, ImportState
from center.papers.plan import Plan
from center.people.audit import Audit
from center.people.vault import Vault
from center.store.database import Database
from center.uploads import Upload, Uploads
from wardroom.clock import Clock
from wardroom.errors import CheckInError, InvalidMessage, WardroomError
from wardroom.metrics import BUGS

MOST: Final = 8
KEPT_S: Final = 1_800
READING: Final = apart.Work(function="center.papers.reader:work", mib=1_024, seconds=180)
"""Twenty thousand delegates take 80 MiB and ten seconds of a slow core."""
_AT_REST: Final = frozenset({ImportState.READY, ImportState.DONE, ImportState.FAILED})

_log = structlog.get_logger()


class Imports:
    """All imports of this center; `run` does what they ask for."""

    def __init__(
        self, *, database: Database, audit: Audit, vault: Vault, uploads: Uploads, clock: Clock, scratch: str | None = None
    ) -> None:
        self._database = database
        self._audit = audit
        self._vault = vault
        self._uploads = uploads
        self._clock = clock
        self._scratch = scratch
        self._jobs: dict[UUID, Job] = {}
        self._due: asyncio.Queue[tuple[Job, Callable[[Job], Coroutine[Any, Any, None]]]] = asyncio.Queue(MOST)
        """Each kept import waits here at most once, and is kept until its step is done."""

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._jobs)

    def begin(self, who: str, occasion: UUID, asked: ImportIn) -> Job:
        """Start a dry run; raises CheckInError where too many are under way."""
        self._make_room()
        made = uuid6.uuid7()
        job = Job(id=made, who=who, occasion=occasion, lists=asked.lists, upload=asked.upload, moved=self._clock.monotonic())
        self._jobs[job.id] = job
        self._due.put_nowait((job, self._read))
        return job

    def get(self, job: UUID) -> Job:
        """Return an import; raises CheckInError where there is none, or no longer."""
        self._forget()
        found = self._jobs.get(job)
        if found is None:
            raise CheckInError("papers.no_import", id=job)
        return found

    def commit(self, who: str, job: UUID) -> Job:
        """Start to store what a dry run found; raises CheckInError where it is not ready."""
        found = self.get(job)
        if found.state is not ImportState.READY:
            raise CheckInError("papers.import_not_ready", state=found.state.value)
        found.who = who
        self._move(found, ImportState.STORING)
        self._due.put_nowait((found, self._store))
        return found

    def drop(self, job: UUID) -> None:
        """Forget an import; raises CheckInError where there is none, or it is at work."""
        found = self.get(job)
        if found.state not in _AT_REST:
            raise CheckInError("papers.import_at_work", state=found.state.value)
        del self._jobs[job]

    async def run(self) -> None:
        """Do what is asked for, one after the other, until cancelled."""
        while True:
            job, step = await self._due.get()
            try:
                await step(job)
            except WardroomError as error:
                self._fail(job, error)
            except Exception:  # noqa: BLE001 - the top of a task: logged with its traceback and counted
                BUGS.labels("import").inc()
                _log.exception("an import was stopped by a bug")
                self._fail(job, WardroomError("center.bug"))

    async def _read(self, job: Job) -> None:
        upload = self._uploads.get(str(job.upload))
        job.file = upload.name
        plan = await self._planned(upload)
        async with self._database.transaction() as connection:
            await store.claim(connection, job.occasion, job.lists)
            job.changes = await self._compared(connection, job, plan)
        job.plan = plan
        self._move(job, ImportState.READY)

    async def _planned(self, upload: Upload) -> Plan:
        """Return what a list says; raises InvalidMessage where it can't be read, or not within the bounds."""
        data = await asyncio.to_thread(_bytes, upload)
        try:
            with await apart.done(READING, data, self._scratch) as result:
                return msgspec.msgpack.decode(result.read(), type=Plan)
        except apart.Exhausted as error:
            raise InvalidMessage("papers.file_too_heavy", most_mib=READING.mib, seconds=READING.seconds) from error

    async def _store(self, job: Job) -> None:
        async with self._database.transaction() as connection:
            await store.claim(connection, job.occasion, job.lists)
            changes = await self._compared(connection, job, _plan(job))
            rows = await asyncio.to_thread(making.rows, changes, self._vault)
            await store.write(connection, job.occasion, rows, job.who)
            await store.enter(connection, job.lists, [one.id for one in rows.created], [one.id for one in rows.changed])
            await self._audit.note(job.who, "delegates.import", str(job.occasion), within=connection, **_told(job, changes))
        job.changes = changes
        self._move(job, ImportState.DONE)

    async def _compared(self, connection: store.Connection, job: Job, plan: Plan) -> Changes:
        known = await store.known(connection, job.occasion, job.lists)
        return await asyncio.to_thread(matching.compare, plan, known, len(set(job.lists)))

    def _move(self, job: Job, state: ImportState) -> None:
        job.state, job.moved = state, self._clock.monotonic()

    def _fail(self, job: Job, error: WardroomError) -> None:
        job.failure = error
        self._move(job, ImportState.FAILED)

    def _forget(self) -> None:
        now = self._clock.monotonic()
        for job in [one for one in self._jobs.values() if one.state in _AT_REST and now - one.moved > KEPT_S]:
            del self._jobs[job.id]

    def _make_room(self) -> None:
        self._forget()
        if len(self._jobs) < MOST:
            return
        resting = [one for one in self._jobs.values() if one.state in _AT_REST]
        if not resting:
            raise CheckInError("papers.too_many_imports", most=MOST)
        del self._jobs[min(resting, key=lambda one: one.moved).id]


def _bytes(upload: Upload) -> bytes:
    with upload.reader() as file:
        return file.read(archive.LARGEST + 1)


def _plan(job: Job) -> Plan:
    if job.plan is None:
        raise CheckInError("papers.import_not_ready", state=job.state.value)
    return job.plan


def _told(job: Job, changes: Changes) -> dict[str, str | int]:
    counts = {"created": len(changes.created), "changed": len(changes.changed), "unchanged": len(changes.unchanged)}
    told: dict[str, str | int] = {"file": job.file, "refused": _plan(job).refused}
    return told | counts
