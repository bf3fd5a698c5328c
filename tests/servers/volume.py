"""A small disk of its own under a folder, to be filled and cleared: a tmpfs, which only root may mount."""

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

_BALLAST: Final = "ballast"
_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Volume:
    """The disk, mounted."""

    path: Path

    def fill(self, leave_bytes: int = 0) -> None:
        """Take up all the space there is but for `leave_bytes`."""
        with (self.path / _BALLAST).open("ab", buffering=0) as ballast:
            chunk = bytes(_CHUNK)
            while self.free() > leave_bytes:
                try:
                    ballast.write(chunk)
                except OSError as error:
                    if error.errno == errno.ENOSPC:
                        return
                    raise

    def clear(self) -> None:
        """Give the space back."""
        (self.path / _BALLAST).unlink(missing_ok=True)

    def free(self) -> int:
        """Return the bytes that are left."""
        found = os.statvfs(self.path)
        return found.f_bavail * found.f_frsize


@contextmanager
def mounted(path: Path, mebibytes: int) -> Iterator[Volume]:
    """Mount a disk of that size on an empty folder, with the folder's owner and mode; gone afterwards, whatever happened."""
    status = path.stat()
    options = f"size={mebibytes}m,mode={status.st_mode & 0o777:o},uid={status.st_uid},gid={status.st_gid}"
    done = subprocess.run(("/bin/mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)), capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield Volume(path)
    finally:
        # lazily: a process that has just been killed may still hold it for a moment
        subprocess.run(("/bin/umount", "--lazy", str(path)), check=True)
