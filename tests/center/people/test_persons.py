from datetime import UTC, datetime

import pytest

from center.people.models import ConsentIn, PersonChangeIn
from tests.center.crossing import crossed
from tests.center.people.occasions import Occasion
from tests.center.people.organiser import Organiser
from tests.center.running import RunningCenter
from wardroom.errors import PeopleError

pytestmark = pytest.mark.servers


@pytest.fixture
def keyless(center: RunningCenter, testdata: object) -> Organiser:
    """An organiser at a center without a key."""
    return Organiser(center, testdata / "faces")  # type: ignore[operator]


async def test_people_are_found_by_any_words_without_diacritics_page_by_page(keyless: Organiser) -> None:
    for name in ("Nguyễn Văn An", "Nguyễn Thị Đào", "Trần Văn Ân"):
        await keyless.person(name)
    found = {q: (await keyless.asks("GET", "/people", params={"q": q})).json()["items"] for q in ("an nguyen", "dao", "%", "")}
    first = (await keyless.asks("GET", "/people", params={"limit": 2})).json()
    rest = (await keyless.asks("GET", "/people", params={"limit": 2, "cursor": first["next"]})).json()

    assert [person["name"] for person in found["an nguyen"]] == ["Nguyễn Văn An"]
    assert [person["name"] for person in found["dao"]] == ["Nguyễn Thị Đào"]
    assert len(found[""]) == 3
    assert [person["name"] for person in first["items"] + rest["items"]] == ["Nguyễn Thị Đào", "Nguyễn Văn An", "Trần Văn Ân"]
    assert rest["next"] is None


async def test_a_person_has_consents_and_an_end_and_changes(keyless: Organiser) -> None:
    person = await keyless.person("Đại biểu Một", "face")
    until = "2026-12-31T17:00:00+07:00"
    changed = (await keyless.asks("PATCH", f"/people/{person}", json={"retain_until": until})).json()
    renamed = (await keyless.asks("PATCH", f"/people/{person}", json={"name": "Đại biểu Hai"})).json()
    endless = (await keyless.asks("PATCH", f"/people/{person}", json={"retain_until": None})).json()

    assert changed["consent"] == {"face": True, "photo_shown": False}
    assert (renamed["name"], renamed["retain_until"], renamed["enrolled"]) == ("Đại biểu Hai", "2026-12-31T10:00:00Z", False)
    assert endless["retain_until"] is None


async def test_two_who_change_different_things_of_a_person_at_once_undo_nothing(keyless: Organiser) -> None:
    person = await keyless.person("Đại biểu Một", "face")
    persons = keyless.center.room.people.persons
    name, until = PersonChangeIn(name="Đại biểu Hai"), PersonChangeIn(retain_until=datetime(2026, 12, 31, tzinfo=UTC))
    await crossed(keyless.center.room.database, persons.change(person, name, "a"), persons.change(person, until, "b"))
    changed = (await keyless.asks("GET", f"/people/{person}")).json()

    assert (changed["name"], changed["retain_until"]) == ("Đại biểu Hai", "2026-12-31T00:00:00Z")


async def test_a_word_of_somebody_who_is_erased_at_this_moment_is_told_to_be_nobodys(keyless: Organiser) -> None:
    person = await keyless.person("Đại biểu Một", "face")
    people, said = keyless.center.room.people, ConsentIn(kind="face", given=False, note="")
    _, refused = await crossed(keyless.center.room.database, people.erase(person, "a"), people.consent(person, said, "b"))

    assert isinstance(refused, PeopleError)
    assert refused.key == "people.no_person"


async def test_every_word_of_consent_is_told_with_who_noted_it_the_newest_first(keyless: Organiser) -> None:
    person = await keyless.person("Đại biểu Một", "face")
    await keyless.consents(person, "face", given=False)
    told = (await keyless.asks("GET", f"/people/{person}")).json()["consents"]

    assert [(said["kind"], said["given"], said["note"], said["noted_by"]) for said in told] == [
        ("face", False, "", "administrator"),
        ("face", True, "phiếu số 1", "administrator"),
    ]
    assert told[0]["at"] > told[1]["at"]


