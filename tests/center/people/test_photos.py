import io

import numpy as np
import pytest
from PIL import Image

from center.people.gallery import EVERY_S
from center.people.models import ConsentIn
from tests.center.crossing import crossed
from tests.center.people.organiser import Organiser
from wardroom.errors import PeopleError

pytestmark = pytest.mark.servers


def saved(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, kind, **options)
    return target.getvalue()


async def test_a_photo_is_reported_kept_sealed_shown_and_every_look_is_noted(organiser: Organiser) -> None:
    person = await organiser.person()
    original = Image.open(organiser.faces / "obama" / "1.jpg").convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = "an address nobody should see"
    large = original.resize((original.width * 3, original.height * 3)) if max(original.size) < 1_000 else original
    sent = (await organiser.shows(person, saved(large, exif=exif), "ảnh-thẻ.jpg")).json()
    looked = await organiser.asks("GET", f"/people/{person}/photos/{sent['id']}")
    kept = Image.open(io.BytesIO(looked.content))
    (stored,) = await organiser.rows("SELECT sealed FROM photo")
    shown = (await organiser.asks("GET", f"/people/{person}")).json()

    assert (sent["accepted"], sent["reason"], sent["faces"], sent["file"]) == (True, None, 1, "ảnh-thẻ.jpg")
    assert 0 < sent["blur"] < 1
    assert sent["pose_deg"] < 30
    assert looked.headers["content-type"] == "image/jpeg"
    assert looked.headers["cache-control"] == "no-store"
    assert max(kept.size) <= 1280
    assert not kept.getexif()
    assert b"nobody should see" not in looked.content
    assert looked.content[:100] not in bytes(stored[0])
    assert (shown["photos"], shown["enrolled"], shown["photo_list"][0]["id"]) == (1, True, sent["id"])
    assert await organiser.audited(person) == ["person.created", "photo.added", "photo.looked"]


async def test_what_cannot_be_used_is_refused_in_one_sentence_and_nothing_is_kept(organiser: Organiser) -> None:
    person = await organiser.person()
    grey = saved(Image.fromarray(np.full((400, 300, 3), 128, np.uint8)))
    two = (organiser.faces / "scenes" / "obama_and_biden.jpg").read_bytes()
    cases = {"grey.jpg": grey, "two.jpg": two, "none.jpg": b"", "text.jpg": b"hello", "cut.jpg": grey[:300]}
    answers = {name: (await organiser.shows(person, data, name)).json() for name, data in cases.items()}

    assert {name: (answer["id"], answer["accepted"]) for name, answer in answers.items()} == dict.fromkeys(cases, (None, False))
    assert "no face" in answers["grey.jpg"]["reason"]
    assert "faces are in it" in answers["two.jpg"]["reason"]
    assert answers["two.jpg"]["faces"] >= 2
    assert await organiser.rows("SELECT FROM photo") == []
    assert await organiser.rows("SELECT FROM embedding") == []


async def test_the_same_face_under_two_names_another_face_and_the_same_photo_again_are_refused(organiser: Organiser) -> None:
    first = await organiser.enrolled("Đại biểu Một", "obama/1.jpg")
    second = await organiser.person("Đại biểu Hai")
    double = (await organiser.shows(second, organiser.faces / "obama" / "2.jpg")).json()
    wrong = (await organiser.shows(first, organiser.faces / "biden" / "1.jpg")).json()
    again = (await organiser.shows(first, organiser.faces / "obama" / "1.jpg")).json()
    fits = (await organiser.shows(first, organiser.faces / "obama" / "2.jpg")).json()
    other = (await organiser.shows(second, organiser.faces / "biden" / "1.jpg")).json()

    assert "already enrolled as Đại biểu Một" in double["reason"]
    assert double["nearest"]["person"] == first
    assert "does not look like" in wrong["reason"]
    assert "enrolled already" in again["reason"]
    assert (fits["accepted"], other["accepted"]) == (True, True)
    assert other["nearest"]["name"] == "Đại biểu Một"


