"""archives of photos → looked at, one after the other; then stored, when somebody says so. The worker is one task; the rest only asks it.

Bounded: `KEPT` enrolments, and beyond that the oldest that rests leaves; each leaves `KEPT_S` after it was last asked for. One that a
restart of the center cuts off is simply sent again: what it had stored is told from what is new.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Final

import structlog
import uuid6

from center.people.enrolment import Enrolment, Item, spool
from center.people.looking import Looking
from center.people.models import EnrolmentIn, EnrolmentState
from center.people.photos import Photos, Shelf
from center.people.report import light
from center.people.storing import Storing
from center.uploads import Uploads
from wardroom.clock import Clock
from wardroom.errors import PeopleError, StorageError, WardroomError
from wardroom.metrics import BUGS

KEPT: Final = 4
KEPT_S: Final = 3_600.0
_LOOK_S: Final = 60.0
AGAIN_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
"""How long storing waits for a database that went away."""

Step = Callable[[Enrolment], Awaitable[None]]

_log = structlog.get_logger()


class Enrolments:
    """The archives that are enrolled."""

    def __init__(self, shelf: Shelf, photos: Photos, uploads: Uploads, clock: Clock, scratch: str | None) -> None:
        self._shelf = shelf
        self._uploads = uploads
        self._clock = clock
        self._scratch = scratch
        self._looking = Looking(shelf, photos, uploads)
        self._storing = Storing(shelf)
        self._jobs: OrderedDict[str, Enrolment] = OrderedDict()
        self._work: asyncio.Queue[tuple[Enrolment, Step]] = asyncio.Queue(2 * KEPT)

    def __len__(self) -> int:
        return len(self._jobs)

    def start(self, asked: EnrolmentIn, who: str) -> Enrolment:
        """Begin to look at an archive; raises PeopleError without a key, for no upload, and where too many are at work."""
        self._shelf.vault.check()
        self._uploads.get(asked.upload)
        self._make_room()
        job = Enrolment(
            id=str(uuid6.uuid7()),
            upload=asked.upload,
            occasion=asked.occasion,
            consent=asked.consent,
            who=who,
            touched=self._clock.monotonic(),
            spool=spool(self._scratch),
        )
        self._jobs[job.id] = job
        self._work.put_nowait((job, self._look))
        return job

    def get(self, enrolment: str) -> Enrolment:
        """Return an enrolment; raises PeopleError where there is none, or no longer."""
        job = self._jobs.get(enrolment)
        if job is None:
            raise PeopleError("people.no_enrolment", id=enrolment, minutes=round(KEPT_S / 60))
        job.touched = self._clock.monotonic()
        return job

    def commit(self, enrolment: str, who: str) -> Enrolment:
        """Store what was accepted; raises PeopleError where it was not looked at to the end, or is stored already."""
        job = self.get(enrolment)
        if job.state is not EnrolmentState.READY and not (job.state is EnrolmentState.FAILED and job.committed):
            raise PeopleError("people.enrolment_state", state=job.state.value)
        self._check_room()
        job.who, job.committed, job.state, job.detail, job.done = who, True, EnrolmentState.STORING, None, 0
        self._work.put_nowait((job, self._store))
        return job

    def drop(self, enrolment: str) -> None:
        """Forget an enrolment; what of it is stored stays. Raises PeopleError where there is none."""
        job = self.get(enrolment)
        job.dropped = True
        del self._jobs[job.id]
        if not job.busy:
            job.spool.close()

    def forget(self, person: str) -> None:
        """Wipe what is kept of somebody who was erased."""
        for job in self._jobs.values():
            job.forget(person)

    async def work(self) -> None:
        """Do what was asked for, one after the other, for as long as the center runs."""
        try:
            while True:
                job, step = await self._work.get()
                if not job.dropped:
                    await self._done(job, step)
                if job.dropped:
                    job.spool.close()
        finally:
            for job in self._jobs.values():
                job.dropped = True
                job.spool.close()
            self._jobs.clear()

    async def watch(self) -> None:
        """Let go of what nobody asked for any more, for as long as the center runs."""
        while True:
            await asyncio.sleep(_LOOK_S)
            self._expire()

    async def _done(self, job: Enrolment, step: Step) -> None:
        try:
            await step(job)
        except WardroomError as error:
            _log.warning("enrolment failed", enrolment=job.id, reason=str(error))
            job.state, job.detail = EnrolmentState.FAILED, light(error)
        except Exception:  # noqa: BLE001 - the top of a piece of work: logged with its traceback and counted; the next one goes on
            BUGS.labels("center").inc()
            _log.exception("enrolment stopped by a bug", enrolment=job.id)
            job.state, job.detail = EnrolmentState.FAILED, WardroomError("center.bug")

    async def _look(self, job: Enrolment) -> None:
        await self._looking.look(job)
        self._uploads.drop(job.upload)
        job.state = EnrolmentState.READY

    async def _store(self, job: Enrolment) -> None:
        """Store each photo, waiting for a database that went away; what fails for good can be told to go on."""
        for item in job.items:
            if job.dropped:
                break
            await self._patiently(job, item)
            job.done += 1
        await self._shelf.faces.catch_up()
        job.state = EnrolmentState.DONE

    async def _patiently(self, job: Enrolment, item: Item) -> None:
        for wait_s in AGAIN_S:
            try:
                return await self._storing.store(job, item)
            except StorageError as error:
                _log.warning("photo not stored yet", reason=str(error))
                await asyncio.sleep(wait_s)
        return await self._storing.store(job, item)

    def _make_room(self) -> None:
        self._expire()
        resting = [job.id for job in self._jobs.values() if not job.busy]
        if len(self._jobs) >= KEPT:
            if not resting:
                raise PeopleError("people.many_enrolments", limit=KEPT, retry_after_s=30)
            self.drop(resting[0])
        self._check_room()

    def _check_room(self) -> None:
        if self._work.full():
            raise PeopleError("people.many_enrolments", limit=KEPT, retry_after_s=30)

    def _expire(self) -> None:
        oldest = self._clock.monotonic() - KEPT_S
        for job in list(self._jobs.values()):
            if job.touched < oldest and not job.busy:
                self.drop(job.id)
