"""process number → the memory its tree uses at most."""

from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

_MB: Final = 1e6
_GONE: Final = (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess)


class PeakMemory:
    """The highest sample so far. PostgreSQL's processes share their buffers: shared pages count once."""

    def __init__(self) -> None:
        self.peak_mb = 0.0

    def sample(self, pid: int) -> None:
        """Look at the process and its children now; one that has just gone counts nothing."""
        try:
            process = psutil.Process(pid)
            children = process.children(recursive=True)
            used = _tree(process, *children) if children else _highest(process)
        except _GONE:
            return
        self.peak_mb = max(self.peak_mb, used / _MB)


def _tree(*processes: psutil.Process) -> int:
    own, shared = 0, 0
    for process in processes:
        with suppress(*_GONE):
            memory = process.memory_info()
            own += max(0, memory.rss - memory.shared)
            shared = max(shared, memory.shared)
    return own + shared


def _highest(process: psutil.Process) -> int:
    """Return the kernel's own high-water mark, which no sampling misses."""
    with suppress(OSError):
        for line in Path(f"/proc/{process.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return int(process.memory_info().rss)
