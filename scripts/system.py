"""names of Debian packages → installed where root can, said before, no service left running; elsewhere a word on what is not there."""

import sys

from scripts.environment import say
from wardroom import texts
from wardroom.embedded import packages
from wardroom.errors import EmbeddedError


def main(names: list[str]) -> int:
    """Install what is missing; a package that cannot be had is said and is no failure: its tests skip with the reason."""
    missing = packages.missing(names)
    if not missing:
        return 0
    if not packages.installable():
        say(f"not installed, and this user cannot install Debian's packages: {', '.join(missing)}; their tests are skipped")
        return 0
    for name in missing:
        try:
            packages.install((name,), _announce)
        except EmbeddedError as error:
            say(f"{error}; its tests are skipped")
    return 0


def _announce(key: str, /, **data: object) -> None:
    say(texts.say(key, "en", **data))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
