"""a file to write → its place once it is whole: who is interrupted half-way leaves nothing, and what was there before stays."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """Yield the file to write instead; it takes the place of `file` at the end, or is taken away. Raises OSError.

    What is no regular file, such as /dev/null, is written itself.
    """
    if file.exists() and not file.is_file():
        yield file
        return
    part = file.parent / f"{file.name}.part"
    try:
        yield part
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
