import hashlib
import random
import shutil
from pathlib import Path

import pytest

from tests.vision.conftest import YUNET
from tests.vision.model_server import Manners, serving
from vision import catalogue
from wardroom.cli import main


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROOM_LANG", "en")


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    """Return exit status, standard output and standard error of `wardroom models`."""
    with pytest.raises(SystemExit) as caught:
        main(["models", *map(str, arguments)])
    out, err = capsys.readouterr()
    return int(caught.value.code or 0), out, err


@pytest.fixture
def here(testdata: Path, tmp_path: Path) -> Path:
    """A models' folder with YuNet in it."""
    (tmp_path / YUNET).parent.mkdir()
    shutil.copy(testdata / "models" / YUNET, tmp_path / YUNET)
    return tmp_path


def test_the_list_says_terms_size_and_what_is_here(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = said(capsys, "list", "--folder", here)
    lines = {line.split()[0]: line for line in out.splitlines()}

    assert status == 0
    assert all(model.name in lines for model in catalogue.MODELS)
    assert lines["yunet"].split()[-4:] == ["MIT", "0.2", "MB", "yes"]
    assert lines["sface"].split()[-3:] == ["Apache-2.0", "38.7", "MB"]
    assert "research only" in lines["buffalo_l/w600k_r50"]


def test_a_model_comes_from_a_server_of_ones_own_and_a_second_time_nothing_is_fetched(
    testdata: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manners = Manners((testdata / "models" / YUNET).read_bytes())
    with serving(manners) as address:
        first = said(capsys, "pull", "yunet", "--folder", tmp_path, "--from", address)
        second = said(capsys, "pull", "yunet", "--folder", tmp_path, "--from", address)

    assert first[:2] == (0, f"{tmp_path / YUNET} is here and whole.\n")
    assert second[:2] == (0, f"Everything asked for is in {tmp_path} already, and whole.\n")
    assert len(manners.asked) == 1


def test_offline_one_sentence_says_what_to_fetch_and_where_to_put_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nobody listens there, and nothing leaves this machine
    status, out, err = said(capsys, "pull", "sface", "--folder", tmp_path)

    sface = catalogue.named("sface")[0]
    assert (status, out) == (1, "")
    assert f"on a machine with a network fetch {sface.source.url}, then put {Path(sface.file).name} into {tmp_path / 'opencv'}\n" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("address", ["http://u:s3cr3t@127.0.0.1:1/models", "ftp://u:s3cr3t@127.0.0.1/", "http://[s3cr3t"])
def test_an_address_with_an_account_is_one_sentence_without_it(address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = said(capsys, "pull", "yunet", "--folder", tmp_path, "--from", address)

    assert status == 1
    assert "has an account in it" in err
    assert "s3cr3t" not in err


def test_a_research_pack_says_so_before_it_is_fetched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Manners(b"gone", status=404)) as address:
        status, _, err = said(capsys, "pull", "buffalo_s", "--folder", tmp_path, "--from", address)

    assert status == 1
    assert err.count("buffalo_s is for non-commercial research only") == 1
    assert f"{address}/buffalo_s.zip answered with status 404" in err


def test_an_unknown_name_lists_the_known_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = said(capsys, "pull", "facenet", "--folder", tmp_path)

    assert status == 1
    assert err == "wardroom: 'facenet' is no model of the catalogue; known are yunet, sface, buffalo_l, buffalo_s, antelopev2\n"


def test_verify_tells_whole_damaged_missing_renamed_and_unlisted_apart(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = random.Random(1).randbytes(100)
    (here / "mine.onnx").write_bytes(stranger)
    shutil.copy(here / YUNET, here / "copy.onnx")

    status, out, err = said(capsys, "verify", "--folder", here)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        f"yunet is whole: {here / YUNET}",
        f"{here / 'copy.onnx'} is yunet under another name.",
        f"{here / 'mine.onnx'} is not in the catalogue (SHA-256 {hashlib.sha256(stranger).hexdigest()}).",
    ]

    (here / YUNET).write_bytes(b"damaged")
    assert said(capsys, "verify", "--folder", here)[0] == 1
    status, out, err = said(capsys, "verify", "yunet", "sface", "--folder", here)
    assert (status, out) == (1, "")
    assert err.startswith("yunet is not whole; run 'wardroom models pull yunet'")
    assert "sface is missing; run 'wardroom models pull sface'" in err


def test_an_empty_folder_has_nothing_to_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "verify", "--folder", tmp_path) == (0, f"There is no model of the catalogue in {tmp_path}.\n", "")


def test_a_folder_that_is_gone_is_not_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "verify", "--folder", tmp_path / "gone")[0] == 1


def test_the_list_speaks_vietnamese(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROOM_LANG", "vi")

    assert "chỉ để nghiên cứu" in said(capsys, "list", "--folder", tmp_path)[1]
