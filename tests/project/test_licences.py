import json
import re
from importlib import metadata

import pytest
from packaging.requirements import Requirement

from tests.project import tree

PERMISSIVE = re.compile(
    r"\b(?:MIT|0?BSD|Apache|ISC|PSF|Python Software Foundation|MPL|LGPL|EPL|PostgreSQL|Unlicense|Zlib|CC0)\b",
    re.IGNORECASE,
)
"""MPL, LGPL and EPL bind changes to the package itself, not a program that uses it."""
STRONG = re.compile(r"(?<!L)(?<!Lesser )\b(?:AGPL|GPL)", re.IGNORECASE)


def locked() -> list[str]:
    """Return the locked packages this machine has: some are for other systems or other Pythons."""
    texts = ((tree.ROOT / "requirements" / name).read_text(encoding="utf-8") for name in ("demo.txt", "dev.txt"))
    lines = (match[1] for text in texts for match in re.finditer(r"^([A-Za-z0-9][^\\\n]*)", text, re.MULTILINE))
    found = (Requirement(line) for line in lines)
    return sorted({one.name for one in found if one.marker is None or one.marker.evaluate()})


def words(package: str) -> str:
    about = metadata.metadata(package)
    classifiers = [value for value in about.get_all("Classifier", []) if value.startswith("License")]
    stated = [*about.get_all("License-Expression", []), *about.get_all("License", [])]
    return (
        " ".join([*classifiers, *(str(text)[:200] for text in stated)]) or shipped(package) or described(about.json.get("description", ""))
    )


def shipped(package: str) -> str:
    """Return how the licence file begins, for a package that says nothing else."""
    files = (file for file in metadata.files(package) or () if file.name.startswith("LICENSE"))
    return " ".join(file.read_text(encoding="utf-8")[:200] for file in files)


def described(description: object) -> str:
    """Return how a description's chapter on the licence begins."""
    chapter = re.search(r"^#+ Licen[sc]e\s+(.{1,200})", str(description), re.MULTILINE | re.DOTALL)
    return chapter[1] if chapter else ""


@pytest.mark.parametrize("package", locked())
def test_a_locked_package_has_a_licence_an_apache_program_may_use(package: str) -> None:
    licence = words(package)

    assert PERMISSIVE.search(licence), licence
    assert not STRONG.search(licence), licence


def test_the_front_ends_packages_have_permissive_licences() -> None:
    locked = json.loads((tree.ROOT / "center" / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    licences = {name: entry.get("license", "") for name, entry in locked.items() if name}

    assert licences
    assert not {name: licence for name, licence in licences.items() if not PERMISSIVE.search(licence) or STRONG.search(licence)}
