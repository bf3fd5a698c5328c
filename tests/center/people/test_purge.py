import asyncio

import pytest

from tests.center.people.occasions import Occasion
from tests.center.people.organiser import Organiser

pytestmark = pytest.mark.servers

KEPT = """
SELECT p.name, (SELECT count(*) FROM photo f WHERE f.person = p.id), (SELECT count(*) FROM embedding e WHERE e.person = p.id) FROM person p
"""


def photo(organiser: Organiser, person: str) -> None:
    """Give somebody a photo and a face; what is in them does not matter here."""
    organiser.center.execute(
        f"WITH f AS (INSERT INTO photo (id, person, sealed, report, created_by) "
        f"VALUES (gen_random_uuid(), '{person}', '\\x00', '{{}}', 'test') RETURNING id) "
        f"INSERT INTO embedding SELECT id, '{person}', 'm', '\\x00' FROM f"
    )


@pytest.fixture
def here(center: object) -> Organiser:
    return Organiser(center, None)  # type: ignore[arg-type]  # shows no photos


async def test_what_is_over_goes_by_itself_and_what_is_not_stays(here: Organiser) -> None:
    people = {name: await here.person(name) for name in ("over", "not yet", "long occasion", "old occasion", "both", "none")}
    for person in people.values():
        photo(here, person)
    here.center.execute(f"UPDATE person SET retain_until = now() - interval '1 second' WHERE id = '{people['over']}'")
    here.center.execute(f"UPDATE person SET retain_until = now() + interval '1 day' WHERE id = '{people['not yet']}'")
    old, long = (Occasion(here.center, ended="10 days", days=days, closed="10 days") for days in (9, 11))
    passed = {name: old.delegate(name, person=people[name]) for name in ("not yet", "old occasion", "both")}
    shots = [old.passage(delegate) for delegate in passed.values()]
    for name in ("long occasion", "both"):
        long.delegate(name, person=people[name])
    shown = long.passage(long.delegate("guest"))
    done = await here.center.room.people.purge.round()
    again = await here.center.room.people.purge.round()

    assert {name: (photos, faces) for name, photos, faces in await here.rows(KEPT)} == {
        "over": (0, 0),
        "not yet": (1, 1),
        "long occasion": (1, 1),
        "old occasion": (0, 0),
        "both": (1, 1),
        "none": (1, 1),
    }
    assert (done, again) == (3, 0)
    assert len(shots) == 3
    assert await here.rows("SELECT encode(digest, 'hex') FROM evidence") == [(shown,)]
    assert await here.rows("SELECT count(*), count(evidence) FROM passage") == [(4, 1)]
    assert await here.rows("SELECT count(*) FROM consent") == [(12,)]
    assert (await here.audited(people["over"]))[-1] == "person.purged"
    assert await here.audited(old.id) == ["occasion.purged"]
    assert (await here.asks("GET", f"/people/{people['over']}")).json()["enrolled"] is False


async def kept(here: Organiser) -> list[str]:
    await here.center.room.people.purge.round()
    return [name for name, photos, _ in await here.rows(f"{KEPT} ORDER BY name") if photos]


async def test_an_occasion_is_not_over_before_it_is_closed_nor_a_week_late_for_who_forgot_to_close_it(here: Organiser) -> None:
    occasions = {
        "closed early": Occasion(here.center, ended="-1 hour", days=0, closed="1 day"),
        "closed in time": Occasion(here.center, ended="3 days", days=1, closed="3 days"),
        "closed late": Occasion(here.center, ended="3 days", days=1, closed="1 hour"),
        "forgotten": Occasion(here.center, ended="8 days", days=0),
        "never opened": Occasion(here.center, ended="1 day", days=0, state="draft"),
        "rehearsed late": Occasion(here.center, ended="1 day", days=0, state="rehearsal"),
        "runs over": Occasion(here.center, ended="1 day", days=0),
    }
    for name, occasion in occasions.items():
        person = await here.person(name)
        photo(here, person)
        occasion.passage(occasion.delegate(name, person=person))

    assert await kept(here) == ["closed early", "closed late", "rehearsed late", "runs over"]
    assert await here.rows("SELECT count(*) FROM evidence") == [(4,)]


