import json
import re
from importlib import metadata

import pytest

from tests.project import tree

PERMISSIVE = re.compile(
    r"\b(?:MIT|0?BSD|Apache|ISC|PSF|Python Software Foundation|MPL|LGPL|EPL|PostgreSQL|Unlicense|Zlib|CC0)\b",
    re.IGNORECASE,
)
"""MPL, LGPL and EPL bind changes to the package itself, not a program that uses it."""
STRONG = re.compile(r"(?<!L)(?<!Lesser )\b(?:AGPL|GPL)", re.IGNORECASE)
LOCKED = sorted(
    {
        match[1]
        for file in (tree.ROOT / "requirements" / "demo.txt", tree.ROOT / "requirements" / "dev.txt")
        for match in re.finditer(r"^([A-Za-z0-9_.-]+)==\S++(?! ; sys_platform == 'win32')", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
)


def words(package: str) -> str:
    about = metadata.metadata(package)
    classifiers = [value for value in about.get_all("Classifier", []) if value.startswith("License")]
    stated = [*about.get_all("License-Expression", []), *about.get_all("License", [])]
    return " ".join([*classifiers, *(str(text)[:200] for text in stated)])


@pytest.mark.parametrize("package", LOCKED)
def test_a_locked_package_has_a_licence_an_apache_program_may_use(package: str) -> None:
    licence = words(package)

    assert PERMISSIVE.search(licence), licence
    assert not STRONG.search(licence), licence


def test_the_front_ends_packages_have_permissive_licences() -> None:
    locked = json.loads((tree.ROOT / "center" / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    licences = {name: entry.get("license", "") for name, entry in locked.items() if name}

    assert licences
    assert not {name: licence for name, licence in licences.items() if not PERMISSIVE.search(licence) or STRONG.search(licence)}
