"""an SQL file → its statements, each with the semicolon that ends it and what stood before it."""

import re
from typing import Final

_PIECE: Final = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|;|.", re.DOTALL)
"""A comment, a text, a body between dollars, or one character."""


def statements(text: str) -> list[str]:
    """Split a file after the semicolons that end its statements."""
    found = [""]
    for piece in _PIECE.finditer(text):
        found[-1] += piece[0]
        if piece[0] == ";":
            found.append("")
    return [each for each in found if re.sub(r"--[^\n]*|\s", "", each)]
