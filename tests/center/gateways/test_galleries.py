import numpy as np
import pytest
import uuid6

from center.gateways.galleries import Galleries
from center.gateways.rosters import GATEWAYS, Rosters
from tests.center.occasions.hall import GATEWAY, SITE, Hall
from vision import gallery_contents, gallery_delta
from vision.gallery import Gallery
from vision.gallery_contents import Contents
from vision.gallery_entries import Person
from wardroom.topics import Gateway

pytestmark = pytest.mark.servers
HERE = Gateway(SITE, GATEWAY)


class Everybody:
    """Everybody's faces, made up: one number each."""

    def __init__(self) -> None:
        self.loaded = True
        self.gallery: Gallery | None = Gallery(gallery_contents.nothing("everybody", "a-model", 8))

    @property
    def known(self) -> Gallery:
        assert self.gallery is not None
        return self.gallery

    def enrol(self, person: object, place: int) -> None:
        self.known.change([Person(str(person), np.eye(1, 8, place, dtype=np.float32))])


class Copy:
    """A gateway's copy of its gallery."""

    def __init__(self, galleries: Galleries, gateway: Gateway = HERE) -> None:
        self._galleries = galleries
        self._gateway = gateway
        self.contents: Contents | None = None

    async def ask(self) -> bool:
        """Return whether anything came."""
        have = self.contents
        sent = await self._galleries.since(self._gateway, have.gallery if have else "", have.version if have else -1)
        if sent is not None:
            delta = gallery_delta.decoded(sent)
            whole = have is None or delta.base == gallery_delta.EVERYTHING
            self.contents = gallery_delta.adopted(delta) if whole or have is None else gallery_delta.applied(have, delta)
        return sent is not None

    @property
    def people(self) -> set[str]:
        return set(self.contents.persons.ids) if self.contents else set()


@pytest.fixture
def everybody() -> Everybody:
    return Everybody()


@pytest.fixture
async def open_hall(hall: Hall, everybody: Everybody) -> Hall:
    """An open occasion with two delegates who have faces; a third person has one too and is not expected."""
    for place, name in enumerate(("An", "Bình")):
        await hall.delegate(name, person=True)
        everybody.enrol(hall.people[name], place)
    everybody.enrol(uuid6.uuid7(), 5)
    return await hall.open()


async def test_a_gateway_has_the_faces_of_whom_it_expects_and_no_others(open_hall: Hall, everybody: Everybody) -> None:
    galleries = Galleries(everybody, Rosters(open_hall.room.database), open_hall.room.audit)
    copy, elsewhere = Copy(galleries), Copy(galleries, Gateway(SITE, "gw-2"))
    await copy.ask()
    await elsewhere.ask()

    assert copy.people == {str(open_hall.people[name]) for name in ("An", "Bình")}
    assert elsewhere.people == set()
    assert not await copy.ask()


async def test_who_withdraws_is_erased_or_gets_a_new_photo_is_so_with_the_next_question(open_hall: Hall, everybody: Everybody) -> None:
    copy = Copy(Galleries(everybody, Rosters(open_hall.room.database), open_hall.room.audit))
    await copy.ask()
    an, binh = (open_hall.people[name] for name in ("An", "Bình"))

    await open_hall.agree(an, given=False)
    assert await copy.ask()
    assert copy.people == {str(binh)}
    await open_hall.agree(an, given=True)
    everybody.enrol(binh, 7)
    assert await copy.ask()
    assert copy.people == {str(an), str(binh)}
    assert copy.contents is not None
    assert copy.contents.persons.rows(copy.contents.persons.positions[str(binh)])[0, 7] == 1
    everybody.known.change(remove=[str(binh)])
    await copy.ask()
    assert copy.people == {str(an)}


async def test_each_version_of_faces_that_a_gateway_takes_is_a_line_of_the_log_and_no_question_more(
    open_hall: Hall, everybody: Everybody
) -> None:
    galleries = Galleries(everybody, Rosters(open_hall.room.database), open_hall.room.audit)
    copy, deaf = Copy(galleries), Copy(galleries, Gateway(SITE, "gw-2"))
    for _ in range(3):
        await copy.ask()
        await galleries.since(HERE, "", -1)
        await deaf.ask()
    everybody.enrol(open_hall.people["An"], 7)
    await copy.ask()
    await open_hall.agree(open_hall.people["An"], given=False)
    await copy.ask()
    query = "SELECT who, (detail ->> 'persons')::int FROM audit WHERE action = 'gallery.fetched' ORDER BY seq"

    assert await open_hall.room.database.rows(query) == [(f"gateway: {SITE}/{GATEWAY}", 2), (f"gateway: {SITE}/{GATEWAY}", 1)]


async def test_a_copy_of_another_process_or_from_the_future_is_told_everything(open_hall: Hall, everybody: Everybody) -> None:
    rosters = Rosters(open_hall.room.database)
    copy = Copy(Galleries(everybody, rosters, open_hall.room.audit))
    await copy.ask()
    assert copy.contents is not None
    again = Galleries(everybody, rosters, open_hall.room.audit)
    after = await again.since(HERE, copy.contents.gallery, copy.contents.version)
    ahead = await again.since(HERE, gallery_delta.decoded(after or b"").gallery, 999)

    for sent in (after, ahead):
        assert gallery_delta.decoded(sent or b"").base == gallery_delta.EVERYTHING


async def test_no_more_galleries_are_kept_than_a_number_of_gateways(open_hall: Hall, everybody: Everybody) -> None:
    galleries = Galleries(everybody, Rosters(open_hall.room.database), open_hall.room.audit)
    for number in range(GATEWAYS + 3):
        await galleries.since(Gateway(SITE, f"gw-{number}"), "", -1)

    assert len(galleries) == GATEWAYS


async def test_once_nobody_is_enrolled_a_copy_is_told_so_but_not_before_the_center_knows(open_hall: Hall, everybody: Everybody) -> None:
    galleries = Galleries(everybody, Rosters(open_hall.room.database), open_hall.room.audit)
    everybody.gallery, everybody.loaded = None, False
    assert await galleries.since(HERE, "g1", 7) is None
    everybody.loaded = True

    assert await galleries.since(HERE, "g1", 7) == gallery_delta.NOBODY
    assert await galleries.since(HERE, "", -1) is None
