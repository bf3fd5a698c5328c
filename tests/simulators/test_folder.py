import errno
import os
from pathlib import Path

import pytest

from edge import settings as edge_settings
from edge.drivers.loading import factory
from simulators.folder import Folder
from simulators.verify import compare
from wardroom.clock import SystemClock
from wardroom.errors import ConfigError, EmbeddedError


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder(tmp_path / "kept")
    with made.held():
        made.prepare(seed=4, wall_port=8081)
    return made


def test_everything_in_the_folder_is_the_owners_alone(folder: Folder) -> None:
    for path in (folder.root, *folder.root.rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_second_run_keeps_every_file_as_it_is(folder: Folder) -> None:
    file = folder.gateways / "vp-ubnd.gw-1.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"Không khí sảnh"', '"Sảnh chính"'), encoding="utf-8")
    (folder.gateways / "tdp-40.gw-1.toml").unlink()
    before = {path: path.read_bytes() for path in folder.root.rglob("*.toml")}
    with folder.held():
        kept = folder.prepare(seed=99, wall_port=9999)

    assert {path: path.read_bytes() for path in folder.root.rglob("*.toml")} == before
    assert (kept.seed, kept.ports.wall) == (4, 8081)


def test_an_interrupted_first_run_leaves_no_half_ward(folder: Folder) -> None:
    folder.gateways.rename(folder.config / "gateways.part")
    with folder.held():
        folder.prepare(seed=4, wall_port=8081)

    assert len(folder.gateway_files()) == 48


def test_every_gateways_file_is_one_the_edge_accepts_down_to_its_drivers(folder: Folder) -> None:
    for file in folder.gateway_files():
        loaded = edge_settings.load(file, {})
        assert file.name == f"{loaded.edge.site}.{loaded.edge.gateway}.toml"
        for sensor in loaded.sensor:
            factory(sensor)(sensor, SystemClock())


def test_the_broker_knows_every_gateway_by_its_own_file_also_one_that_a_person_added(folder: Folder) -> None:
    file = folder.gateways / "vp-ubnd.gw-1.toml"
    own = file.read_text(encoding="utf-8").replace('gateway = "gw-1"', 'gateway = "gw-9"').replace("vp-ubnd.gw-1", "vp-ubnd.gw-9")
    (folder.gateways / "mine.toml").write_text(own, encoding="utf-8")
    with folder.held():
        users = {user.name for user in folder.users(folder.prepare(seed=4, wall_port=1).passwords)}

    assert {"ingest", "center", "vp-ubnd.gw-9", "tdp-40.gw-1"} <= users
    assert {"vp-ubnd.gw-3", "vp-ubnd.gw-4"} <= users
    assert len(users) == 54


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'username = "vp-ubnd.gw-1"',
            'username = "somebody"',
            "broker.username: 'somebody' is not this gateway's account; use 'vp-ubnd.gw-1'",
        ),
        ('gateway = "gw-1"', 'gateway = "gw-2"', "use 'vp-ubnd.gw-2'"),
        ("period_s = 5.0", "period_s = -5.0", "period_s"),
        ("[edge]", "[edge", "vp-ubnd.gw-1.toml"),
    ],
)
def test_a_gateways_file_with_a_mistake_is_one_sentence(folder: Folder, old: str, new: str, sentence: str) -> None:
    file = folder.gateways / "vp-ubnd.gw-1.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(ConfigError) as caught, folder.held():
        folder.users(folder.prepare(seed=4, wall_port=1).passwords)

    assert sentence in str(caught.value)


def test_two_files_for_one_gateway_are_one_sentence(folder: Folder) -> None:
    (folder.gateways / "copy.toml").write_bytes((folder.gateways / "vp-ubnd.gw-1.toml").read_bytes())

    with pytest.raises(ConfigError, match=r"there is a gateway vp-ubnd\.gw-1 already"), folder.held():
        folder.users(folder.prepare(seed=4, wall_port=1).passwords)


def test_damaged_secrets_are_one_sentence(folder: Folder) -> None:
    (folder.root / "secrets.toml").write_text("seed = 1", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"secrets\.toml cannot be used"), folder.held():
        folder.prepare(seed=4, wall_port=1)


def test_a_second_demo_stays_out(folder: Folder) -> None:
    with folder.held(), pytest.raises(EmbeddedError, match="another demo runs on"), Folder(folder.root).held():
        pass


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(EmbeddedError, match=os.strerror(errno.ENOTDIR)), Folder(tmp_path / "file" / "kept").held():
        pass


def test_a_folder_without_ledgers_is_not_compared_with_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no ledger"):
        compare(tmp_path, "host=127.0.0.1 port=1")
