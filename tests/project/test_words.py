import json
import re
from pathlib import Path

import pytest

from tests.project import tree

TEXTS = [path for path in tree.files() if path.suffix not in {".png", ".jpg", ".ico", ".woff2"}]
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.$}])/(?:home|Users|work)/\w"),
    "work left undone": re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b"),
    "a conversation instead of a document": re.compile(r"\bissue #?\d|\b(?:chat[G]PT|language mode[l]|as an A[I])\b", re.IGNORECASE),
    "a package index of one place": re.compile(r"--(?:extra-)?index-ur[l]|--find-link[s]|--trusted-hos[t]"),
}
OUTSIDE = re.compile(r"""(?:src|href|url)\s*[=(:]\s*["']?(?:https?:)?//(?!127\.0\.0\.1|localhost)""")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_of_the_tree_holds(what: str) -> None:
    found = {
        f"{tree.name(path)}: {match.group()}"
        for path in TEXTS
        if (match := FORBIDDEN[what].search(path.read_text(encoding="utf-8", errors="replace")))
    }

    assert not found


def test_the_front_ends_lock_file_names_no_registry_but_hashes_every_package() -> None:
    locked = json.loads((tree.ROOT / "center" / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    outside = {name: entry for name, entry in locked.items() if name}

    assert not [name for name, entry in outside.items() if "resolved" in entry]
    assert not [name for name, entry in outside.items() if "integrity" not in entry]


@pytest.mark.parametrize("file", sorted((tree.ROOT / "requirements").glob("*.txt")), ids=lambda file: file.name)
def test_every_locked_package_is_pinned_and_hashed(file: Path) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", file.read_text(encoding="utf-8").strip())
    packages = [entry for entry in entries if not entry.startswith("#")]

    assert packages
    assert not [entry.splitlines()[0] for entry in packages if "==" not in entry or "--hash=sha256:" not in entry]


def test_the_front_end_asks_nobody_outside() -> None:
    web = [path for path in tree.named(".ts", ".vue", ".css", ".html") if tree.name(path).startswith("center/web/")]

    assert not {f"{tree.name(path)}: {match.group()}" for path in web if (match := OUTSIDE.search(path.read_text(encoding="utf-8")))}
