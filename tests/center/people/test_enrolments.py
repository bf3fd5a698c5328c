import asyncio
import io
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from center.people.models import EnrolmentIn
from center.people.report import Examiner
from tests.center.people.archives import zipped
from tests.center.people.occasions import Occasion
from tests.center.people.organiser import Organiser
from tests.center.running import eventually
from tests.conftest import Server

pytestmark = pytest.mark.servers

CONSENT = {"face": True, "photo_shown": False, "note": "phiếu đăng ký"}
STORED = (
    "SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM consent), (SELECT count(*) FROM photo), (SELECT count(*) FROM embedding)"
)


def huge() -> bytes:
    """Return a picture of 56 megapixels in few bytes."""
    target = io.BytesIO()
    Image.fromarray(np.full((7_000, 8_000), 128, np.uint8)).save(target, "PNG", compress_level=1)
    return target.getvalue()


async def uploaded(organiser: Organiser, data: bytes) -> str:
    answer = await organiser.asks("POST", "/uploads", params={"name": "ảnh.zip"}, content=data)
    return str(answer.json()["id"])


async def until(organiser: Organiser, enrolment: str, *states: str) -> dict[str, Any]:
    async def there() -> bool:
        return (await organiser.asks("GET", f"/enrolments/{enrolment}")).json()["state"] in states

    await eventually(there, within_s=60)
    found: dict[str, Any] = (await organiser.asks("GET", f"/enrolments/{enrolment}")).json()
    return found


async def looked(organiser: Organiser, data: bytes, occasion: str | None, consent: object = CONSENT) -> dict[str, Any]:
    body = {"upload": await uploaded(organiser, data), "occasion": occasion, "consent": consent}
    started = await organiser.asks("POST", "/enrolments", json=body)
    assert started.status_code == 201, started.text
    return await until(organiser, started.json()["id"], "ready", "failed")


async def committed(organiser: Organiser, enrolment: dict[str, Any]) -> dict[str, Any]:
    answer = await organiser.asks("POST", f"/enrolments/{enrolment['id']}/commit")
    assert answer.json()["state"] == "storing", answer.text
    return await until(organiser, enrolment["id"], "done", "failed")


REASONS = {
    "dai-bieu-hai/2.jpg": "Đại biểu Một",
    "Ảnh số 3.jpg": "faces are in it",
    "dai-bieu-ba-2.png": "megapixels",
    "dai-bieu-ba-3.jpg": "0 bytes",
    "dai-bieu-ba-4.jpg": "no picture that can be read",
    "dai-bieu-ba-5.jpg": "no JPEG",
    "../dai-bieu-ba.jpg": "leads out",
    "nguoi-la.jpg": "nobody",
}
GOOD = ["ảnh/đại biểu một.jpg", "ảnh/dai-bieu-mot-2.jpg", "b02.jpg"]


def mixed(faces: Path) -> bytes:
    """Return an archive of three photos that are accepted, and of everything else that organisers send."""
    good = (faces / "obama" / "1.jpg").read_bytes()
    return zipped(
        {
            GOOD[0]: good,
            GOOD[1]: (faces / "obama" / "2.jpg").read_bytes(),
            GOOD[2]: (faces / "biden" / "1.jpg").read_bytes(),
            "dai-bieu-hai/2.jpg": (faces / "obama" / "3.jpg").read_bytes(),
            "Ảnh số 3.jpg": (faces / "scenes" / "obama_and_biden.jpg").read_bytes(),
            "dai-bieu-ba-2.png": huge(),
            "dai-bieu-ba-3.jpg": b"",
            "dai-bieu-ba-4.jpg": good[:5_000],
            "dai-bieu-ba-5.jpg": b"not a picture",
            "../dai-bieu-ba.jpg": good,
            "nguoi-la.jpg": good,
        }
    )


