r"""a text from elsewhere → what a person can read: no control characters, nothing that turns the direction of the text around it.

Such characters break a line in two, hide a part of it or show it backwards. A message that has them is refused; what our own program takes
over from a device or a file is mended here.
"""

import re
from typing import Final

REPLACEMENT: Final = "\ufffd"
_HIDDEN: Final = r"\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069"
"""C0, C1, and Unicode's overrides, embeddings and isolates of direction."""
PATTERN: Final = rf"^[^{_HIDDEN}]*$(?!\n)"
"""What a text without them matches; written so that Python and JavaScript read it alike."""
_one: Final = re.compile(f"[{_HIDDEN}]")


def replaced(text: str) -> str:
    """Return `text` with a replacement character for each that cannot be read."""
    return _one.sub(REPLACEMENT, text)


def escaped(text: str) -> str:
    r"""Return `text` in one line, each character that cannot be read written out, e.g. ``\n`` or ``\u202e``."""
    return _one.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
