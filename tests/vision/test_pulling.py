import hashlib
import io
import random
import socket
import zipfile
from pathlib import Path

import pytest

from tests.vision.model_server import Manners, serving
from vision import pulling
from vision.catalogue import ARCFACE, RESEARCH, Model, Source, Task
from vision.errors import ModelError

DETECTOR, RECOGNISER = random.Random(1).randbytes(50_000), random.Random(2).randbytes(70_000)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def model(name: str, body: bytes, source: Source) -> Model:
    return Model(name, Task.DETECTOR, f"{name}.onnx", sha256(body), len(body), RESEARCH, source, (112, 112), ARCFACE)


def single(address: str) -> Model:
    return model("opencv/alone", DETECTOR, Source(f"{address}/files/alone.onnx", sha256(DETECTOR), len(DETECTOR)))


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, body in members.items():
            packed.writestr(f"{name}.onnx", body)
    return file.getvalue()


def pack(address: str, packed: bytes) -> list[Model]:
    def inside(member: str) -> Source:
        return Source(f"{address}/pack.zip", sha256(packed), len(packed), f"{member}.onnx")

    return [model("packs/det", DETECTOR, inside("det")), model("packs/rec", RECOGNISER, inside("rec"))]


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_model_comes_into_its_place_once(tmp_path: Path) -> None:
    manners = Manners(DETECTOR)
    with serving(manners) as address:
        first = pulling.pulled([single(address)], tmp_path)
        again = pulling.pulled([single(address)], tmp_path)

    assert (first, again) == ((tmp_path / "opencv" / "alone.onnx",), ())
    assert files(tmp_path) == {"opencv/alone.onnx"}
    assert first[0].read_bytes() == DETECTOR
    assert len(manners.asked) == 1


def test_damaged_bytes_in_its_place_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "opencv").mkdir()
    (tmp_path / "opencv" / "alone.onnx").write_bytes(b"x" * len(DETECTOR))
    with serving(Manners(DETECTOR)) as address:
        pulling.pulled([single(address)], tmp_path)

    assert (tmp_path / "opencv" / "alone.onnx").read_bytes() == DETECTOR


def test_a_failed_download_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "opencv").mkdir()
    (tmp_path / "opencv" / "alone.onnx").write_bytes(b"old")
    with serving(Manners(b"x" * len(DETECTOR))) as address, pytest.raises(ModelError):
        pulling.pulled([single(address)], tmp_path)

    assert (tmp_path / "opencv" / "alone.onnx").read_bytes() == b"old"


def test_a_pack_is_one_download_and_only_its_models_are_taken_out(tmp_path: Path) -> None:
    packed = archive(det=DETECTOR, rec=RECOGNISER, genderage=b"never taken")
    manners = Manners(packed)
    with serving(manners) as address:
        came = pulling.pulled(pack(address, packed), tmp_path)

    assert [file.name for file in came] == ["det.onnx", "rec.onnx"]
    assert files(tmp_path) == {"packs/det.onnx", "packs/rec.onnx"}
    assert len(manners.asked) == 1


# An archive of the right SHA-256 that holds the wrong things: none, another one, no archive at all
@pytest.mark.parametrize("packed", [archive(det=DETECTOR), archive(det=DETECTOR, rec=DETECTOR), b"PK\x03\x04 no archive"])
def test_an_archive_without_the_model_is_refused_and_leaves_nothing_half_done(tmp_path: Path, packed: bytes) -> None:
    with serving(Manners(packed)) as address, pytest.raises(ModelError) as refused:
        pulling.pulled(pack(address, packed), tmp_path)

    assert refused.value.key == "archive_without"
    assert files(tmp_path) <= {"packs/det.onnx"}


def test_a_mirror_serves_the_same_files_by_name(tmp_path: Path) -> None:
    with serving(Manners(DETECTOR)) as address:
        came = pulling.pulled([single("https://models.invalid")], tmp_path, mirror=f"{address}/mirror/")

    assert [file.name for file in came] == ["alone.onnx"]


def test_offline_it_says_in_one_sentence_what_to_fetch_from_where_and_into_which_folder(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(ModelError) as refused:
            pulling.pulled(pack(address, archive()), tmp_path)

    said = str(refused.value)
    assert refused.value.key == "fetch_by_hand"
    assert said.endswith(f"on a machine with a network fetch {address}/pack.zip, then put det.onnx, rec.onnx into {tmp_path / 'packs'}")
    assert "\n" not in said