async def test_an_occasion_that_is_put_off_keeps_its_photos_and_one_that_promises_fewer_days_lets_them_go(here: Organiser) -> None:
    changes: dict[str, dict[str, object]] = {"put off": {"ends": "2099-01-01T00:00:00Z"}, "shortened": {"retain_days": 0}}
    for name, change in changes.items():
        occasion = Occasion(here.center, ended="1 day", days=0 if "ends" in change else 365, state="draft")
        person = await here.person(name)
        photo(here, person)
        occasion.delegate(name, person=person)
        assert (await here.asks("PATCH", f"/occasions/{occasion.id}", json=change)).status_code == 200

    assert await kept(here) == ["put off"]


async def test_who_is_taken_out_of_an_occasion_is_kept_as_long_as_it_would_have_kept_them(here: Organiser) -> None:
    for name, ended in (("late", "-1 day"), ("over", "1 day")):
        for way in ("delegate", "person", "occasion"):
            occasion = Occasion(here.center, ended=ended, days=0, state="draft")
            person = await here.person(f"{name} {way}")
            photo(here, person)
            delegate = occasion.delegate(name, person=person)
            out = {
                "delegate": ("DELETE", f"/delegates/{delegate}", None),
                "person": ("PATCH", f"/delegates/{delegate}", {"person": None}),
                "occasion": ("DELETE", f"/occasions/{occasion.id}", None),
            }
            method, path, body = out[way]
            assert (await here.asks(method, path, json=body)).is_success
    assert await kept(here) == ["late delegate", "late occasion", "late person"]

    again = (await here.rows("SELECT id FROM person WHERE name = 'late delegate'"))[0][0]
    Occasion(here.center, ended="-7 days").delegate("expected again", person=again)
    here.center.execute("UPDATE person SET lapses = now()")

    assert await kept(here) == ["late delegate"]


async def test_a_best_shot_that_comes_after_its_person_withdrew_goes_with_the_next_purge(here: Organiser) -> None:
    withdrawn, agreed, never_asked = (await here.person("withdrawn"), await here.person("agreed"), await here.person("x", "photo_shown"))
    await here.consents(withdrawn, "face", given=False)
    occasion = Occasion(here.center)
    shots = [occasion.passage(occasion.delegate(person, person=person)) for person in (withdrawn, agreed, never_asked)]
    await here.center.room.people.purge.round()

    assert {row[0] for row in await here.rows("SELECT encode(digest, 'hex') FROM evidence")} == set(shots[1:])
    assert (await here.audited(withdrawn))[-1] == "best_shots.purged"


async def test_a_best_shot_that_no_passage_claims_goes_after_a_week(here: Organiser) -> None:
    for age, digest in (("6 days", "aa"), ("8 days", "bb")):
        here.center.execute(
            f"INSERT INTO evidence (digest, site, gateway, sealed, received) "
            f"VALUES ('\\x{digest * 32}', 'vp', 'gw', '\\x00', now() - interval '{age}')"
        )
    await here.center.room.people.purge.round()

    assert await here.rows("SELECT encode(digest, 'hex') FROM evidence") == [("aa" * 32,)]


async def test_who_is_over_gets_no_new_photo(here: Organiser) -> None:
    person = await here.person()
    await here.asks("PATCH", f"/people/{person}", json={"retain_until": "2020-01-01T00:00:00Z"})

    assert (await here.asks("GET", f"/people/{person}")).json()["retain_until"].startswith("2020")


async def test_a_best_shot_that_is_somebody_elses_too_does_not_keep_the_purge_at_it(here: Organiser) -> None:
    person, other = await here.person("over"), await here.person("other")
    here.center.execute(f"UPDATE person SET retain_until = now() - interval '1 second' WHERE id = '{person}'")
    occasion = Occasion(here.center)
    shot = occasion.passage(occasion.delegate("over", person=person))
    occasion.passage(guest := occasion.delegate("other", person=other))
    here.center.execute(f"UPDATE passage SET evidence = '\\x{shot}' WHERE delegate = '{guest}'")

    async with asyncio.timeout(10):
        assert await here.center.room.people.purge.round() == 0
    assert (shot,) in await here.rows("SELECT encode(digest, 'hex') FROM evidence")