async def test_an_archive_is_judged_photo_by_photo_and_stored_exactly_as_the_dry_run_said(organiser: Organiser) -> None:
    occasion = Occasion(organiser.center)
    first = occasion.delegate("Đại biểu Một")
    second = occasion.delegate("Đại biểu Hai", seat="B-02")
    occasion.delegate("Đại biểu Ba", file="Ảnh số 3.jpg")
    ready = await looked(organiser, mixed(organiser.faces), occasion.id)
    before = await organiser.rows(STORED)
    done = await committed(organiser, ready)
    refusals = [item.judged.refusal for item in organiser.center.room.people.enrolments.get(ready["id"]).items]
    told = {item["file"]: item for item in ready["items"]}
    linked = dict(await organiser.rows("SELECT id::text, person::text FROM delegate WHERE person IS NOT NULL"))
    kept = organiser.center.room.faces.faces(linked.values())

    assert (ready["state"], ready["total"], ready["done"], ready["accepted"], ready["refused"]) == ("ready", 11, 11, 3, 8)
    assert [file for file, item in told.items() if item["accepted"]] == GOOD
    assert not [(file, told[file]) for file, word in REASONS.items() if word not in str(told[file]["reason"])]
    assert told["Ảnh số 3.jpg"]["name"] == "Đại biểu Ba"
    assert before == [(0, 0, 0, 0)]
    assert (done["state"], done["accepted"], done["refused"], done["done"]) == ("done", 3, 8, 11)
    assert await organiser.rows(STORED) == [(2, 2, 3, 3)]
    assert linked.keys() == {first, second}
    assert [item["person"] for item in done["items"] if item["accepted"]] == [linked[first], linked[first], linked[second]]
    assert {person: len(rows) for person, rows in kept.items()} == {linked[first]: 2, linked[second]: 1}
    assert await organiser.audited(linked[first]) == ["photo.enrolled"] * 2
    assert [error for error in refusals if getattr(error, "__traceback__", None) or getattr(error, "__context__", None)] == []


async def test_who_came_before_is_recognised_at_the_next_occasion_and_not_enrolled_twice(organiser: Organiser) -> None:
    person = await organiser.enrolled("Đại biểu Một", "obama/1.jpg")
    occasion = Occasion(organiser.center)
    delegate = occasion.delegate("Đại biểu Một")
    archive = zipped({"dai-bieu-mot.jpg": (organiser.faces / "obama" / "1.jpg").read_bytes()})
    done = await committed(organiser, await looked(organiser, archive, occasion.id))

    assert (done["items"][0]["accepted"], done["items"][0]["person"], done["items"][0]["id"]) == (True, person, None)
    assert await organiser.rows("SELECT id::text, person::text FROM delegate") == [(delegate, person)]
    assert await organiser.rows(STORED) == [(1, 2, 1, 1)]


async def test_a_photo_named_by_the_text_of_a_badge_is_kept_without_it(organiser: Organiser) -> None:
    occasion = Occasion(organiser.center)
    delegate = occasion.delegate("Đại biểu Một")
    organiser.center.execute(f"UPDATE delegate SET badge_digest = sha256('WR-7F3K') WHERE id = '{delegate}'")
    archive = zipped({"WR-7F3K.jpg": (organiser.faces / "obama" / "1.jpg").read_bytes()})
    done = await committed(organiser, await looked(organiser, archive, occasion.id))

    assert [(item["file"], item["accepted"]) for item in done["items"]] == [("WR-7F3K.jpg", True)]
    assert await organiser.rows("SELECT report ->> 'file' FROM photo") == [("",)]


async def test_an_archive_gives_consent_only_to_who_was_never_asked(organiser: Organiser) -> None:
    withdrawn = await organiser.person("Đại biểu Một")
    await organiser.consents(withdrawn, "face", given=False)
    await organiser.person("Đại biểu Hai", "photo_shown")
    photos = {"dai-bieu-mot.jpg": "obama/1.jpg", "dai-bieu-hai.jpg": "biden/1.jpg"}
    archive = zipped({name: (organiser.faces / file).read_bytes() for name, file in photos.items()})
    without = await looked(organiser, archive, None, None)
    with_consent = await looked(organiser, archive, None)
    done = await committed(organiser, with_consent)

    assert [item["accepted"] for item in without["items"]] == [False, False]
    assert "has not agreed" in without["items"][1]["reason"]
    assert "withdrawn" in done["items"][0]["reason"]
    assert [item["accepted"] for item in done["items"]] == [False, True]
    assert await organiser.rows("SELECT kind, note FROM consent WHERE note = 'phiếu đăng ký'") == [("face", "phiếu đăng ký")]


async def test_what_changed_between_the_dry_run_and_the_commit_is_refused_then(organiser: Organiser) -> None:
    occasion = Occasion(organiser.center)
    delegate = occasion.delegate("Đại biểu Một")
    archive = zipped({"dai-bieu-mot.jpg": (organiser.faces / "obama" / "1.jpg").read_bytes()})
    ready = await looked(organiser, archive, occasion.id)
    organiser.center.execute(f"DELETE FROM delegate WHERE id = '{delegate}'")
    done = await committed(organiser, ready)

    assert (done["state"], done["accepted"], done["refused"]) == ("done", 0, 1)
    assert "no delegate" in done["items"][0]["reason"]
    assert await organiser.rows(STORED) == [(0, 0, 0, 0)]


