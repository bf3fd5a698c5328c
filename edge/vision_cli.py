"""`wardroom vision`: how well an engine knows one's own people, why a face in a picture is not known, how fast it looks; whom it knows."""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from edge import (
    enrolment,
    evaluation,
    evaluation_plot,
    evaluation_table,
    explanation,
    explanation_picture,
    explanation_text,
    models_cli,
    people,
)
from edge import vision_bench as speed
from edge.evaluation import Judge
from edge.people import Photo
from edge.vision_faults import say, told
from vision import engine, gallery_file, gallery_key, pictures, thresholds
from vision.engine import Choice, FaceEngine
from vision.errors import PictureError
from vision.gates import ENROLMENT, RECOGNITION
from vision.identification import Limits
from vision.profile import Profile, check_in
from wardroom import service, settings, texts
from wardroom.errors import ConfigError

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Tools for the eyes: how well, why not, how fast; and who is known.")

Models = Annotated[Path, typer.Option("--models", envvar="WARDROOM_MODELS", help="Where the models lie.")]
Engine = Annotated[str, typer.Option("--engine", help="yunet+sface, yunet+FILE, buffalo_l, or a pack's folder under --models.")]
Threshold = Annotated[
    float | None, typer.Option("--threshold", min=0.05, max=0.9, help="From this cosine on two photos are one person; else the model's.")
]
People = Annotated[Path | None, typer.Option("--people", help="A folder with a folder of photos for each person, to look up in.")]


@cli.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="A folder with a folder of photos for each person.")],
    *,
    models: Models = models_cli.DEFAULT,
    name: Engine = engine.DEFAULT,
    threshold: Threshold = None,
    out: Annotated[Path, typer.Option("--out", help="The plot (PNG); the figures go beside it (JSON).")] = Path("evaluation.png"),
) -> None:
    """Compare every two photos, enrol one of each person and look up the others; draw a plot, advise thresholds."""
    language = settings.language()
    _check_place(out)
    photos = people.photos(folder, persons=2)
    with told():
        eyes = _opened(Choice(models, name))
        profile = _profile(eyes, threshold)
        judge = Judge(eyes, RECOGNITION, Limits(profile.accept, profile.margin), language)
        with Progress(console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(texts.say("vision.looking", language), total=len(photos))
            found, pairs = evaluation.evaluated(photos, judge, lambda: progress.advance(task))
    evaluation_table.show(found, Console(), language)
    with _writing(out):
        evaluation_plot.write(pairs, judge.limits, out, language)
        out.with_suffix(".json").write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")


@cli.command()
def explain(
    picture: Annotated[Path, typer.Argument(help="The picture to explain.")],
    *,
    folder: People = None,
    models: Models = models_cli.DEFAULT,
    name: Engine = engine.DEFAULT,
    threshold: Threshold = None,
    out: Annotated[Path, typer.Option("--out", help="The picture with the findings drawn on it (PNG).")] = Path("explained.png"),
) -> None:
    """Say of each face in a picture whether it is usable and who it is, and if not, why not; draw it."""
    language = settings.language()
    _check_place(out, picture)
    choice = Choice(models, name)
    with told():
        image = pictures.opened(picture)
        eyes = _opened(choice)
        known = None
        if folder is not None:
            known, useless = enrolment.enrolled(people.photos(folder), eyes, ENROLMENT)
            _tell_useless(useless)
        found = explanation.explained(image, eyes, known, _profile(eyes, threshold), RECOGNITION)
        if not found.faces:
            found = explanation.without_face(image, choice, found)
    for sentence in explanation_text.sentences(found, language, picture.name):
        typer.echo(sentence)
    headline = explanation_text.headline(found, language, picture.name)
    sheet = explanation_picture.drawn(image, explanation_text.cards(found, language), headline)
    with _writing(out):
        sheet.save(out, format="PNG")


@cli.command()
def bench(
    picture: Annotated[Path | None, typer.Argument(help="A picture as your camera gives it; noise if none is named.")] = None,
    *,
    models: Models = models_cli.DEFAULT,
    name: Engine = engine.DEFAULT,
    seconds: Annotated[float, typer.Option("--seconds", min=1, max=600, help="How long to look.")] = 5.0,
) -> None:
    """Measure frames a second and the milliseconds of each stage on this machine."""
    with told():
        image = None if picture is None else pictures.opened(picture)
        eyes = _opened(Choice(models, name))
        found = speed.measured(eyes, image, _profile(eyes, None), seconds)
    Console().print(speed.table(found, settings.language()))


def _check_place(file: Path, picture: Path | None = None) -> None:
    """Raise ConfigError for a place that would be found out only after all the work, or that is the picture's own."""
    if picture is not None and file.exists() and picture.exists() and file.samefile(picture):
        raise ConfigError("vision.same_file", file=file)
    if not file.parent.is_dir() or file.is_dir():
        raise ConfigError("vision.unwritable", file=file, detail=os.strerror(errno.EISDIR if file.is_dir() else errno.ENOENT))


@cli.command()
def gallery(
    folder: Annotated[Path, typer.Argument(help="A folder with a folder of photos for each person, named by the person's id.")],
    *,
    to: Annotated[Path, typer.Option("--to", help="The gallery's file, written anew; encrypted.")],
    key: Annotated[Path, typer.Option("--key", help="The file of its key; made if it is not there.")],
    models: Models = models_cli.DEFAULT,
    name: Engine = engine.DEFAULT,
) -> None:
    """Enrol people from their photos into the gallery of a camera's eyes; ends with 1 if somebody has no usable photo."""
    language = settings.language()
    photos = people.photos(folder)
    with told():
        secret = gallery_key.key_of(key) if key.exists() else gallery_key.new_key(key)
        found, useless = enrolment.enrolled(photos, _opened(Choice(models, name)), ENROLMENT)
        _tell_useless(useless)
        gallery_file.write(found.contents, to, secret)
    for photo, cosine in enrolment.odd(photos, useless, found):
        typer.echo(texts.say("vision.odd", language, person=photo.person, file=photo.file.name, cosine=cosine), err=True)
    missing = enrolment.missing(photos, found)
    for person in missing:
        typer.echo(texts.say("vision.not_enrolled", language, person=person), err=True)
    typer.echo(texts.say("vision.enrolled", language, file=to, people=len(found), photos=len(photos) - len(useless)))
    raise typer.Exit(service.FAILED if missing else 0)


def _tell_useless(useless: Mapping[Photo, PictureError]) -> None:
    language = settings.language()
    for photo, error in useless.items():
        why = error.sentence(language)
        typer.echo(texts.say("vision.useless", language, person=photo.person, file=photo.file.name, why=why), err=True)


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    """Write a file inside and say where it is; what keeps it from being written is one sentence."""
    try:
        yield
    except OSError as error:
        raise ConfigError("vision.unwritable", file=file, detail=error.strerror or str(error)) from error
    typer.echo(texts.say("vision.written", settings.language(), file=file))


def _opened(choice: Choice) -> FaceEngine:
    eyes = engine.opened_engine(choice)
    say(*eyes.notices)
    return eyes


def _profile(eyes: FaceEngine, threshold: float | None) -> Profile:
    return check_in(thresholds.same_above(eyes.model) if threshold is None else threshold)
