"""best shots → a folder of sealed files until the center has them, the oldest first: put, take, confirm, in any thread.

Bounded in bytes and in number: for a new one the oldest go, counted. What a crash left half written is removed at the next start; a file
that does not open (tampered with, or of another key) is removed when its turn comes, counted. A visit's event stands without its picture.
"""

import re
import threading
from collections import OrderedDict
from hashlib import sha256
from pathlib import Path
from typing import Final

import structlog

from edge import gauges
from edge.sealing import UNFINISHED, Sealing
from wardroom.errors import StorageError, StorageGone
from wardroom.topics import Gateway

LARGEST: Final = 100_000
"""Bytes of a best shot."""
_NAME: Final = re.compile(r"(\d{15})-([0-9a-f]{64})\.shot")

_log = structlog.get_logger()


class EvidenceSpool:
    """The folder; `open` it before anything else. `limit_bytes`, `limit_count`: what it may hold."""

    def __init__(self, folder: Path, sealing: Sealing, *, gateway: Gateway, limit_bytes: int, limit_count: int) -> None:
        self._folder = folder
        self._sealing = sealing
        self._limit_bytes = limit_bytes
        self._limit_count = limit_count
        self._sizes: OrderedDict[str, int] = OrderedDict()
        """Files by name, the oldest first."""
        self._by_digest: dict[str, str] = {}
        self._bytes = 0
        self._number = 0
        self._changing = threading.Lock()
        self._lost = {reason: gauges.EVIDENCE_LOST.labels(*gauges.of(gateway), reason) for reason in ("full", "damaged", "disk", "large")}

    def __len__(self) -> int:
        """Return how many best shots wait."""
        return len(self._sizes)

    @property
    def size_bytes(self) -> int:
        """Return what they take on the disk."""
        return self._bytes

    def open(self) -> None:
        """Find what waits from before; raises StorageError where the folder cannot be used."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            for file in sorted(self._folder.iterdir()):
                found = _NAME.fullmatch(file.name)
                if file.name.endswith(UNFINISHED) or (found and found[2] in self._by_digest):
                    file.unlink()  # half written, or its removal failed before a restart
                elif found:
                    self._enter(file.name, found[2], file.stat().st_size)
                    self._number = int(found[1]) + 1
        except OSError as error:
            raise StorageGone("gates.unwritable", file=self._folder, detail=error.strerror or str(error)) from error

    def put(self, jpeg: bytes) -> str | None:
        """Keep a best shot; return its SHA-256, None where it cannot be kept: that is counted, and stops nobody."""
        if len(jpeg) > LARGEST:
            self._lost["large"].inc()
            return None
        digest = sha256(jpeg).hexdigest()
        with self._changing:
            if digest in self._by_digest:
                return digest
            name = f"{self._number:015d}-{digest}.shot"
            try:
                size = self._sealing.write(self._folder / name, jpeg)
            except StorageError as error:
                self._lost["disk"].inc()
                _log.warning("a best shot cannot be kept", detail=str(error))
                return None
            self._number += 1
            self._enter(name, digest, size)
            self._shrink()
        return digest

    def take(self) -> tuple[str, bytes] | None:
        """Return the oldest one with its digest, None where there is none; it stays until it is confirmed."""
        while (name := self._oldest()) is not None:
            try:
                jpeg = self._sealing.read(self._folder / name)
            except StorageGone:
                raise
            except StorageError as error:
                _log.error("a best shot is no longer what was kept", detail=str(error))
                jpeg = None
            if jpeg is not None and (digest := sha256(jpeg).hexdigest()) == name[16:80]:
                return digest, jpeg
            self._drop(name, "damaged")
        return None

    def _oldest(self) -> str | None:
        with self._changing:
            return next(iter(self._sizes), None)

    def confirm(self, digest: str) -> None:
        """Remove one that the center has."""
        with self._changing:
            if (name := self._by_digest.get(digest)) is not None:
                self._remove(name)

    def _shrink(self) -> None:
        while len(self._sizes) > 1 and (self._bytes > self._limit_bytes or len(self._sizes) > self._limit_count):
            self._remove(next(iter(self._sizes)))
            self._lost["full"].inc()

    def _drop(self, name: str, reason: str) -> None:
        with self._changing:
            if name in self._sizes:
                self._remove(name)
                self._lost[reason].inc()

    def _enter(self, name: str, digest: str, size: int) -> None:
        self._sizes[name] = size
        self._by_digest[digest] = name
        self._bytes += size

    def _remove(self, name: str) -> None:
        self._bytes -= self._sizes.pop(name)
        self._by_digest.pop(name[16:80], None)
        try:
            (self._folder / name).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("a best shot cannot be removed", file=name, detail=error.strerror)
