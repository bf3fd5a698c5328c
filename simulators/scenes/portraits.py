"""a folder of portraits → whose picture is which file: `DIR/person/*.jpg`, or one picture each. No picture is opened."""

from pathlib import Path
from typing import Final

from wardroom.errors import ConfigError

_SUFFIXES: Final = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}


def files(folder: Path) -> dict[str, dict[str, Path]]:
    """Return each person's pictures by name; raises ConfigError if there are none."""
    try:
        entries = sorted(folder.iterdir())
        found: dict[str, dict[str, Path]] = {}
        for entry in entries:
            if entry.is_dir():
                pictures = {file.name: file for file in sorted(entry.iterdir()) if file.suffix.lower() in _SUFFIXES}
                found |= {entry.name: pictures} if pictures else {}
            elif entry.suffix.lower() in _SUFFIXES:
                found.setdefault(entry.stem, {})[entry.name] = entry
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigError("vision.no_folder", folder=folder) from error
    except OSError as error:
        raise ConfigError("config.unreadable", file=folder, detail=error.strerror) from error
    if not found:
        raise ConfigError("simulators.scene_no_people", folder=folder)
    return found
