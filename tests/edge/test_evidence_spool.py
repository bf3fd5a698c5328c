import os
import secrets
from hashlib import sha256
from pathlib import Path

import pytest

from edge.evidence_spool import LARGEST, EvidenceSpool
from edge.sealing import Sealing
from wardroom.topics import Gateway

KEY = secrets.token_bytes(32)
GATEWAY = Gateway("vp-spool", "gw-1")


def spool(folder: Path, *, count: int = 100, size: int = 2**30, key: bytes = KEY) -> EvidenceSpool:
    made = EvidenceSpool(folder / "spool", Sealing(key, "best shots"), gateway=GATEWAY, limit_bytes=size, limit_count=count)
    made.open()
    return made


def lost(watched: EvidenceSpool, reason: str) -> float:
    return float(watched._lost[reason]._value.get())


def drained(watched: EvidenceSpool) -> list[bytes]:
    shots = []
    while (taken := watched.take()) is not None:
        shots.append(taken[1])
        watched.confirm(taken[0])
    return shots


def test_a_shot_stays_until_it_is_confirmed_and_comes_back_after_a_restart_oldest_first(tmp_path: Path) -> None:
    first = spool(tmp_path)
    assert [first.put(shot) for shot in (b"one", b"two", b"three")] == [sha256(shot).hexdigest() for shot in (b"one", b"two", b"three")]
    assert first.take() == first.take()

    again = spool(tmp_path)
    again.put(b"four")
    assert drained(again) == [b"one", b"two", b"three", b"four"]
    assert list((tmp_path / "spool").iterdir()) == []
    assert (len(again), again.size_bytes) == (0, 0)


def test_the_same_shot_is_kept_once(tmp_path: Path) -> None:
    watched = spool(tmp_path)
    assert watched.put(b"one") == watched.put(b"one")
    assert len(watched) == 1


def test_a_shot_that_lies_there_twice_is_sent_once_and_nobody_spins(tmp_path: Path) -> None:
    digest = spool(tmp_path).put(b"one")
    Sealing(KEY, "best shots").write(tmp_path / "spool" / f"000000000000009-{digest}.shot", b"one")
    again = spool(tmp_path)
    again.put(b"two")
    sent: list[bytes] = []
    while (taken := again.take()) is not None and len(sent) < 5:
        sent.append(taken[1])
        again.confirm(taken[0])

    assert sent == [b"one", b"two"]
    assert list((tmp_path / "spool").iterdir()) == []


@pytest.mark.parametrize(("count", "size"), [(3, 2**30), (100, 3 * (4 + 12 + 16 + 5))])
def test_for_a_new_shot_the_oldest_go_and_are_counted(tmp_path: Path, count: int, size: int) -> None:
    watched = spool(tmp_path, count=count, size=size)
    before = lost(watched, "full")
    for number in range(5):
        watched.put(b"shot%d" % number)

    assert drained(watched) == [b"shot2", b"shot3", b"shot4"]
    assert lost(watched, "full") - before == 2


def test_nothing_of_a_shot_is_readable_on_the_disk_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    spool(tmp_path).put(b"a face in the clear")
    (file,) = (tmp_path / "spool").iterdir()

    assert b"face" not in file.read_bytes()
    assert (file.stat().st_mode & 0o077, (tmp_path / "spool").stat().st_mode & 0o077) == (0, 0)


@pytest.mark.parametrize("how", ["changed", "cut", "renamed", "another key"])
def test_a_shot_that_was_tampered_with_is_let_go_and_the_next_one_is_sent(tmp_path: Path, how: str) -> None:
    spool(tmp_path).put(b"one")
    (file,) = (tmp_path / "spool").iterdir()
    if how == "changed":
        file.write_bytes(file.read_bytes()[:-1] + b"\0")
    elif how == "cut":
        file.write_bytes(file.read_bytes()[:7])
    elif how == "renamed":
        file.rename(file.with_name(f"{0:015d}-{sha256(b'two').hexdigest()}.shot"))
    watched = spool(tmp_path, key=secrets.token_bytes(32) if how == "another key" else KEY)
    before = lost(watched, "damaged")
    watched.put(b"two, or three")

    assert drained(watched) == [b"two, or three"]
    assert lost(watched, "damaged") - before == 1
    assert list((tmp_path / "spool").iterdir()) == []


def test_what_a_crash_left_half_written_is_removed_at_the_start(tmp_path: Path) -> None:
    spool(tmp_path).put(b"one")
    half = tmp_path / "spool" / f"{7:015d}-{sha256(b'x').hexdigest()}.shot.new"
    half.write_bytes(b"half")

    assert drained(spool(tmp_path)) == [b"one"]
    assert not half.exists()


def test_a_disk_that_takes_nothing_and_a_shot_too_large_are_counted_and_stop_nobody(tmp_path: Path) -> None:
    watched = spool(tmp_path)
    (tmp_path / "spool").rmdir()

    assert watched.put(b"one") is None
    assert watched.put(os.urandom(LARGEST + 1)) is None
    assert lost(watched, "disk") >= 1
    assert lost(watched, "large") >= 1
