import ast
import re
from functools import cache

from tests.project import tree

MODULE_LINES = 300
FUNCTION_LINES = 40
PARAMETERS = 6
WEB_LINES = 400
FORBIDDEN = {"utils", "util", "helpers", "helper", "common", "manager", "base", "core", "misc"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def functions() -> tuple[tuple[str, int, int], ...]:
    """Return every function's place, lines and parameters."""
    return tuple(
        (f"{tree.name(path)}:{node.lineno} {node.name}", lines(node), parameters(node))
        for path in tree.named(".py")
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, Function)
    )


def lines(node: Function) -> int:
    total = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        total -= (first.end_lineno or first.lineno) - first.lineno + 1
    return total


def parameters(node: Function) -> int:
    named = [*node.args.posonlyargs, *node.args.args]
    bound = bool(named) and named[0].arg in {"self", "cls"}
    return len(named) - bound


def test_no_module_is_longer_than_300_lines() -> None:
    long = {tree.name(path): count for path in tree.named(".py") if (count := path.read_text(encoding="utf-8").count("\n")) > MODULE_LINES}

    assert not long


def test_no_function_is_longer_than_40_lines() -> None:
    long = {place: count for place, count, _ in functions() if count > FUNCTION_LINES}

    assert not long


def test_no_function_takes_more_than_six_parameters_by_position() -> None:
    wide = {place: count for place, _, count in functions() if count > PARAMETERS}

    assert not wide


def test_no_front_end_file_is_longer_than_400_lines() -> None:
    web = [path for path in tree.named(".ts", ".vue", ".css", ".mjs") if tree.name(path) != "center/web/src/wire.ts"]
    long = {tree.name(path): count for path in web if (count := path.read_text(encoding="utf-8").count("\n")) > WEB_LINES}

    assert not long


def test_no_module_is_named_after_nothing() -> None:
    words = {tree.name(path): set(re.split(r"[_\W]+", path.stem.lower())) for path in tree.named(".py", ".ts", ".vue", ".sql")}

    assert not {place: found for place, parts in words.items() if (found := parts & FORBIDDEN)}


def test_every_module_says_in_its_docstring_what_it_does() -> None:
    silent = [tree.name(path) for path in tree.sources() if not ast.get_docstring(tree.parsed(path))]

    assert not silent


def test_every_test_folder_is_a_package_so_that_none_shadows_a_room() -> None:
    folders = {path.parent for path in tree.named(".py") if tree.name(path).startswith("tests/")}

    assert not [tree.name(folder) for folder in folders if not (folder / "__init__.py").is_file()]
