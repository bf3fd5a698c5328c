"""a folder of portraits and the models → the people whose faces the demo has recognised on pixels, or what is missing for that."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulators.scenes import portraits
from vision import catalogue
from wardroom.errors import ConfigError

ENGINE: Final = "yunet+sface"
_KNOWN: Final = {model.name: model.file for model in catalogue.MODELS}


@dataclass(frozen=True, slots=True)
class Pixels:
    """`people`: a folder of portraits; `models`: the models' folder; `engine`: as in a camera's settings."""

    people: Path
    models: Path
    engine: str = ENGINE

    def photos(self) -> dict[str, Path]:
        """Return the picture to enrol of each person by name; raises ConfigError where there are none."""
        return {name: next(iter(files.values())) for name, files in portraits.files(self.people).items()}

    def check(self) -> None:
        """Raise ConfigError for a model or a portrait that is not there."""
        self.photos()
        for model in missing(self.models, self.engine):
            raise ConfigError("simulators.demo_no_model", model=model, folder=self.models)


def missing(models: Path, engine: str = ENGINE) -> list[str]:
    """Return the models of an engine that are not in the folder."""
    return [name for name in engine.split("+") if not (models / _KNOWN.get(name, name)).exists()]
