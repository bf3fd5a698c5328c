"""an archive of portraits → its dry run and commit, against the bare models on the same photos; the memory of both; who waits meanwhile.

Each in a process of its own, in turn. Ours turns, measures and compares each photo, saves it anew, seals and stores it; the limit decodes,
finds the faces and embeds the surest. The portraits are two people's, varied: most are refused as somebody else's near duplicate, as they
would be of real twins in the list, which costs the same until then.
"""

import asyncio
import os
import sys
import tempfile
import time
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import cv2
import msgspec
import numpy as np
import psutil
from msgspec import Struct

from bench.result import Lacking, Result, paired, percentile
from bench.vision_stage import RECOGNISER, VARIABLE
from center.people import vault
from center.people.audit import Audit
from center.people.models import AgreementIn, EnrolmentIn, EnrolmentState, PersonIn
from center.people.office import People
from center.people.tools import Tools
from center.settings import People as Settings
from center.store.database import Database
from center.uploads import Uploads
from ingest import migrate
from tests.servers.postgresql import embedded
from vision.engine import Choice, opened_engine
from vision.frames import Image
from vision.sessions import Runtime
from wardroom.clock import SystemClock

PHOTOS: Final = 215
_ROUNDS: Final = 2
_LOOP_S: Final = 0.005


class _Seen(Struct, frozen=True):
    """`looking_s`, `storing_s`: dry run, commit. `late_ms`: how late the event loop was meanwhile."""

    looking_s: float
    storing_s: float = 0.0
    accepted: int = 0
    rss_mib: float = 0.0
    late_ms: list[float] = []


async def measure(*, quick: bool, photos: int = PHOTOS) -> list[Result]:
    """Enrol in turn with the limit; quick takes a quarter of the photos, once."""
    if not (testdata := os.environ.get(VARIABLE)):
        raise Lacking(f"${VARIABLE} names no folder of pictures and models")
    count = photos // 4 if quick else photos
    seen = [(await _process("ours", testdata, count), await _process("bare", testdata, count)) for _ in range(1 if quick else _ROUNDS)]
    rates = [(count / ours.looking_s, count / bare.looking_s) for ours, bare in seen]
    found = paired(f"enrolment: dry run of {count} portraits", "photos/s", "decoding, YuNet and MobileFaceNet alone, one thread", rates)
    ours, bare = seen[-1]
    figures = {
        "storing_ms_a_photo": 1000 * ours.storing_s / max(1, ours.accepted),
        "accepted": ours.accepted,
        "loop_late_p99_ms": percentile(ours.late_ms, 99),
        "rss_mib": ours.rss_mib,
        "bare_rss_mib": bare.rss_mib,
    }
    return [msgspec.structs.replace(found, figures=figures)]


async def _process(which: str, testdata: str, count: int) -> _Seen:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.enrolment", which, testdata, str(count), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"the enrolment ended with status {process.returncode}")
    return msgspec.json.decode(told.splitlines()[-1], type=_Seen)


def _portraits(testdata: str, count: int) -> list[tuple[str, bytes]]:
    """Return photos by file name: the first dozen of each person are theirs, all others are said to be of other people."""
    pictures = [_decoded(Path(f"{testdata}/faces/{person}/1.jpg").read_bytes()) for person in ("obama", "biden")]
    made = []
    for number in range(count):
        face = number % len(pictures)
        whose = face if number < 12 * len(pictures) else number
        made.append((f"dai bieu {_word(whose)} {number // len(pictures) + 1}.jpg", _varied(pictures[face], number)))
    return made


def _varied(picture: Image, seed: int) -> bytes:
    """Return a photo that differs in turn, light, size and side, as a JPEG."""
    random = np.random.default_rng(seed)
    height, width = picture.shape[:2]
    turned = cv2.getRotationMatrix2D((width / 2, height / 2), random.uniform(-8, 8), random.uniform(0.9, 1.3))
    changed = cv2.warpAffine(picture[:, :: random.choice((1, -1))], turned, (width, height), borderMode=cv2.BORDER_REFLECT)
    lit = cv2.convertScaleAbs(changed, alpha=random.uniform(0.8, 1.2), beta=random.uniform(-20, 20))
    return cv2.imencode(".jpg", lit)[1].tobytes()


