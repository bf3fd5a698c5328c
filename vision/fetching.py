"""an address + what its bytes must be → a whole, checked file: resumed where it was cut off, in its place all at once or not at all."""

import fcntl
import hashlib
import http
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol, TypeAlias
from urllib.parse import urlsplit

from vision.catalogue import Source
from vision.errors import ModelError

CHUNK: Final = 256 * 1024
TIMEOUT_S: Final = 30.0
"""How long a server may take to answer, and how long it may fall silent."""
Progress: TypeAlias = Callable[[int, int], None]
"""Told the bytes that are there, and the bytes that there will be."""
_AGENT: Final = "wardroom"
_GONE: Final = (OSError, http.client.HTTPException)
"""What a connection raises that cannot be made, or breaks; URLError and time-outs are OSErrors."""


class Answer(Protocol):
    """A server's answer while its body is being read."""

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the header fields."""
        ...

    def read(self, amount: int, /) -> bytes:
        """Return the next bytes; none at the end."""
        ...


Opener: TypeAlias = Callable[[str, int], AbstractContextManager[Answer]]
"""Asks an address for its bytes from the given one on; raises OSError if there is no answer."""


@contextmanager
def over_http(url: str, first: int, *, timeout_s: float = TIMEOUT_S) -> Iterator[Answer]:
    """Ask over HTTP, through the proxy of the environment if one is named; a refusal is an answer too."""
    request = urllib.request.Request(url, headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"})  # noqa: S310 - see fetched
    if first:
        request.add_header("Range", f"bytes={first}-")
    try:
        answer = urllib.request.urlopen(request, timeout=timeout_s)  # noqa: S310 - see fetched
    except urllib.error.HTTPError as refusal:
        answer = refusal
    with answer:
        yield answer


def fetched(source: Source, part: Path, *, opener: Opener, progress: Progress) -> None:
    """Leave the whole of `source` in `part`, going on where an earlier try was cut off.

    Raises ModelError: no connection, refused, something else than the model, cut off (what came is kept), the wrong bytes (nothing is).
    """
    _check(source.url)
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _fill(source, file, opener, progress)
            os.fsync(file.fileno())
    except BlockingIOError as error:
        raise ModelError("fetch_running", file=part) from error
    except OSError as error:
        raise ModelError("folder_unwritable", folder=part.parent, detail=error.strerror or str(error)) from error
    if digest(part) != source.sha256:
        part.unlink()
        raise ModelError("fetch_wrong_bytes", url=source.url)


def digest(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _check(url: str) -> None:
    """Raise ModelError for an address that is none, or that holds an account: it would be shown."""
    try:
        address = urlsplit(url)
    except ValueError as error:  # brackets without end
        raise ModelError("fetch_address") from error
    if "@" in url:
        raise ModelError("fetch_address")
    if address.scheme not in {"http", "https"}:
        raise ModelError("fetch_scheme", url=url)


def _fill(source: Source, file: BinaryIO, opener: Opener, progress: Progress) -> None:
    """Append what is missing; a server that cannot begin in the middle sends everything again."""
    if file.tell() > source.size:
        _emptied(file)
    if file.tell() == source.size:
        return
    first = file.tell()
    with _asked(source, first, opener) as answer:
        if answer.status == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and first:
            _emptied(file)
        else:
            _checked(answer, source)
            if first and not _begins(answer, first):
                _emptied(file)
            _copied(answer, file, source, progress)
    if first and not file.tell():
        _fill(source, file, opener, progress)  # once more, from the beginning
    elif file.tell() < source.size:
        raise _cut(source, file.tell())


@contextmanager
def _asked(source: Source, first: int, opener: Opener) -> Iterator[Answer]:
    with ExitStack() as stack:
        try:
            answer = stack.enter_context(opener(source.url, first))
        except _GONE as error:
            raise _cut(source, first) if first else ModelError("fetch_offline", host=_host(source), detail=_why(error)) from error
        yield answer


def _checked(answer: Answer, source: Source) -> None:
    if answer.status not in {http.HTTPStatus.OK, http.HTTPStatus.PARTIAL_CONTENT}:
        raise ModelError("fetch_refused", url=source.url, status=answer.status)
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        raise ModelError("fetch_web_page", host=_host(source))


def _copied(answer: Answer, file: BinaryIO, source: Source, progress: Progress) -> None:
    progress(file.tell(), source.size)
    while piece := _piece(answer, file, source):
        if file.tell() + len(piece) > source.size:
            _emptied(file)
            raise ModelError("fetch_wrong_bytes", url=source.url)
        file.write(piece)
        file.flush()
        progress(file.tell(), source.size)


def _piece(answer: Answer, file: BinaryIO, source: Source) -> bytes:
    try:
        return answer.read(CHUNK)
    except _GONE as error:
        raise _cut(source, file.tell()) from error


def _begins(answer: Answer, first: int) -> bool:
    return answer.status == http.HTTPStatus.PARTIAL_CONTENT and answer.headers.get("Content-Range", "").startswith(f"bytes {first}-")


def _emptied(file: BinaryIO) -> None:
    file.seek(0)
    file.truncate()


def _cut(source: Source, done: int) -> ModelError:
    return ModelError("fetch_cut", host=_host(source), done=f"{done / 1e6:.1f}", size=f"{source.size / 1e6:.1f}")


def _host(source: Source) -> str:
    return urlsplit(source.url).netloc


def _why(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return getattr(reason, "strerror", None) or str(reason) or type(error).__name__
