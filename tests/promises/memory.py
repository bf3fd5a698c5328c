"""A process and its children → what they take, each page shared with others counted by its share."""

from contextlib import suppress

import psutil


def taken(pid: int) -> float:
    """Return MiB; 0 where it is gone."""
    total = 0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += each.memory_full_info().pss
    return round(total / 2**20, 1)
