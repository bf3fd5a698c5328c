"""Plain data → YAML text, always the same for the same data: block style, every string quoted as JSON, so any YAML 1.2 reader agrees."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

_PLAIN_KEY: Final = re.compile(r"[A-Za-z$][A-Za-z0-9_$.-]*")
_RESERVED: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})

Data = str | int | float | bool | None | Sequence["Data"] | Mapping[str, "Data"]


def text(data: Mapping[str, Data]) -> str:
    """Return `data` as a YAML document."""
    return "\n".join(_mapping(data, "")) + "\n"


def _mapping(data: Mapping[str, Data], indent: str) -> Iterator[str]:
    for key, value in data.items():
        yield from _entry(f"{indent}{_key(key)}:", value, indent)


def _sequence(data: Sequence[Data], indent: str) -> Iterator[str]:
    for value in data:
        if isinstance(value, Mapping) and value:
            first, *rest = _mapping(value, indent + "  ")
            yield f"{indent}- {first.lstrip()}"
            yield from rest
        else:
            yield from _entry(f"{indent}-", value, indent)


def _entry(head: str, value: Data, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, indent + "  ")
    elif isinstance(value, Sequence) and not isinstance(value, str) and value:
        yield head
        yield from _sequence(value, indent + "  ")
    else:
        yield f"{head} {json.dumps(value, ensure_ascii=False)}"


def _key(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) and key.lower() not in _RESERVED else json.dumps(key, ensure_ascii=False)
