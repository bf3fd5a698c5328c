import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.project import tree
from wardroom.cli import COMMANDS, load

PAGES = tree.named(".md")
FENCE = re.compile(r"```(?P<language>\w*)\n(?P<text>.*?)```", re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
SHELL = {"", "sh", "bash", "shell"}


class Command(NamedTuple):
    """One command as a page writes it."""

    page: str
    words: tuple[str, ...]


def lines(page: Path) -> Iterator[str]:
    text = page.read_text(encoding="utf-8")
    for fence in FENCE.finditer(text):
        if fence["language"] in SHELL:
            yield from (line.split("#")[0] for line in fence["text"].splitlines())
    yield from INLINE.findall(FENCE.sub("", text))


def commands(program: str) -> list[Command]:
    found = [Command(tree.name(page), tuple(line.split())) for page in PAGES for line in lines(page)]
    return [command for command in found if len(command.words) > 1 and command.words[0].removeprefix(".venv/bin/") == program]


def anchors(page: Path) -> set[str]:
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


def links() -> list[tuple[str, str]]:
    return [
        (tree.name(page), link)
        for page in PAGES
        for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
        if not link.startswith(("http://", "https://", "mailto:"))
    ]


def options(command: Any) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts} | {"--help"}


@pytest.mark.parametrize(("page", "link"), links())
def test_a_link_leads_somewhere(page: str, link: str) -> None:
    file, _, anchor = link.partition("#")
    target = (tree.ROOT / page).parent / file if file else tree.ROOT / page

    assert target.exists()
    assert not anchor or anchor in anchors(target)


@pytest.mark.parametrize("command", commands("make"), ids=lambda command: f"{command.page}: {' '.join(command.words)}")
def test_a_make_command_of_a_document_has_its_target(command: Command) -> None:
    targets = set(TARGET.findall((tree.ROOT / "Makefile").read_text(encoding="utf-8")))

    assert command.words[1] in targets


@pytest.mark.parametrize("command", commands("wardroom"), ids=lambda command: f"{command.page}: {' '.join(command.words)}")
def test_a_wardroom_command_of_a_document_exists_with_its_options(command: Command) -> None:
    if command.words[1] == "--help":
        return
    assert command.words[1] in COMMANDS
    known: Any = load(command.words[1])
    for word in command.words[2:]:
        if word.startswith("--"):
            assert word.split("=")[0] in options(known)
        elif hasattr(known, "get_command"):
            known = known.get_command(known.context_class(known), word)
            assert known is not None, word


def test_the_readme_names_every_room_and_the_two_commands() -> None:
    text = (tree.ROOT / "README.md").read_text(encoding="utf-8")

    assert not [room for room in tree.ROOMS if f"`{room}/`" not in text]
    assert {"make demo", "make test"} <= set(re.findall(r"make [a-z-]+", text))
