import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from center import bodies, uploads
from center.uploads import Uploads
from tests.center.factories import SetClock
from tests.center.running import RunningCenter
from wardroom.errors import PeopleError

PATH = "/api/v1/uploads"


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def kept(tmp_path: Path, clock: SetClock) -> Iterator[Uploads]:
    made = Uploads(str(tmp_path), clock)
    yield made
    made.close()


async def test_what_was_sent_is_read_back_by_any_number_of_readers(kept: Uploads, tmp_path: Path) -> None:
    upload = await kept.take("danh-sách.xlsx", pieces(b"abc" * 700_000, b"end"))
    with upload.reader() as first, upload.reader() as second:
        first.seek(-3, io.SEEK_END)

        assert (first.read(), second.read(4)) == (b"end", b"abca")
    assert (upload.size, kept.get(upload.id).name) == (2_100_003, "danh-sách.xlsx")
    assert names(tmp_path) == []


async def test_a_reader_goes_on_after_the_file_was_let_go(kept: Uploads) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("a.txt", "x" * 5_000)
    upload = await kept.take("a.zip", pieces(archive.getvalue()))
    reader = upload.reader()
    kept.drop(upload.id)

    with reader, zipfile.ZipFile(reader) as found:
        assert found.read("a.txt") == b"x" * 5_000


async def test_an_upload_leaves_after_half_an_hour(kept: Uploads, clock: SetClock) -> None:
    upload = await kept.take("a", pieces(b"x"))
    clock.advance(uploads.KEPT_S - 1)
    kept.get(upload.id)
    clock.advance(2)

    with pytest.raises(PeopleError, match="kept for 30 minutes"):
        kept.get(upload.id)
    assert len(kept) == 0


async def test_beyond_the_bound_the_oldest_leaves(kept: Uploads) -> None:
    taken = [await kept.take(str(number), pieces(b"x")) for number in range(uploads.KEPT + 2)]

    assert len(kept) == uploads.KEPT
    assert kept.get(taken[-1].id).name == taken[-1].name
    with pytest.raises(PeopleError):
        kept.get(taken[1].id)


async def test_more_than_a_few_at_once_are_refused_and_a_broken_one_makes_room_again(kept: Uploads) -> None:
    never = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x"
        await never.wait()

    waiting = [asyncio.create_task(kept.take("a", endless())) for _ in range(uploads.AT_ONCE)]
    await asyncio.sleep(0)
    with pytest.raises(PeopleError, match="try again"):
        await kept.take("b", pieces(b"x"))
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)

    assert (await kept.take("b", pieces(b"x"))).size == 1
    assert len(kept) == 1


async def test_more_than_the_limit_is_refused_and_not_kept(kept: Uploads) -> None:
    with pytest.raises(PeopleError, match="larger"):
        await kept.take("a", pieces(b"xx", b"xx"), limit=3)

    assert len(kept) == 0


async def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PeopleError, match=r"people\.scratch"):
        await Uploads(str(tmp_path / "missing"), SetClock()).take("a", pieces(b"x"))


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", PATH, bodies.UPLOAD),
        ("PUT", PATH, None),
        ("POST", f"{PATH}/", None),
        ("POST", "/api/v1/people/0193/photos", bodies.PHOTO),
        ("POST", "/api/v1/people/a/b/photos", None),
        ("POST", "/api/v1/session", None),
    ],
)
def test_only_what_brings_files_may_be_large(method: str, path: str, limit: int | None) -> None:
    rule = bodies.larger(method, path)

    assert (rule.limit if rule else None) == limit


@pytest.mark.servers
async def test_a_file_of_some_megabytes_is_taken_and_one_beyond_the_limit_is_refused_unread(center: RunningCenter) -> None:
    sent = await center.client.post(PATH, params={"name": "ảnh.zip"}, content=b"z" * 3_000_000)
    refused = await center.client.post("/api/v1/people/x/photos", content=bytes(bodies.PHOTO + 1))

    assert (sent.status_code, sent.json()["name"], sent.json()["size"]) == (201, "ảnh.zip", 3_000_000)
    with center.room.uploads.get(sent.json()["id"]).reader() as reader:
        assert reader.read(1) == b"z"
    assert (refused.status_code, refused.json()["type"]) == (413, "too-large")


@pytest.mark.servers
async def test_who_is_no_organiser_brings_nothing(center: RunningCenter) -> None:
    token = (await center.client.post("/api/v1/wall-tokens", json={"label": "Sảnh"})).json()["token"]
    async with center.anonymous() as client:
        anonymous = await client.post(PATH, params={"name": "a"}, content=b"z" * 100_000)
        wall = await client.post(PATH, params={"name": "a"}, content=b"z" * 100_000, headers={"Authorization": f"Bearer {token}"})

    assert (anonymous.status_code, wall.status_code) == (401, 403)
    assert len(center.room.uploads) == 0