async def test_without_a_key_a_photo_is_one_sentence_and_all_else_runs(keyless: Organiser) -> None:
    person = await keyless.person()
    answer = await keyless.shows(person, b"x")

    assert (answer.status_code, answer.json()["type"]) == (503, "people-unready")
    assert "wardroom access people-key" in answer.json()["detail"]
    assert (await keyless.asks("GET", f"/people/{person}")).json()["photo_list"] == []


NOBODY = "/people/01a21a22-6345-7596-ac10-70e6861eaf06"
WRONG: tuple[tuple[str, str, object, int], ...] = (
    ("GET", NOBODY, None, 404),
    ("GET", "/people/x", None, 422),
    ("POST", "/people", {"name": " "}, 422),
    ("POST", "/people", {"name": "A", "age": 3}, 422),
    ("POST", "/people", {"name": "A", "retain_until": "2026-12-31"}, 422),
    ("POST", "/people", {"name": "A", "retain_until": "9999-12-31T23:59:59-14:00"}, 422),
    ("POST", "/people", {"name": "An\u202eNguyen"}, 422),
    ("POST", "/people", {"name": "A", "consents": [{"kind": "face", "note": "a\u0000b"}]}, 422),
    ("PATCH", NOBODY, {"name": "B"}, 404),
    ("POST", f"{NOBODY}/consents", {"kind": "face", "given": True}, 404),
    ("POST", f"{NOBODY}/consents", {"kind": "all", "given": True}, 422),
    ("GET", "/people?cursor=bogus", None, 422),
)


async def test_what_is_not_there_or_no_person_is_one_sentence(keyless: Organiser) -> None:
    answers = [await keyless.asks(method, path, json=body) for method, path, body, _ in WRONG]

    assert [answer.status_code for answer in answers] == [status for *_, status in WRONG]
    assert all(answer.json()["detail"] for answer in answers)
    assert (await keyless.asks("GET", "/people")).json()["items"] == []


async def test_who_is_no_organiser_sees_no_people_and_only_an_administrator_the_log(keyless: Organiser) -> None:
    keyless.center.execute(
        "INSERT INTO account (name, password_hash, role) SELECT 'op', password_hash, 'operator' FROM account WHERE name = 'administrator';"
        "INSERT INTO account (name, password_hash, role) SELECT 'eye', password_hash, 'viewer' FROM account WHERE name = 'administrator'"
    )
    seen = {}
    for account in ("op", "eye"):
        async with keyless.center.anonymous() as client:
            await keyless.center.sign_in(client, account)
            seen[account] = [(await client.get(f"/api/v1/{path}")).status_code for path in ("people", "audit")]

    assert seen == {"op": [200, 403], "eye": [403, 403]}


async def test_a_word_of_consent_is_told_to_the_desks_before_it_is_answered(keyless: Organiser) -> None:
    person = await keyless.person("Đại biểu Một", "face")
    occasion = Occasion(keyless.center)
    occasion.passage(occasion.delegate("Một", person=person))
    keyless.center.execute(f"UPDATE passage SET result = 'consent_withdrawn'; UPDATE consent SET given = false WHERE person = '{person}'")
    room = keyless.center.room
    await room.checkin.telling.round()
    before = [passage.result for passage in room.hub._passages.last(9)]
    await keyless.consents(person, "face", given=True)

    assert (before, [passage.result for passage in room.hub._passages.last(9)]) == (["consent_withdrawn"], ["checked_in"])


async def test_face_withdrawn_takes_the_best_shots_of_gates_with_it_and_the_desks_show_none(keyless: Organiser) -> None:
    people = {name: await keyless.person(name) for name in ("face", "photo_shown", "nothing")}
    occasion = Occasion(keyless.center)
    shots = {name: occasion.passage(occasion.delegate(name, person=person)) for name, person in people.items()}
    room = keyless.center.room
    await room.checkin.telling.round()
    before = {passage.name: passage.evidence for passage in room.hub._passages.last(9)}
    await keyless.consents(people["photo_shown"], "photo_shown", given=False)
    await keyless.consents(people["face"], "face", given=False)
    shown = {passage.name: passage.evidence for passage in room.hub._passages.last(9)}

    assert (before, shown) == (shots, shots | {"face": None})
    assert {row[0] for row in await keyless.rows("SELECT encode(digest, 'hex') FROM evidence")} == {shots["photo_shown"], shots["nothing"]}
    assert (await keyless.asks("GET", "/audit")).json()["items"][0]["detail"] == {"kind": "face", "faces": 0, "best_shots": 1}
