import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from edge.vision_cli import cli
from vision import gallery_file
from vision.gallery_key import key_of
from wardroom import cli as front
from wardroom.errors import ConfigError

ENGINE = "yunet+insightface/models/wardpack/mobilefacenet.onnx"
RUNNER = CliRunner()


def ran(*words: object, models: Path, engine: str = ENGINE) -> Result:
    return RUNNER.invoke(cli, [*map(str, words), "--models", str(models), "--engine", engine])


@pytest.fixture
def models(testdata: Path) -> Path:
    return testdata / "models"


@pytest.fixture
def people(testdata: Path, tmp_path: Path) -> Path:
    """Two people with real photos."""
    folder = tmp_path / "people"
    for person in ("obama", "biden"):
        shutil.copytree(testdata / "faces" / person, folder / person)
    return folder


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARDROOM_LANG", "en")


def test_an_evaluation_counts_pairs_confuses_nobody_and_leaves_a_plot_and_figures(people: Path, models: Path, tmp_path: Path) -> None:
    done = ran("evaluate", people, "--out", tmp_path / "found.png", models=models)
    figures = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))

    assert done.exit_code == 0, done.output
    assert (figures["same_pairs"], figures["other_pairs"]) == (7, 8)
    assert figures["confusion"]["counts"] == [[4, 0, 0], [0, 12, 0]]
    assert figures["confusion"]["strangers_named"] == 0
    assert all(photo["usable"] for photo in figures["photos"])
    assert "cannot measure a rate of false accepts below 0.12" in " ".join(done.stdout.split())
    with Image.open(tmp_path / "found.png") as plot:
        assert plot.format == "PNG"


