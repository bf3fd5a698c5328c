"""a command's exit status → the end of the process, at once where a thread is still in a library.

Such a thread may ask for Python after the interpreter is gone, and that is a crash: PyAV asks for the time every 100 ms while it opens
a stream, and nothing makes it give up before its timeout.
"""

import logging
import os
import sys
import threading
from contextlib import suppress


class Ending:
    """Registered with `atexit` before anything else, so that it comes last; `status` is None until the command has ended."""

    def __init__(self) -> None:
        self.status: int | None = None

    def come(self) -> None:
        """End the process with `status` if a thread is left that nobody waits for; else the interpreter may take its leave in peace."""
        if self.status is None or not any(thread.daemon for thread in threading.enumerate()):
            return
        logging.shutdown()
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):  # nobody reads it any more, or it is closed
                stream.flush()
        os._exit(self.status)
