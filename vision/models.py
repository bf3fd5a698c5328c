"""the models' folder: which file a name means, what its SHA-256 is, and what the catalogue knows about it."""

from dataclasses import dataclass
from pathlib import Path

from vision import catalogue, fetching
from vision.catalogue import Licence, Model, Preprocessing
from vision.errors import ModelError


@dataclass(frozen=True, slots=True)
class Found:
    """A model file of the folder. `name`: the catalogue's, or the file's own. `known`: its entry, if its SHA-256 is listed."""

    name: str
    file: Path
    sha256: str
    known: Model | None
    usual: Preprocessing = catalogue.ARCFACE

    @property
    def licence(self) -> Licence:
        """Return on which terms it may be used."""
        return self.known.licence if self.known else catalogue.UNKNOWN

    @property
    def preprocessing(self) -> Preprocessing:
        """Return how pictures are made ready for it: as its kind usually has it, if nobody says otherwise."""
        return self.known.preprocessing if self.known else self.usual

    def model(self, used: Preprocessing) -> str:
        """Return the name under which its embeddings meet: see FaceEmbedder; other pre-processing than its own makes another name."""
        version = str(used.version)
        if used != self.preprocessing:
            version += f"-{used.colours}-{used.mean:g}-{used.deviation:g}"
        return f"{self.name}:{self.sha256[:16]}:{version}"


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits; raises ModelError if it cannot be read."""
    try:
        return fetching.digest(file)
    except OSError as error:
        raise ModelError("no_model_file", file=file.name, folder=file.parent) from error


def found(folder: Path, name: str) -> Found:
    """Return the model a name means: one of the catalogue, or a file of the folder, e.g. ``mine/recogniser.onnx``.

    Raises ModelError if it is not there, or if a file of a catalogue's name holds other bytes.
    """
    listed = next((model for model in catalogue.MODELS if model.name == name), None)
    file = folder / (listed.file if listed else name)
    if not file.is_file():
        if listed:
            raise ModelError("model_missing", name=name, url=listed.source.url, file=file.name, folder=file.parent)
        raise ModelError("no_model_file", file=file.name, folder=file.parent)
    digest = sha256(file)
    if listed and digest != listed.sha256:
        raise ModelError("other_bytes", name=name, file=file, sha256=digest[:16], expected=listed.sha256[:16])
    return described(file, digest)


def described(file: Path, digest: str, usual: Preprocessing = catalogue.ARCFACE) -> Found:
    """Return what is known about a file."""
    known = catalogue.by_sha256(digest)
    return Found(name=known.name if known else file.stem, file=file, sha256=digest, known=known, usual=usual)
