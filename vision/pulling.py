"""models of the catalogue → their files in the models' folder, fetched from where they are published or from a server of one's own."""

import shutil
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from vision import fetching
from vision.catalogue import Model, Source
from vision.errors import ModelError
from vision.fetching import Opener, Progress

_BROKEN_ZIP: Final = (zipfile.BadZipFile, KeyError, zlib.error, EOFError, NotImplementedError, RuntimeError)


def silent(_done: int, _size: int) -> None:
    """Tell nobody how far a download is."""


def pulled(
    models: Sequence[Model],
    folder: Path,
    *,
    mirror: str = "",
    opener: Opener = fetching.over_http,
    progress: Progress = silent,
) -> tuple[Path, ...]:
    """Fetch the models that are not there, or hold other bytes, and return the files that came; `mirror`: an address to fetch from instead.

    Models out of one archive come with one download. Raises ModelError: see `fetching.fetched`; without a connection it says what to fetch
    by hand, from where and into which folder. A file is replaced in one step, and only by bytes of the right SHA-256.
    """
    missing = [model for model in models if not present(model, folder)]
    came: list[Path] = []
    for source in dict.fromkeys(replace(model.source, member="") for model in missing):
        group = [model for model in missing if replace(model.source, member="") == source]
        came += _from_source(source, group, folder, mirror, opener, progress)
    return tuple(came)


def present(model: Model, folder: Path) -> bool:
    """Return whether a model's file is there with its own bytes."""
    file = folder / model.file
    try:
        return file.is_file() and file.stat().st_size == model.size and fetching.digest(file) == model.sha256
    except OSError as error:
        raise ModelError("folder_unwritable", folder=file.parent, detail=error.strerror or str(error)) from error


def _from_source(source: Source, models: Sequence[Model], folder: Path, mirror: str, opener: Opener, progress: Progress) -> list[Path]:
    name = source.url.rpartition("/")[2]
    url = f"{mirror.rstrip('/')}/{name}" if mirror else source.url
    part = (folder / models[0].file).with_name(f"{name}.part")
    try:
        fetching.fetched(replace(source, url=url), part, opener=opener, progress=progress)
    except ModelError as error:
        if error.key != "fetch_offline":
            raise
        files = ", ".join(Path(model.file).name for model in models)
        said = {"host": error.data["host"], "detail": error.data["detail"]}
        raise ModelError("fetch_by_hand", **said, url=source.url, files=files, folder=part.parent) from error
    try:
        return [_placed(model, part, folder) for model in models]
    except OSError as error:
        raise ModelError("folder_unwritable", folder=part.parent, detail=error.strerror or str(error)) from error
    finally:
        part.unlink(missing_ok=True)


def _placed(model: Model, part: Path, folder: Path) -> Path:
    """Put a model in its place in one step, out of the archive if it came in one."""
    target = folder / model.file
    if not model.source.member:
        return part.replace(target)
    whole = target.with_name(f"{target.name}.part")
    try:
        with zipfile.ZipFile(part) as archive, archive.open(model.source.member) as inside, whole.open("wb") as outside:
            shutil.copyfileobj(inside, outside, fetching.CHUNK)
        if whole.stat().st_size != model.size or fetching.digest(whole) != model.sha256:
            raise ModelError("archive_without", url=model.source.url, member=model.source.member)
        return whole.replace(target)
    except _BROKEN_ZIP as error:
        raise ModelError("archive_without", url=model.source.url, member=model.source.member) from error
    finally:
        whole.unlink(missing_ok=True)
