import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from edge.center_link import CenterLink
from edge.center_sync import LIST_FILE, CenterSync
from edge.checkin_settings import GALLERY_FILE
from edge.sealing import Sealing
from tests.edge.a_center import ACenter, Asked, a_center
from tests.edge.a_gate import AN, BINH, listed
from tests.edge.waiting import until
from vision import gallery_contents, gallery_delta, gallery_file
from vision.gallery import Gallery
from vision.gallery_entries import Person
from wardroom import gate_list
from wardroom.embedded.ports import free_port
from wardroom.gate_list import NOTHING, GateList

KEY = secrets.token_bytes(32)


class Told:
    """What a center tells; may change while it is asked."""

    def __init__(self) -> None:
        self.listed = listed()
        self.gallery = Gallery(gallery_contents.nothing("g1", "a-model", 8))
        self.enrol("person-an", 0)
        self.enrol("person-binh", 1)
        self.well = True
        self.nobody = False

    def enrol(self, person: str, place: int) -> None:
        self.gallery.change([Person(person, np.eye(1, 8, place, dtype=np.float32))])

    def __call__(self, asked: Asked) -> tuple[int, bytes]:
        if not self.well:
            return 503, b"{}"
        parts = urlsplit(asked.path)
        if parts.path.endswith("/roster"):
            same = asked.headers.get("if-none-match") == f'"{self.listed.version}"'
            return (304, b"") if same else (200, gate_list.encoded(self.listed))
        if self.nobody:
            return 200, gallery_delta.NOBODY
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        contents, version = self.gallery.contents, int(query["version"])
        known = version if query.get("gallery") == contents.gallery else -1
        if known == contents.version:
            return 204, b""
        return 200, gallery_delta.encoded(gallery_delta.since(contents, known))


class Here:
    """A gateway's end: what it was given, and what its files hold when they are opened with its key."""

    def __init__(self, folder: Path, center: ACenter, port: int | None = None) -> None:
        settings = center.settings() if port is None else center.settings(center=f"http://127.0.0.1:{port}")
        self.folder = folder
        self.lists: list[GateList] = []
        self.sync = CenterSync(CenterLink(settings), folder, KEY, every_s=0.05, follow=self._follow)

    async def _follow(self, given: GateList) -> None:
        self.lists.append(given)

    @property
    def gallery_there(self) -> bool:
        return (self.folder / GALLERY_FILE).exists()

    def on_disk(self) -> bytes:
        """Return everything the files hold, in the clear."""
        found = Sealing(KEY, "list of gates").read(self.folder / LIST_FILE) or b""
        if (self.folder / GALLERY_FILE).exists():
            contents = gallery_file.read(self.folder / GALLERY_FILE, KEY)
            found += " ".join(contents.persons.ids).encode() + contents.persons.matrix.tobytes()
        return found

    def as_it_lies(self) -> bytes:
        """Return everything the folder holds as it lies there; nobody else may read it, and there is nothing but the two files."""
        files = sorted(self.folder.iterdir())
        assert [file.name for file in files] == sorted([LIST_FILE, GALLERY_FILE])
        assert {file.stat().st_mode & 0o077 for file in files} == {0}
        return b"".join(file.read_bytes() for file in files)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Here"]:
        task = asyncio.create_task(self.sync.run())
        try:
            yield self
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def test_list_and_gallery_come_and_a_restart_has_them_without_the_network(tmp_path: Path) -> None:
    with a_center(Told()) as center:
        async with Here(tmp_path, center).running() as here:
            await until(lambda: b"person-binh" in here.on_disk() and len(center.asked) >= 8)

        assert here.lists == [listed()]
        again = Here(tmp_path, center, free_port())
        assert again.sync.kept() == listed()
        assert again.sync._has == ("g1", 2)
        sealed = here.as_it_lies()
        assert "Nguyễn".encode() not in sealed
        assert b"person-an" not in sealed


