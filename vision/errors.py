"""Everything that can go wrong with pictures and models, as one tree; each error is a key of `vision/texts/` plus the data of its sentence.

VisionError
├── PictureError   no picture, or none that can be used: unreadable, too large, no face, several faces
├── ModelError     a model that is missing, damaged, of the wrong kind, or that sees wrongly
├── GalleryError   embeddings of another model, a damaged or foreign gallery file
│   └── GalleryGap a delta that does not lead on from what is here: another one is needed
└── OptionError    a threshold, zone or policy outside its bounds
"""

import tomllib
from functools import cache
from importlib import resources


class VisionError(Exception):
    """An error with one clear sentence per language; `str()` gives the English one."""

    def __init__(self, key: str, **data: object) -> None:
        """Keep the key and the data; nothing is rendered before somebody asks."""
        super().__init__(key)
        self.key = key
        self.data = data

    def __str__(self) -> str:
        """Return the English sentence."""
        return self.sentence("en")

    def sentence(self, language: str) -> str:
        """Return the sentence in `language` (``vi`` or ``en``): one line that names what is wrong, its value and the fix."""
        template = _catalogue(language).get(self.key)
        if template is None:
            return f"{self.key} {self.data}"
        shown = {name: value if isinstance(value, int | float) else _one_line(str(value)) for name, value in self.data.items()}
        return template.format(**shown)


class PictureError(VisionError):
    """No picture, or none that can be used."""


class ModelError(VisionError):
    """A model that is missing, damaged, of the wrong kind, or that sees wrongly."""


class GalleryError(VisionError):
    """Embeddings that cannot meet, or a gallery file that cannot be read."""


class GalleryGap(GalleryError):
    """A delta that does not lead on from the gallery that is here."""

    @property
    def since(self) -> int:
        """Return the version to ask a delta from; -1 for everything."""
        return int(str(self.data["since"]))


class OptionError(VisionError):
    """A threshold, zone or policy outside its bounds."""


def _one_line(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


@cache
def _catalogue(language: str) -> dict[str, str]:
    file = resources.files(__package__).joinpath("texts", f"{language}.toml")
    return {key: str(sentence) for key, sentence in tomllib.loads(file.read_text(encoding="utf-8")).items()}
