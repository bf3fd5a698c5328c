"""Debian package → installed, said before, with no system service left running or enabled by it."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from wardroom.embedded.folders import Announce, clear_errors
from wardroom.errors import EmbeddedError

_POLICY: Final = Path("/usr/sbin/policy-rc.d")
_DENY: Final = "#!/bin/sh\nexit 101\n"
_WITHIN_S: Final = 600.0


def installable() -> bool:
    """Say whether packages can be installed here: as root, with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def missing(packages: Sequence[str]) -> tuple[str, ...]:
    """Return the packages that are not installed, by dpkg's own word."""
    return tuple(package for package in packages if not _is_installed(package))


def install(packages: Sequence[str], announce: Announce) -> None:
    """Install packages, saying so first; whatever service they bring is neither started nor left enabled."""
    announce("embedded.installing_package", packages=", ".join(packages))
    with no_service_starts():
        command = ("apt-get", "install", "--yes", "--no-install-recommends", *packages)
        done = _apt(command)
        if done.returncode != 0:  # lists may be missing or old
            _apt(("apt-get", "update"))
            done = _apt(command)
    if done.returncode != 0:
        raise EmbeddedError("embedded.package_failed", packages=", ".join(packages), detail=(done.stderr.strip().splitlines() or ["—"])[-1])
    for package in packages:
        _leave_disabled(package)


@contextmanager
def no_service_starts(policy: Path = _POLICY) -> Iterator[None]:
    """Tell Debian's packages, while they are installed, not to start services; a policy that is there already stays."""
    if policy.exists():
        yield
        return
    with clear_errors(policy):
        policy.write_text(_DENY, encoding="ascii")
        policy.chmod(0o755)
    try:
        yield
    finally:
        policy.unlink(missing_ok=True)


def _apt(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=_WITHIN_S, env=environment)
    except subprocess.TimeoutExpired as error:
        raise EmbeddedError("embedded.too_slow", name=" ".join(command[:2]), seconds=int(_WITHIN_S)) from error


def _is_installed(package: str) -> bool:
    command = ("dpkg-query", "--show", "--showformat=${db:Status-Status}", package)
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30).stdout == "installed"
    except (OSError, subprocess.TimeoutExpired):
        return False


def _leave_disabled(package: str) -> None:
    """Disable the services a package has brought, for the next start of the machine too."""
    query = ("dpkg-query", "--listfiles", package)
    listed = subprocess.run(query, capture_output=True, text=True, check=False, timeout=30).stdout.split()
    units = {Path(file).stem for file in listed if file.endswith(".service") and "/systemd/system/" in file}
    scripts = {Path(file).name for file in listed if file.startswith("/etc/init.d/")}
    for name in sorted(units | scripts):
        for command in (("systemctl", "disable", "--now", name), ("update-rc.d", name, "disable")):
            if shutil.which(command[0]):
                subprocess.run(command, capture_output=True, check=False, timeout=60)
