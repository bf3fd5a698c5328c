"""a server's folder → where its data really lies and who owns it, so that no other folder's rights ever change.

An ordinary user's servers live straight in the folder. Root's run as the unprivileged system user `wardroom`,
which may not be able to reach the folder at all: their data lies in ``/var/lib/wardroom/<id>/`` and the folder is a link there.
"""

import errno
import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypedDict

from wardroom.errors import EmbeddedError

STORE: Final = Path("/var/lib/wardroom")
ACCOUNT: Final = "wardroom"
ORIGIN: Final = "made-for"
"""The file in a store's folder that names the folder it was made for, so that a person may clear up."""

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


class Announce(Protocol):
    """How the embedded servers say something before they do it: a key of the catalogue and its data."""

    def __call__(self, key: str, /, **data: object) -> None:
        """Say it."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The user a server runs as."""

    uid: int
    gid: int

    def switch(self) -> "Switch":
        """Return what subprocess needs to run a program as this user; nothing where it is this process's own."""
        if self.uid == os.geteuid():
            return Switch(user=None, group=None, extra_groups=None)
        return Switch(user=self.uid, group=self.gid, extra_groups=())


class Switch(TypedDict):
    """Arguments of `subprocess.run`."""

    user: int | None
    group: int | None
    extra_groups: tuple[()] | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server's data lies (`path`), whose it is, and the folder of ours around it (`home`, for binaries that owner can reach)."""

    path: Path
    home: Path
    owner: Owner

    def write(self, name: str, content: str | bytes) -> Path:
        """Write one file of the owner's, mode 0600, whole or not at all."""
        file, part = self.path / name, self.path / f"{name}.part"
        with clear_errors(file):
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content.encode() if isinstance(content, str) else content)
                os.fchown(stream.fileno(), self.owner.uid, self.owner.gid)
                os.fsync(stream.fileno())
            part.replace(file)
        return file


@contextmanager
def clear_errors(path: Path) -> Iterator[None]:
    """Turn the operating system's errors about `path` into one sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise EmbeddedError("embedded.disk_full", path=path) from error
        raise EmbeddedError("embedded.folder_unusable", path=error.filename or path, detail=error.strerror or error) from error


def prepare(folder: Path, announce: Announce, store: Path = STORE) -> Place:
    """Make `folder` (or the one it links to) and return its place."""
    with clear_errors(folder):
        return _prepared(folder, announce, store)


def _prepared(folder: Path, announce: Announce, store: Path) -> Place:
    if os.geteuid() != 0:
        return straight(folder)
    if _is_ordinary(folder):
        status = folder.stat()
        return Place(folder.resolve(), folder.resolve().parent, Owner(status.st_uid, status.st_gid))
    owner = _account(announce)
    return _linked(folder, _target(folder, announce, store), owner, store)


def _is_ordinary(folder: Path) -> bool:
    """Say whether an ordinary user made `folder`, and the demo's around it: that user's it stays."""
    if not folder.is_dir() or folder.is_symlink():
        return False
    return folder.stat().st_uid == folder.parent.stat().st_uid != 0


def straight(folder: Path) -> Place:
    """Make `folder` for a server that runs as this process's own user, and return its place."""
    with clear_errors(folder):
        if folder.is_symlink():
            raise EmbeddedError("embedded.made_by_root", path=folder)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Place(folder.resolve(), folder.resolve().parent, Owner(os.geteuid(), os.getegid()))


def _target(folder: Path, announce: Announce, store: Path) -> Path:
    """Return where in the store a folder's data is or shall be: an existing link stays, even when the demo's folder was moved.

    What lies there of a folder that was removed since is nobody's data any more: it is said and left, and another place taken.
    """
    if folder.is_symlink():
        return folder.resolve()
    identity = hashlib.sha256(os.fsencode(folder.parent.resolve())).hexdigest()[:12]
    first = target = store / identity / folder.name
    number = 1
    while not folder.is_dir() and target.is_dir() and any(target.iterdir()):
        number += 1
        target = store / f"{identity}-{number}" / folder.name
    if target != first:
        announce("embedded.left_behind", path=first, folder=folder)
    return target


def _linked(folder: Path, target: Path, owner: Owner, store: Path) -> Place:
    """Return the place in the store that the link `folder` names."""
    if target.parent.parent.resolve() != store.resolve():
        raise EmbeddedError("embedded.foreign_link", path=folder, target=target)
    with clear_errors(target):
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (store, target.parent, target):
            path.mkdir(mode=0o755, exist_ok=True)
        target.parent.chmod(0o755)  # whatever the umask: the owner must pass
        (target.parent / ORIGIN).write_bytes(os.fsencode(folder.parent.resolve()))
        os.chown(target, owner.uid, owner.gid)
        target.chmod(0o700)
        if folder.is_dir() and not folder.is_symlink():
            _make_way(folder, target, owner)
        if not folder.is_symlink():
            folder.symlink_to(target)
    return Place(target, target.parent, owner)


def _make_way(folder: Path, target: Path, owner: Owner) -> None:
    """Take `folder` away, for the link: root's own if it is empty, a server's into the store, for it comes from an archive."""
    if folder.stat().st_uid == 0:
        folder.rmdir()
        return
    if any(target.iterdir()):
        raise EmbeddedError("embedded.unpacked_twice", path=folder, target=target)
    target.rmdir()
    shutil.move(folder, target)
    for path in (target, *target.rglob("*")):
        os.chown(path, owner.uid, owner.gid, follow_symlinks=False)


def _account(announce: Announce) -> Owner:
    """Return the system user of root's servers, making it, said before, where it is missing."""
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        entry = _new_account(announce)
    if entry.pw_uid == 0:
        raise EmbeddedError("embedded.account_is_root", account=ACCOUNT)
    return Owner(entry.pw_uid, entry.pw_gid)


def _new_account(announce: Announce) -> pwd.struct_passwd:
    program = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if program is None:
        raise EmbeddedError("embedded.no_useradd", account=ACCOUNT)
    announce("embedded.making_account", account=ACCOUNT, store=STORE)
    flags = ("--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin")
    done = subprocess.run((program, *flags, ACCOUNT), capture_output=True, text=True, timeout=30, check=False)
    if done.returncode != 0 and not _exists():
        raise EmbeddedError("embedded.account_failed", account=ACCOUNT, detail=done.stderr.strip())
    return pwd.getpwnam(ACCOUNT)


def _exists() -> bool:
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        return False
    return True