async def test_what_cannot_be_enrolled_at_all_is_one_sentence(organiser: Organiser) -> None:
    nothing = "01a21a22-6345-7596-ac10-70e6861eaf06"
    none = await looked(organiser, b"hello", None)
    again = await organiser.asks("POST", f"/enrolments/{none['id']}/commit")
    unknown = await looked(organiser, zipped({"a.jpg": b"x"}), nothing)
    dropped = await organiser.asks("DELETE", f"/enrolments/{none['id']}")
    answers = [
        await organiser.asks("POST", "/enrolments", json={"upload": nothing}),
        await organiser.asks("GET", f"/enrolments/{none['id']}"),
        await organiser.asks("POST", f"/enrolments/{nothing}/commit"),
    ]

    assert (none["state"], "ZIP" in none["detail"], again.status_code) == ("failed", True, 409)
    assert "no event" in unknown["detail"]
    assert dropped.status_code == 204
    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_a_database_that_goes_away_while_photos_are_stored_costs_none(organiser: Organiser, postgresql_server: Server) -> None:
    names = [f"Đại biểu {word}" for word in ("Một", "Hai")]
    for name in names:
        await organiser.person(name)
    photos = {"dai-bieu-mot.jpg": "obama/1.jpg", "dai-bieu-mot-2.jpg": "obama/2.jpg", "dai-bieu-hai.jpg": "biden/1.jpg"}
    ready = await looked(organiser, zipped({name: (organiser.faces / file).read_bytes() for name, file in photos.items()}), None)
    enrolments = organiser.center.room.people.enrolments

    async def away() -> bool:
        return not organiser.center.room.database.reachable

    postgresql_server[1].kill()
    enrolments.commit(ready["id"], "administrator")
    await eventually(away)
    state = enrolments.get(ready["id"]).state
    postgresql_server[1].start()
    done = await until(organiser, ready["id"], "done", "failed")

    assert (state, done["state"], done["accepted"]) == ("storing", "done", 3)
    assert await organiser.rows("SELECT count(*) FROM photo") == [(3,)]


async def test_a_face_that_another_archive_enrolled_meanwhile_is_not_stored_under_a_second_name(organiser: Organiser) -> None:
    for name in ("Một", "Hai"):
        await organiser.person(f"Đại biểu {name}")
    photos = {"dai-bieu-mot.jpg": "obama/1.jpg", "dai-bieu-hai.jpg": "obama/2.jpg"}
    archives = [zipped({name: (organiser.faces / file).read_bytes()}) for name, file in photos.items()]
    ready = [await looked(organiser, archive, None) for archive in archives]
    done = [await committed(organiser, one) for one in ready]

    assert [one["accepted"] for one in ready] == [1, 1]
    assert [(one["state"], one["accepted"]) for one in done] == [("done", 1), ("done", 0)]
    assert "Đại biểu Một" in done[1]["items"][0]["reason"]
    assert await organiser.rows("SELECT count(*) FROM embedding") == [(1,)]


async def test_of_who_is_erased_while_their_photo_is_looked_at_nothing_stays(organiser: Organiser) -> None:
    person = await organiser.person()
    enrolments = organiser.center.room.people.enrolments
    upload = await uploaded(organiser, zipped({"dai-bieu-mot.jpg": (organiser.faces / "obama" / "1.jpg").read_bytes()}))
    loop, looking, going_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def slow(_examiner: Examiner) -> None:
        loop.call_soon_threadsafe(looking.set)
        going_on.wait(30)

    held = asyncio.create_task(organiser.center.room.people.eyes.run(slow))
    await looking.wait()
    job = enrolments.start(EnrolmentIn(upload=upload, consent=None), "administrator")

    async def begun() -> bool:
        return organiser.center.room.people.eyes._waiting == 2

    await eventually(begun)
    await organiser.asks("DELETE", f"/people/{person}")
    going_on.set()
    await held
    ready = await until(organiser, job.id, "ready", "failed")

    assert (ready["state"], ready["accepted"], ready["items"][0]["accepted"]) == ("ready", 0, False)
    assert [(item.place, item.embedding) for item in job.items] == [(None, None)]
