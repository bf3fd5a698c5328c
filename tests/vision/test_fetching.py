import fcntl
import hashlib
import random
import socket
from functools import partial
from pathlib import Path
from threading import Event

import pytest

from tests.vision.model_server import Manners, serving
from vision import fetching
from vision.catalogue import Source
from vision.errors import ModelError

BODY = random.Random(5).randbytes(900_000)
SHA256 = hashlib.sha256(BODY).hexdigest()


def fetch(address: str, part: Path, told: list[tuple[int, int]] | None = None) -> None:
    seen = [] if told is None else told
    source = Source(f"{address}/model.onnx", SHA256, len(BODY))
    fetching.fetched(source, part, opener=fetching.over_http, progress=lambda done, size: seen.append((done, size)))


def refusal(manners: Manners, part: Path) -> ModelError:
    with serving(manners) as address, pytest.raises(ModelError) as refused:
        fetch(address, part)
    assert "\n" not in str(refused.value)
    return refused.value


def test_a_file_arrives_whole_and_its_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with serving(Manners(BODY)) as address:
        fetch(address, tmp_path / "new" / "model.part", told)

    assert (tmp_path / "new" / "model.part").read_bytes() == BODY
    assert told[0] == (0, len(BODY))
    assert told[-1] == (len(BODY), len(BODY))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.parametrize("length", [True, False])
def test_a_download_that_breaks_goes_on_where_it_was_cut(tmp_path: Path, *, length: bool) -> None:
    part = tmp_path / "model.part"
    manners = Manners(BODY, cut=400_000, length=length)
    error = refusal(manners, part)

    assert error.key == "fetch_cut"
    assert part.read_bytes() == BODY[:400_000]

    manners.cut = None
    with serving(manners) as address:
        fetch(address, part)

    assert part.read_bytes() == BODY
    assert manners.asked == [None, "bytes=400000-"]


def test_a_server_that_ignores_range_sends_everything_again(tmp_path: Path) -> None:
    part = tmp_path / "model.part"
    part.write_bytes(BODY[:1000])
    with serving(Manners(BODY, ranges=False)) as address:
        fetch(address, part)

    assert part.read_bytes() == BODY


# What is there before: too much, all of it but wrong, and all of it
@pytest.mark.parametrize(("before", "asked"), [(BODY + b"x", [None]), (BODY, [])])
def test_a_part_that_is_too_long_begins_anew_and_a_whole_one_asks_nobody(tmp_path: Path, before: bytes, asked: list[str | None]) -> None:
    part = tmp_path / "model.part"
    part.write_bytes(before)
    manners = Manners(BODY)
    with serving(manners) as address:
        fetch(address, part)

    assert part.read_bytes() == BODY
    assert manners.asked == asked


def test_a_file_that_became_shorter_is_fetched_from_the_beginning(tmp_path: Path) -> None:
    part = tmp_path / "model.part"
    part.write_bytes(BODY[:800_000])
    manners = Manners(BODY[:700_000])

    error = refusal(manners, part)

    assert manners.asked == ["bytes=800000-", None]
    assert error.key == "fetch_cut"


def test_wrong_bytes_are_thrown_away(tmp_path: Path) -> None:
    part = tmp_path / "model.part"
    error = refusal(Manners(BODY[:-1] + b"x" if BODY[-1:] != b"x" else BODY[:-1] + b"y"), part)

    assert error.key == "fetch_wrong_bytes"
    assert not part.exists()


def test_more_bytes_than_there_should_be_are_not_read_to_their_end(tmp_path: Path) -> None:
    part = tmp_path / "model.part"
    error = refusal(Manners(BODY * 3), part)

    assert error.key == "fetch_wrong_bytes"
    assert part.stat().st_size == 0


def test_a_web_page_instead_of_the_model_is_said(tmp_path: Path) -> None:
    part = tmp_path / "model.part"
    error = refusal(Manners(b"<html>sign in</html>", kind="text/html; charset=utf-8"), part)

    assert error.key == "fetch_web_page"
    assert part.stat().st_size == 0


@pytest.mark.parametrize("status", [403, 404, 500, 503])
def test_a_refusal_names_the_status(tmp_path: Path, status: int) -> None:
    error = refusal(Manners(b"no", status=status), tmp_path / "model.part")

    assert error.key == "fetch_refused"
    assert error.data["status"] == status


def test_nobody_there_is_offline_and_with_a_part_cut(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        for before, key in ((b"", "fetch_offline"), (BODY[:10], "fetch_cut")):
            part = tmp_path / "model.part"
            part.write_bytes(before)
            with pytest.raises(ModelError) as refused:
                fetch(address, part)
            assert refused.value.key == key
            assert part.read_bytes() == before


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "model.onnx"])
def test_only_http_is_fetched(tmp_path: Path, url: str) -> None:
    with pytest.raises(ModelError, match="over https or http only"):
        fetching.fetched(Source(url, SHA256, 1), tmp_path / "part", opener=fetching.over_http, progress=lambda *_: None)


def test_two_processes_do_not_write_into_each_other(tmp_path: Path) -> None:
    part = tmp_path / "model.part"
    with part.open("ab") as other, serving(Manners(BODY)) as address:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(ModelError, match="another process is fetching this already"):
            fetch(address, part)


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with serving(Manners(BODY)) as address, pytest.raises(ModelError, match="nothing can be written there"):
        fetch(address, tmp_path / "file" / "model.part")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="may be skipped: this system has no /dev/full")
def test_a_full_disk_is_not_called_a_broken_connection(tmp_path: Path) -> None:
    (tmp_path / "model.part").symlink_to("/dev/full")
    with serving(Manners(BODY)) as address, pytest.raises(ModelError) as refused:
        fetch(address, tmp_path / "model.part")

    assert refused.value.key == "folder_unwritable"


def test_a_redirect_is_followed(tmp_path: Path) -> None:
    with serving(Manners(BODY)) as address, serving(Manners(b"", elsewhere=f"{address}/model.onnx")) as first:
        fetch(first, tmp_path / "model.part")

    assert (tmp_path / "model.part").read_bytes() == BODY


def test_a_server_that_falls_silent_is_given_up(tmp_path: Path) -> None:
    silent = Event()
    with serving(Manners(BODY, silent=silent)) as address:
        source = Source(f"{address}/model.onnx", SHA256, len(BODY))
        with pytest.raises(ModelError) as refused:
            fetching.fetched(source, tmp_path / "part", opener=partial(fetching.over_http, timeout_s=0.2), progress=lambda *_: None)
        silent.set()

    assert refused.value.key == "fetch_offline"