def _decoded(data: bytes) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _bare(testdata: str, photos: list[tuple[str, bytes]]) -> _Seen:
    engine = opened_engine(Choice(Path(testdata) / "models", f"yunet+{RECOGNISER}", runtime=Runtime(threads=1)))
    began = time.perf_counter()
    for _, data in photos:
        image = _decoded(data)
        engine.embed(image, engine.detect(image)[:1])
    return _Seen(looking_s=time.perf_counter() - began, rss_mib=_rss())


async def _ours(testdata: str, photos: list[tuple[str, bytes]]) -> _Seen:
    with tempfile.TemporaryDirectory() as folder, embedded(Path(folder)) as (server, _), server.database() as database:
        await migrate.upgrade(database.owner.conninfo())
        key, clock = Path(folder) / "key", SystemClock()
        vault.make_key(key)
        chosen = Settings(key=str(key), models=f"{testdata}/models", engine=f"yunet+{RECOGNISER}")
        async with Database(database.center, connections=4) as pool:
            tools = Tools(database=pool, vault=vault.opened(str(key)), audit=Audit(pool), uploads=Uploads(None, clock), clock=clock)
            people = People.assemble(chosen, tools, lambda _passages: None)
            for name in sorted({file.rsplit(" ", 1)[0] for file, _ in photos}):
                await people.persons.create(PersonIn(name=name), "bench")
            await people.photos.ready()
            working = asyncio.create_task(people.enrolments.work())
            upload = await tools.uploads.take("photos.zip", _zipped(photos))
            try:
                return await _enrolled(people, upload.id)
            finally:
                working.cancel()
                people.eyes.close()
                tools.uploads.close()


async def _enrolled(people: People, upload: str) -> _Seen:
    late: list[float] = []
    watching = asyncio.create_task(_late(late))
    began = time.perf_counter()
    asked = EnrolmentIn(upload=upload, occasion=None, consent=AgreementIn(face=True, photo_shown=False, note="bench"))
    job = people.enrolments.start(asked, "bench")
    await _until(people, job.id, EnrolmentState.READY)
    looked = time.perf_counter()
    people.enrolments.commit(job.id, "bench")
    await _until(people, job.id, EnrolmentState.DONE)
    stored = time.perf_counter() - looked
    watching.cancel()
    return _Seen(looked - began, stored, sum(item.accepted for item in job.items), _rss(), late)


async def _late(seen: list[float]) -> None:
    while True:
        due = time.perf_counter() + _LOOP_S
        await asyncio.sleep(_LOOP_S)
        seen.append(1000 * (time.perf_counter() - due))


async def _until(people: People, job: str, state: EnrolmentState) -> None:
    while (found := people.enrolments.get(job)).state is not state:
        if found.detail is not None:
            raise RuntimeError(str(found.detail))
        await asyncio.sleep(0.02)


async def _zipped(photos: list[tuple[str, bytes]]) -> AsyncIterator[bytes]:
    with tempfile.TemporaryFile() as target:
        with zipfile.ZipFile(target, "w") as made:
            for name, data in photos:
                made.writestr(name, data)
        target.seek(0)
        while chunk := target.read(1 << 20):
            yield chunk


def _rss() -> float:
    return psutil.Process().memory_info().rss / 2**20


def _word(number: int) -> str:
    """Return a number in letters, as a part of a name."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


if __name__ == "__main__":
    _which, _testdata, _count = sys.argv[1:]
    _photos = _portraits(_testdata, int(_count))
    _told = _bare(_testdata, _photos) if _which == "bare" else asyncio.run(_ours(_testdata, _photos))
    sys.stdout.write(msgspec.json.encode(_told).decode() + "\n")
