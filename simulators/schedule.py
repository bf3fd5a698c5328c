"""a story, a start and a pace → what gates are going to tell, each passage at its instant and under an id of its own; kept in a file.

Ids are made here and not at the gate: a gate that was killed tells again what was due, and whoever counts must not count it twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final
from uuid import UUID

import msgspec

from simulators.arrivals import Coming, Story
from simulators.attendance import Told
from wardroom.errors import ConfigError

_VERSION_7: Final = 0x7 << 76
_VARIANT: Final = 0x2 << 62
_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When the first one comes (microseconds since 1970 UTC), and how many seconds of the story pass in one."""

    start_us: int
    times: float = 1.0


def scheduled(story: Story, pace: Pace, people: Mapping[int, str], seed: int) -> tuple[Told, ...]:
    """Return what is told, in order. `people`: the center's id of each delegate's person, by number: who is none is unknown by face."""
    chance = Random(f"visits:{seed}:{pace.start_us}")
    first_s = min((one.at_s for one in story.comings), default=0.0)
    return tuple(_told(one, pace.start_us + round((one.at_s - first_s) / pace.times * 1e6), people, chance) for one in story.comings)


def write(told: Iterable[Told], file: Path) -> None:
    """Write what is going to be told, a JSON line each; whole or not at all."""
    part = file.with_name(f".{file.name}.part")
    part.write_bytes(_encoder.encode_lines(list(told)))
    part.replace(file)


def read(file: Path) -> tuple[Told, ...]:
    """Return what a file says is told; raises ConfigError where it cannot be read."""
    try:
        return tuple(_decoder.decode_lines(file.read_bytes()))
    except OSError as error:
        raise ConfigError("config.unreadable", file=file, detail=error.strerror) from error
    except msgspec.MsgspecError as error:
        raise ConfigError("simulators.scene_not_read", file=file, detail=str(error)) from error


def visit(at_us: int, chance: Random) -> str:
    """Return a UUIDv7 (RFC 9562, section 5.7) of that instant."""
    number = (at_us // 1_000 & (1 << 48) - 1) << 80 | _VERSION_7 | chance.getrandbits(12) << 64 | _VARIANT | chance.getrandbits(62)
    return str(UUID(int=number))


def _told(one: Coming, at_us: int, people: Mapping[int, str], chance: Random) -> Told:
    return Told(
        id=visit(at_us, chance),
        at_us=at_us,
        gate=one.gate,
        direction=one.direction,
        method=one.method,
        delegate=one.delegate,
        person=None if one.delegate is None else people.get(one.delegate),
        code=one.code,
        stranger=one.stranger,
        foreign=one.delegate is None and one.code is not None,
    )
