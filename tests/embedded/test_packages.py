"""Debian's packages: said before, and no service starts."""

import subprocess
from pathlib import Path

import pytest

from wardroom.embedded.packages import missing, no_service_starts


def test_services_are_denied_only_while_installing(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    with no_service_starts(policy):
        assert subprocess.run((str(policy),), check=False, timeout=5).returncode == 101
    assert not policy.exists()


def test_a_policy_of_the_machines_own_stays_as_it_is(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
    with no_service_starts(policy):
        assert policy.read_text(encoding="ascii") == "#!/bin/sh\nexit 0\n"
    assert policy.exists()


def test_the_policy_goes_even_when_the_installation_fails(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    with pytest.raises(KeyError), no_service_starts(policy):
        raise KeyError
    assert not policy.exists()


def test_a_package_nobody_makes_is_missing() -> None:
    assert missing(("wardroom-no-such-package",)) == ("wardroom-no-such-package",)
