import uuid

import pytest
from structlog.testing import capture_logs

from center.people import vault
from tests.center.people.occasions import Occasion
from tests.center.people.organiser import Organiser
from tests.center.running import RunningCenter

pytestmark = pytest.mark.servers

SEEN = """
INSERT INTO evidence (digest, site, gateway, sealed) VALUES ('\\x{digest}', 'vp', 'gw', '\\x00');
INSERT INTO event (source, id, site, gateway, type, time, received, offline, data)
VALUES ('ward/vp/gw', '{id}', 'vp', 'gw', 'vn.wardroom.face.recognized.v1', now(), now(), false,
        '{{"person": "{person}", "evidence": "{digest}"}}');
"""


async def test_erasing_leaves_nothing_in_any_table_and_proves_it(organiser: Organiser) -> None:
    center = organiser.center
    person = await organiser.enrolled("Đại biểu Một", "obama/1.jpg", "obama/2.jpg")
    other = await organiser.enrolled("Đại biểu Hai", "biden/1.jpg")
    occasion = Occasion(center)
    mine, theirs = (occasion.delegate(name, person=who) for name, who in (("Một", person), ("Hai", other)))
    occasion.passage(mine)
    kept = occasion.passage(theirs)
    center.execute(SEEN.format(digest="ab" * 32, id=uuid.uuid4(), person=person))
    center.execute("CREATE TABLE printed (delegate uuid REFERENCES delegate ON DELETE CASCADE); GRANT SELECT ON printed TO PUBLIC")
    center.execute(f"INSERT INTO printed VALUES ('{mine}'), ('{theirs}')")
    heard: list[frozenset[str]] = []
    await center.room.checkin.telling.round()
    shown = [passage.name for passage in center.room.hub._passages.last(9)]
    center.room.faces.changed.append(heard.append)
    erased = (await organiser.asks("DELETE", f"/people/{person}")).json()

    assert erased["rows"] == {
        "person": 1,
        "consent": 2,
        "photo": 2,
        "embedding": 2,
        "delegate": 2,
        "list_entry": 1,
        "passage": 1,
        "stranger": 0,
        "printed": 1,
        "evidence": 2,
    } | {table: count for table, count in erased["rows"].items() if table not in KNOWN}
    assert set(erased["left"].values()) == {0}
    assert erased["left"].keys() == erased["rows"].keys()
    assert [(gateway["site"], gateway["told"]) for gateway in erased["gateways"]] == [("vp", False)]
    assert (shown, [passage.name for passage in center.room.hub._passages.last(9)]) == (["Một", "Hai"], ["Hai"])
    assert center.room.faces.faces([person, other]).keys() == {other}
    assert heard[0] == frozenset({person})
    assert await organiser.rows("SELECT encode(digest, 'hex') FROM evidence") == [(kept,)]
    assert await organiser.rows("SELECT count(*) FROM person") == [(1,)]
    assert (await organiser.audited(person))[-1] == "person.erased"
    assert (await organiser.asks("DELETE", f"/people/{person}")).status_code == 404
    assert (await center.room.audit.verify()).broken is None


KNOWN = ("person", "consent", "photo", "embedding", "delegate", "list_entry", "passage", "stranger", "printed", "evidence")


async def test_where_something_would_be_left_nothing_is_erased_and_it_is_said(organiser: Organiser) -> None:
    person = await organiser.person()
    organiser.center.execute(f"CREATE TABLE noted (person uuid); INSERT INTO noted VALUES ('{person}'); GRANT SELECT ON noted TO PUBLIC")
    answer = await organiser.asks("DELETE", f"/people/{person}")

    assert (answer.status_code, "noted" in answer.json()["detail"]) == (500, True)
    assert await organiser.rows("SELECT count(*) FROM person") == [(1,)]


async def test_no_log_holds_a_key_a_name_or_anything_of_a_face(organiser: Organiser) -> None:
    with capture_logs() as said:
        person = await organiser.enrolled("Đại biểu Bí Mật", "obama/1.jpg")
        photo = (await organiser.asks("GET", f"/people/{person}")).json()["photo_list"][0]["id"]
        await organiser.asks("GET", f"/people/{person}/photos/{photo}")
        await organiser.asks("DELETE", f"/people/{person}")
    key = vault.opened(organiser.center.settings.people.key)._key
    assert key
    lines = str(said)

    assert key.hex() not in lines
    assert "Bí Mật" not in lines
    assert "array" not in lines
    assert "\\xff\\xd8" not in lines


async def test_who_another_center_erased_is_shown_no_more(center: RunningCenter) -> None:
    occasion = Occasion(center)
    gone, stays = (occasion.delegate(name) for name in ("Một", "Hai"))
    for delegate in (gone, stays):
        occasion.passage(delegate)
    await center.room.checkin.telling.round()
    before = len(center.room.hub.passages())
    center.execute(f"DELETE FROM delegate WHERE id = '{gone}'")
    await center.room.checkin.telling.round()

    assert before == 2
    assert [passage.name for passage in center.room.hub._passages.last(9)] == ["Hai"]