def test_an_evaluation_says_of_each_photo_why_it_is_of_no_use(people: Path, models: Path, testdata: Path, tmp_path: Path) -> None:
    shutil.copy(testdata / "faces" / "scenes" / "obama_and_biden.jpg", people / "obama" / "group.jpg")
    shutil.copy(testdata / "faces" / "scenes" / "obama_partial_1.jpg", people / "obama" / "part.jpg")
    (people / "biden" / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    Image.new("RGB", (300, 300), "grey").save(people / "biden" / "wall.png")
    ran("evaluate", people, "--out", tmp_path / "found.png", models=models)
    figures = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    reasons = {photo["file"]: photo["reason"] for photo in figures["photos"] if not photo["usable"]}

    assert reasons.keys() == {"group.jpg", "part.jpg", "torn.jpg", "wall.png"}
    assert "3 faces" in reasons["group.jpg"]
    assert "edge of the picture" in reasons["part.jpg"]
    assert "no picture that can be read" in reasons["torn.jpg"]
    assert "no face" in reasons["wall.png"]


def test_people_are_enrolled_into_an_encrypted_gallery_and_who_has_no_usable_photo_is_told(
    people: Path, models: Path, testdata: Path, tmp_path: Path
) -> None:
    shutil.copy(testdata / "faces" / "biden" / "1.jpg", people / "obama" / "wrong.jpg")
    (people / "nobody").mkdir()
    shutil.copy(testdata / "faces" / "scenes" / "obama_and_biden.jpg", people / "nobody" / "group.jpg")
    places = ("--to", tmp_path / "people.gallery", "--key", tmp_path / "people.key")
    done = ran("gallery", people, *places, models=models)
    first = key_of(tmp_path / "people.key")
    contents = gallery_file.read(tmp_path / "people.gallery", first)

    assert done.exit_code == 1
    assert contents.persons.ids == ("biden", "obama")
    assert "nobody/group.jpg is left out" in done.stderr
    assert "nobody has no usable photo" in done.stderr
    assert "obama/wrong.jpg does not look like the other photos of obama" in done.stderr
    shutil.rmtree(people / "nobody")
    assert ran("gallery", people, *places, models=models).exit_code == 0
    assert key_of(tmp_path / "people.key") == first


def test_an_explanation_names_both_says_why_not_for_the_third_and_draws_it(
    people: Path, models: Path, testdata: Path, tmp_path: Path
) -> None:
    scene = testdata / "faces" / "scenes" / "obama_and_biden.jpg"
    done = ran("explain", scene, "--people", people, "--out", tmp_path / "drawn.png", models=models)
    titles = [line for line in done.stdout.splitlines() if line[:1].isdigit()]

    assert done.exit_code == 0, done.output
    assert [title.split()[1] for title in titles] == ["obama", "biden", "unknown:"]
    assert "nearest" in titles[2]
    with Image.open(tmp_path / "drawn.png") as sheet:
        assert sheet.width > 1100


def test_a_cut_face_is_explained_with_its_measure_and_its_bound(models: Path, testdata: Path, tmp_path: Path) -> None:
    done = ran("explain", testdata / "faces" / "scenes" / "obama_partial_1.jpg", "--out", tmp_path / "drawn.png", models=models)

    assert "usable: 0" in done.stdout
    assert "the face is cut by the edge of the picture" in done.stdout


def test_a_picture_that_lies_on_its_side_is_told_apart_from_one_without_a_face(models: Path, testdata: Path, tmp_path: Path) -> None:
    with Image.open(testdata / "faces" / "obama" / "1.jpg") as upright:
        upright.convert("RGB").rotate(90, expand=True).save(tmp_path / "turned.png")
    Image.fromarray(np.full((300, 300, 3), 90, np.uint8)).save(tmp_path / "wall.png")
    turned = ran("explain", tmp_path / "turned.png", "--out", tmp_path / "a.png", models=models)
    wall = ran("explain", tmp_path / "wall.png", "--out", tmp_path / "b.png", models=models)

    assert "if the picture is turned clockwise by 90 degrees" in turned.stdout
    assert "no face, not even turned" in wall.stdout


@pytest.mark.parametrize(
    ("make", "words", "sentence"),
    [
        (lambda folder: (folder / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0 no"), ("explain", "torn.jpg"), "no picture that can be read"),
        (lambda folder: Image.new("1", (10_000, 5_100)).save(folder / "huge.png"), ("explain", "huge.png"), "51 megapixels"),
        (Path.iterdir, ("explain", "none.jpg"), "there is no such file"),
    ],
)
def test_a_picture_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, models: Path, make: object, words: tuple[str, str], sentence: str
) -> None:
    assert callable(make)
    make(tmp_path)
    done = ran(words[0], tmp_path / words[1], models=models)

    assert done.exit_code == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.output
    assert len(done.stderr.strip().splitlines()) <= 1


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("folder", ["nowhere", "empty", "alone"])
def test_a_folder_that_cannot_be_evaluated_is_one_sentence(
    tmp_path: Path, models: Path, monkeypatch: pytest.MonkeyPatch, folder: str, language: str
) -> None:
    monkeypatch.setenv("WARDROOM_LANG", language)
    (tmp_path / "empty").mkdir()
    (tmp_path / "alone" / "an").mkdir(parents=True)
    Image.new("RGB", (9, 9)).save(tmp_path / "alone" / "an" / "1.png")
    done = ran("evaluate", tmp_path / folder, models=models)

    assert isinstance(done.exception, ConfigError)
    assert str(tmp_path / folder) in done.exception.sentence(language)


@pytest.mark.parametrize(
    ("engine", "sentence"),
    [
        ("yunet+opencv/face_detection_yunet_2023mar.onnx", "name a recogniser here"),
        ("yunet+nothing.onnx", "is not in"),
        ("opencv", "no pack of InsightFace"),
    ],
)
def test_a_model_of_the_wrong_kind_is_one_sentence(tmp_path: Path, models: Path, engine: str, sentence: str) -> None:
    Image.new("RGB", (300, 300)).save(tmp_path / "wall.png")
    done = ran("explain", tmp_path / "wall.png", models=models, engine=engine)

    assert done.exit_code == 1
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("command", "out", "sentence"),
    [
        ("explain", "no/where.png", "cannot be written: No such"),
        ("explain", ".", "cannot be written: Is a directory"),
        ("explain", "wall.png", "is the picture itself"),
        ("evaluate", "no/where.png", "cannot be written: No such"),
        ("evaluate", ".", "cannot be written: Is a directory"),
    ],
)
def test_a_place_that_cannot_be_written_is_one_sentence_before_anybody_looks(tmp_path: Path, command: str, out: str, sentence: str) -> None:
    wall = tmp_path / "wall.png"
    Image.new("RGB", (9, 9)).save(wall)
    before = wall.read_bytes()
    done = ran(command, wall, "--out", tmp_path / out, models=tmp_path / "none")

    assert isinstance(done.exception, ConfigError)
    assert sentence in str(done.exception)
    assert wall.read_bytes() == before


def test_the_speed_is_told_by_stage(models: Path, testdata: Path) -> None:
    done = ran("bench", testdata / "faces" / "obama" / "small.jpg", "--seconds", "1", models=models)

    assert done.exit_code == 0, done.output
    assert "frames/s" in done.stdout
    assert {"find faces", "align and embed", "search"} <= {line.strip("│ ").split("│")[0].strip() for line in done.stdout.splitlines()}


def test_the_front_door_knows_the_tools() -> None:
    assert front.COMMANDS["vision"] == "edge.vision_cli:cli"
