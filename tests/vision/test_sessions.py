from pathlib import Path

import pytest

from tests.vision.conftest import MOBILEFACENET, SCRFD, YUNET
from vision import sessions
from vision.errors import ModelError, OptionError
from vision.sessions import Kind, Runtime


@pytest.mark.parametrize(("file", "kind"), [(MOBILEFACENET, Kind.RECOGNISER), (SCRFD, Kind.DETECTOR), (YUNET, Kind.DETECTOR)])
def test_a_model_says_what_it_is(models_folder: Path, file: str, kind: Kind) -> None:
    session = sessions.opened(models_folder / file, Runtime(threads=1))

    assert sessions.kind(session) is kind
    for wanted in Kind:
        if wanted is not kind and wanted is not Kind.OTHER:
            with pytest.raises(ModelError) as refused:
                sessions.expect(wanted, session, Path("model.onnx"))
            assert str(refused.value).startswith("model.onnx: this model ")


def test_a_session_takes_the_threads_it_was_given_and_does_not_spin() -> None:
    options = sessions.options(Runtime(threads=3))

    assert options.intra_op_num_threads == 3
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"


def test_a_file_that_is_no_model_is_refused_in_one_line(tmp_path: Path, models_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    whole = (models_folder / MOBILEFACENET).read_bytes()
    for number, data in enumerate((b"", b"<html>not found</html>", whole[: len(whole) // 2], b"\x08" * 500)):
        file = tmp_path / f"{number}.onnx"
        file.write_bytes(data)
        with pytest.raises(ModelError) as refused:
            sessions.opened(file, Runtime())
        assert refused.value.key == "unusable_model"
        assert "\n" not in str(refused.value)
        assert str(file) in str(refused.value)

    assert capfd.readouterr() == ("", "")


def test_a_missing_model_names_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=f"the model file gone.onnx is not in {tmp_path}; copy it there"):
        sessions.opened(tmp_path / "gone.onnx", Runtime())


@pytest.mark.parametrize("device", ["cuda", "tensorrt"])
def test_a_device_that_is_not_there_is_said_and_not_silently_replaced(device: sessions.Device, models_folder: Path) -> None:
    with pytest.raises(ModelError, match=f"device '{device}'"):
        sessions.opened(models_folder / MOBILEFACENET, Runtime(device=device))


@pytest.mark.parametrize("options", [{"threads": -1}, {"threads": 65}, {"device": "npu"}])
def test_options_outside_their_bounds_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        Runtime(**options)  # type: ignore[arg-type]
