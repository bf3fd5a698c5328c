"""pytest's arguments → every test: those that start nothing side by side, then the others one by one, on a machine left to them."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ALONE: Final = "servers or browser or processes"
NOTHING: Final = 5
"""pytest's status where it found no test."""


def runs(arguments: list[str]) -> list[list[str]]:
    """Return what pytest is called with; who chooses marks or a number of workers has one run of his own."""
    if any(argument.startswith(("-m", "-n")) for argument in arguments):
        return [arguments]
    return [["-n", "logical", "-m", f"not ({ALONE})", *arguments], ["-m", ALONE, *arguments]]


def worst(statuses: Iterable[int]) -> int:
    """Return the status of all runs: that one of them found nothing is none of its own."""
    return max(set(statuses) - {NOTHING}, default=NOTHING)


def main(arguments: list[str]) -> int:
    """Run them all, whatever becomes of the first; return the worst status."""
    program = Path(sys.executable).with_name("pytest")
    return worst([subprocess.run((program, *each), check=False).returncode for each in runs(arguments)])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
