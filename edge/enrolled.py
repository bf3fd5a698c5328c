"""a gallery file and its key → everybody who is known, and again whenever the file changes: whoever is taken out is unknown within seconds.

Without a file everybody is unknown. A file that cannot be used while it runs is one line in the log, and the people stay as they were.
"""

import threading
from pathlib import Path
from typing import Final

import structlog

from vision import gallery_contents, gallery_file
from vision.errors import GalleryError, VisionError
from vision.gallery import Gallery
from vision.gallery_contents import Contents
from vision.gallery_key import key_of

EVERY_S: Final = 5.0
"""How often the file is looked at, in frame time."""
_NOBODY: Final = "nobody"
_Stamp = tuple[int, int, int]
"""What differs between two states of a file: inode, size, time of writing."""

_log = structlog.get_logger()


class Enrolled:
    """One gallery, for any number of cameras. `model`, `dimensions`: of the engine; a gallery of another one is refused (GalleryError).

    `must_fit` False: a file that cannot be used is one line in the log at the start too, and nobody is known.
    """

    def __init__(self, file: Path | None, key: Path | None, *, model: str, dimensions: int, must_fit: bool = True) -> None:
        self._file = file
        self._key = key
        self._model = model
        self._dimensions = dimensions
        self._looking = threading.Lock()
        self._seconds = float("-inf")
        self._stamp = self._stamped()
        self.gallery = Gallery(self._first(must_fit=must_fit))
        if file is not None:
            _log.info("gallery", file=str(file), people=len(self.gallery), missing=self._stamp is None)

    def follow(self, seconds: float) -> None:
        """Take over the file if it changed, at most every `EVERY_S`; whoever comes while another one does it goes on at once."""
        if self._file is None or abs(seconds - self._seconds) < EVERY_S or not self._looking.acquire(blocking=False):
            return
        try:
            self._seconds = seconds
            if (stamp := self._stamped()) != self._stamp:
                self._stamp = stamp
                self.gallery.replace(self._read)
                _log.info("gallery", file=str(self._file), people=len(self.gallery), missing=stamp is None)
        except VisionError as error:
            _log.error("the gallery stays as it was", file=str(self._file), detail=str(error))
        finally:
            self._looking.release()

    def _first(self, *, must_fit: bool) -> Contents:
        nothing = gallery_contents.nothing(_NOBODY, self._model, self._dimensions)
        try:
            return self._read(nothing)
        except VisionError as error:
            if must_fit:
                raise
            _log.error("the gallery cannot be used: nobody is known", file=str(self._file), detail=str(error))
            return nothing

    def _read(self, before: Contents) -> Contents:
        """Return what the file holds now; an older state of the same gallery is refused."""
        if self._file is None or self._key is None or self._stamp is None:
            return gallery_contents.nothing(_NOBODY, self._model, self._dimensions)
        least = before.version if gallery_file.header(self._file).gallery == before.gallery else 0
        contents = gallery_file.read(self._file, key_of(self._key), at_least=least)
        if contents.model != self._model:
            raise GalleryError("gallery_model", ours=contents.model, theirs=self._model)
        return contents

    def _stamped(self) -> _Stamp | None:
        if self._file is None:
            return None
        try:
            found = self._file.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise GalleryError("gallery_file_unreadable", file=self._file, detail=error.strerror or error) from error
        return found.st_ino, found.st_size, found.st_mtime_ns
