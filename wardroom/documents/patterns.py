"""a pattern of Python's → as JSON Schema and people write it: there `$` is the very end, here it would let a line break follow."""

from typing import Final

_NO_LINE_BREAK: Final = r"$(?!\n)"


def plain(pattern: str) -> str:
    """Return `pattern` without Python's guard against a line break at the end."""
    return pattern.replace(_NO_LINE_BREAK, "$")