async def test_without_consent_nothing_is_kept_and_consent_withdrawn_takes_the_face_out_at_once(organiser: Organiser) -> None:
    heard: list[frozenset[str]] = []
    organiser.center.room.faces.changed.append(heard.append)
    unasked = await organiser.person("Đại biểu Ba", "photo_shown")
    refused = await organiser.shows(unasked, organiser.faces / "obama" / "1.jpg")
    person = await organiser.enrolled("Đại biểu Một", "obama/1.jpg")
    before = organiser.center.room.faces.faces([person])
    withdrawn = (await organiser.consents(person, "face", given=False)).json()
    after = organiser.center.room.faces.faces([person])
    left = await organiser.rows("SELECT (SELECT count(*) FROM photo), (SELECT count(*) FROM embedding)")
    await organiser.consents(person, "face", given=True)
    await organiser.center.room.people.renewal.round()
    again = organiser.center.room.faces.faces([person])
    for kind in ("face", "photo_shown"):
        await organiser.consents(person, kind, given=False)

    assert (refused.status_code, refused.json()["type"]) == (409, "no-consent")
    assert before[person].shape[0] == 1
    assert (after, withdrawn["enrolled"], withdrawn["photos"]) == ({}, False, 1)
    assert left == [(1, 0)]
    assert float(again[person][0] @ before[person][0]) > 0.9
    assert heard[:3] == [frozenset({person})] * 3
    assert await organiser.rows("SELECT FROM photo") == []


async def test_a_removed_photo_is_gone_from_memory_too(organiser: Organiser) -> None:
    person = await organiser.enrolled("Đại biểu Một", "obama/1.jpg")
    photo = (await organiser.asks("GET", f"/people/{person}")).json()["photo_list"][0]["id"]
    removed = await organiser.asks("DELETE", f"/people/{person}/photos/{photo}")
    again = await organiser.asks("DELETE", f"/people/{person}/photos/{photo}")
    looked = await organiser.asks("GET", f"/people/{person}/photos/{photo}")

    assert (removed.status_code, again.status_code, looked.status_code) == (204, 404, 404)
    assert organiser.center.room.faces.faces([person]) == {}
    assert await organiser.rows("SELECT FROM embedding") == []


async def test_a_face_that_another_center_enrolled_or_erased_is_followed(organiser: Organiser) -> None:
    person = await organiser.enrolled("Đại biểu Một", "obama/1.jpg")
    organiser.center.execute(f"DELETE FROM person WHERE id = '{person}'")
    await organiser.center.room.faces.refresh()

    assert EVERY_S <= 5
    assert organiser.center.room.faces.faces([person]) == {}


async def test_faces_of_another_model_are_made_anew_from_the_sealed_photos(organiser: Organiser) -> None:
    person = await organiser.enrolled("Đại biểu Một", "obama/1.jpg")
    before = organiser.center.room.faces.faces([person])[person]
    organiser.center.execute("UPDATE embedding SET model = 'older:0123456789abcdef:1'")
    await organiser.center.room.faces.refresh()
    lost = organiser.center.room.faces.faces([person])
    made = await organiser.center.room.people.renewal.round()

    assert (lost, made) == ({}, 1)
    assert float(organiser.center.room.faces.faces([person])[person][0] @ before[0]) > 0.9


async def test_nothing_of_a_face_is_kept_after_consent_that_is_withdrawn_at_this_moment(organiser: Organiser) -> None:
    people, database = organiser.center.room.people, organiser.center.room.database
    person = await organiser.enrolled("Đại biểu Một", "obama/1.jpg")
    withdrawn = ConsentIn(kind="face", given=False, note="")
    photo = (organiser.faces / "obama" / "2.jpg").read_bytes()

    _, refused = await crossed(database, people.consent(person, withdrawn, "a"), people.photos.add(person, photo, "2.jpg", "b"))

    assert isinstance(refused, PeopleError)
    assert refused.key == "people.no_consent"
    assert await organiser.rows("SELECT FROM embedding") == []


async def test_no_face_is_made_anew_after_consent_that_is_withdrawn_at_this_moment(organiser: Organiser) -> None:
    people, database = organiser.center.room.people, organiser.center.room.database
    person = await organiser.enrolled("Đại biểu Một", "obama/1.jpg")
    organiser.center.execute("DELETE FROM embedding")
    withdrawn = ConsentIn(kind="face", given=False, note="")

    await crossed(database, people.consent(person, withdrawn, "a"), people.renewal.round())

    assert await organiser.rows("SELECT FROM embedding") == []
