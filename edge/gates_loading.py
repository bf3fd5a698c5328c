"""[checkin] → the gateway's gates, made: the only place that brings them in, so that a gateway without gates loads nothing of them."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, cast

from edge.checkin_settings import CheckInSettings
from edge.intake import Intake
from wardroom.clock import Clock
from wardroom.errors import ConfigError
from wardroom.messages import EventData
from wardroom.topics import Gateway

Keep = Callable[[bytes], str | None]
"""Keeps a JPEG and returns its SHA-256, None where it cannot; called in any thread."""


class Gates(Protocol):
    """A gateway's gates."""

    @property
    def keep(self) -> Keep | None:
        """Return what keeps a best shot, None where none are wanted."""
        ...

    @property
    def sensors(self) -> frozenset[str]:
        """Return the names under which it tells faults of its own, beside the sensors of the settings."""
        ...

    async def open(self) -> None:
        """Take up what is here from before."""
        ...

    async def run(self) -> None:
        """Run until cancelled."""
        ...

    async def seen(self, data: EventData) -> None:
        """Decide on what a camera saw, and greet."""
        ...


def made(asked: CheckInSettings, *, gateway: Gateway, data: Path, clock: Clock, intake: Intake) -> Gates:
    """Return the gates, which tell their own faults to `intake`.

    Raises ConfigError for settings that cannot be used, and where libraries are missing.
    """
    try:
        kind = importlib.import_module("edge.checkin").CheckIn
    except ImportError as error:
        raise ConfigError("gates.not_installed", detail=str(error)) from error
    return cast(Gates, kind(asked, gateway=gateway, data=data, clock=clock, intake=intake))