async def test_who_is_erased_at_the_center_is_in_no_file_of_the_gateway_within_the_next_answers(tmp_path: Path) -> None:
    told = Told()
    face = told.gallery.contents.persons.rows(0).tobytes()
    with a_center(told) as center:
        async with Here(tmp_path, center).running() as here:
            await until(lambda: face in here.on_disk())
            assert "Nguyễn Văn An".encode() in here.on_disk()
            told.gallery.change(remove=["person-an"])
            told.listed = listed(BINH)
            await until(lambda: face not in here.on_disk())

    held = here.on_disk()
    assert "Nguyễn Văn An".encode() not in held
    assert b"person-an" not in held
    assert AN.badge is not None
    assert AN.badge.encode() not in held
    assert b"person-binh" in held
    assert here.as_it_lies()


async def test_a_center_that_is_away_changes_nothing_and_is_heard_again(tmp_path: Path) -> None:
    told = Told()
    with a_center(told) as center:
        async with Here(tmp_path, center).running() as here:
            await until(lambda: len(here.lists) == 1)
            told.well = False
            told.listed = listed(BINH)
            await asyncio.sleep(0.2)
            assert here.lists == [listed()]
            told.well = True
            await until(lambda: here.lists[-1] == listed(BINH))


@pytest.mark.parametrize("spoilt", [LIST_FILE, GALLERY_FILE])
async def test_a_file_that_was_tampered_with_is_as_good_as_none_and_comes_anew(tmp_path: Path, spoilt: str) -> None:
    with a_center(Told()) as center:
        async with Here(tmp_path, center).running() as here:
            await until(lambda: here.sync._has == ("g1", 2))
        file = tmp_path / spoilt
        file.write_bytes(file.read_bytes()[:-3] + b"abc")

        again = Here(tmp_path, center)
        kept = again.sync.kept()
        assert kept == (NOTHING if spoilt == LIST_FILE else listed())
        async with again.running():
            await until(lambda: bool(again.lists) or spoilt == GALLERY_FILE)
            await until(lambda: again.sync._has == ("g1", 2))
        assert b"person-binh" in again.on_disk()


async def test_a_gallery_under_a_new_id_replaces_the_one_that_is_here(tmp_path: Path) -> None:
    told = Told()
    with a_center(told) as center:
        async with Here(tmp_path, center).running() as here:
            await until(lambda: here.sync._has == ("g1", 2))
            told.gallery = Gallery(gallery_contents.nothing("g2", "a-model", 8))
            told.enrol("person-chi", 3)
            await until(lambda: here.sync._has == ("g2", 1))

    assert gallery_file.read(tmp_path / GALLERY_FILE, KEY).persons.ids == ("person-chi",)


async def test_once_nobody_is_enrolled_the_gallery_is_gone_and_comes_again_with_the_first(tmp_path: Path) -> None:
    told = Told()
    with a_center(told) as center:
        async with Here(tmp_path, center).running() as here:
            await until(lambda: here.sync._has == ("g1", 2))
            told.nobody = True
            await until(lambda: here.sync._has == ("", -1))
            assert not here.gallery_there
            told.nobody = False
            await until(lambda: here.sync._has == ("g1", 2))


@pytest.mark.parametrize("nonsense", [b"nonsense", b"{}", b'{"error": "sign in first"}', b"<html>", b"[" * 100_000])
async def test_an_answer_that_is_no_list_leaves_the_one_that_is_here(tmp_path: Path, nonsense: bytes) -> None:
    told = Told()
    with a_center(told) as center:
        async with Here(tmp_path, center).running() as here:
            await until(lambda: len(here.lists) == 1)
            center.answering = lambda _: (200, nonsense)
            await asyncio.sleep(0.2)

    assert here.lists == [listed()]
    assert Here(tmp_path, center, free_port()).sync.kept() == listed()


async def test_what_nobody_foresaw_ends_nothing_and_the_next_list_is_followed(tmp_path: Path) -> None:
    told = Told()

    class Stumbling(Here):
        async def _follow(self, given: GateList) -> None:
            await super()._follow(given)
            if given == listed(BINH):
                raise RuntimeError("nobody foresaw this")

    with a_center(told) as center:
        async with Stumbling(tmp_path, center).running() as here:
            await until(lambda: len(here.lists) == 1)
            told.listed = listed(BINH)
            await until(lambda: here.lists[-1] == listed(BINH))
            told.listed = listed(AN)
            await until(lambda: here.lists[-1] == listed(AN))
