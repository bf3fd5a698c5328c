"""msgspec's word about a bad setting → ConfigError: field, value, what was expected, and where to mend it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from math import isnan
from typing import Any, Final

from msgspec import inspect

from wardroom import legible
from wardroom.errors import ConfigError

_AT: Final = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>.*)`)?$", re.DOTALL)
_NAMED: Final = re.compile(r"^Object (?P<fault>missing required|contains unknown) field `(?P<name>.*)`$")
_STEP: Final = re.compile(r"[^.\[\]]+|\[\d+\]|\[\.\.\.\]")
_LISTS: Final = (inspect.VarTupleType, inspect.ListType, inspect.SetType, inspect.FrozenSetType)
_SHOWN: Final = 80
_UNSAID: Final = r"(?!\n)"
"""What a pattern needs and a person does not."""


def fault(message: str, raw: Mapping[str, Any], kind: inspect.Type, place: str) -> ConfigError:
    """Return the error for msgspec's `message` about `raw`, which should have been a `kind`; `place` is the file to mend."""
    match = _AT.match(message)
    what, path = (match["what"], match["path"] or "") if match else (message, "")
    named = _NAMED.match(what)
    steps = _STEP.findall(path)
    if named:
        return _named(named, [*steps, named["name"]], kind, place)
    value: object = raw
    found: inspect.Type | None = kind
    for step in steps:
        value, found = _value(value, step), _type(found, step)
    where = _where(steps, place)
    shown = "…" if _has_table(value) or _bears_secret(found) else str(value)[:_SHOWN]
    return _described(found, shown, where, what)


def unusable(value: object, place: str, field: str = "") -> ConfigError | None:
    """Return the error for the first value in a table that fits its type and nothing else: a NUL, or NaN."""
    if isinstance(value, str) and "\0" in value:
        return ConfigError("config.nul", field=field, file=place)
    if isinstance(value, float) and isnan(value):
        return ConfigError("config.not_a_number", field=field, file=place)
    inside: Iterable[tuple[str, object]] = ()
    if isinstance(value, Mapping):
        inside = ((f"{field}.{name}".removeprefix("."), one) for name, one in value.items())
    elif isinstance(value, list):
        inside = ((f"{field}[{index}]", one) for index, one in enumerate(value))
    return next((found for name, one in inside if (found := unusable(one, place, name))), None)


def _named(named: re.Match[str], steps: list[str], kind: inspect.Type, place: str) -> ConfigError:
    """Return the error about a field that is missing, or that nobody knows."""
    where = _where(steps, place)
    if named["fault"] == "missing required":
        return ConfigError(f"config.missing{_suffix(where)}", **where)
    found: inspect.Type | None = kind
    for step in steps[:-1]:
        found = _type(found, step)
    known = ", ".join(sorted(field.encode_name for field in found.fields)) if isinstance(found, inspect.StructType) else "-"
    return ConfigError("config.unknown_key", known=known, **where)


def _where(steps: Sequence[str], place: str) -> dict[str, object]:
    """Return the places every sentence about a setting has: field, file, section, and the environment variable."""
    field = "".join(step if step.startswith("[") else f".{step}" for step in steps).removeprefix(".")
    listed = any(step.startswith("[") for step in steps)
    section = f"[[{steps[0]}]]" if listed else f"[{'.'.join(steps[:-1] or steps)}]"
    variable = "" if listed or len(steps) < 2 else "WARDROOM__" + "__".join(steps).upper()
    return {"field": field, "file": place, "section": section, "variable": variable}


def _suffix(where: Mapping[str, object]) -> str:
    """Return which of two sentences fits: an entry of a list, or a whole section, has no environment variable."""
    return "" if where["variable"] else "_listed"


def _has_table(value: object) -> bool:
    """Return whether `value` is a table or holds one: a table may hold a password, which no sentence may show."""
    return isinstance(value, Mapping) or (isinstance(value, list) and any(map(_has_table, value)))


def _bears_secret(kind: inspect.Type | None) -> bool:
    """Return whether a `kind` is a table with a secret in it, or a list of such: what stands there instead may be that secret."""
    plain = bare(kind)
    if isinstance(plain, _LISTS):
        return _bears_secret(plain.item_type)
    return isinstance(plain, inspect.StructType) and any(isinstance(bare(field.type), inspect.CustomType) for field in plain.fields)


def _value(value: object, step: str) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    return value[int(step[1:-1])] if isinstance(value, Sequence) and step != "[...]" else None


def bare(kind: inspect.Type | None) -> inspect.Type | None:
    """Return the type without its description, and of "this or nothing" the this."""
    if isinstance(kind, inspect.Metadata):
        return bare(kind.type)
    if isinstance(kind, inspect.UnionType):
        return next((bare(one) for one in kind.types if not isinstance(one, inspect.NoneType)), None)
    return kind


def _type(kind: inspect.Type | None, step: str) -> inspect.Type | None:
    plain = bare(kind)
    if isinstance(plain, inspect.StructType):
        return next((bare(field.type) for field in plain.fields if field.encode_name == step), None)
    if isinstance(plain, _LISTS):
        return bare(plain.item_type)
    if isinstance(plain, inspect.DictType):
        return bare(plain.value_type)
    return None


def _described(kind: inspect.Type | None, shown: str, where: dict[str, object], what: str) -> ConfigError:
    """Return the sentence for a value that is not a `kind`."""
    suffix = _suffix(where)
    plain = bare(kind)
    if isinstance(plain, inspect.CustomType):
        return ConfigError(f"config.not_secret{suffix}", **where)
    data: dict[str, object] = {"value": shown, **where}
    if isinstance(plain, inspect.IntType | inspect.FloatType):
        return _number(plain, data, suffix)
    if isinstance(plain, inspect.LiteralType | inspect.EnumType):
        choices = plain.values if isinstance(plain, inspect.LiteralType) else [member.value for member in plain.cls]
        return ConfigError(f"config.not_choice{suffix}", choices=", ".join(str(choice) for choice in choices), **data)
    if isinstance(plain, inspect.BoolType):
        return ConfigError(f"config.not_boolean{suffix}", **data)
    if isinstance(plain, inspect.StrType):
        return ConfigError(f"config.not_text{suffix}", limits=_limits(plain), **data)
    return ConfigError(f"config.bad_value{suffix}", detail=what, **data)


def _number(kind: inspect.IntType | inspect.FloatType, data: dict[str, object], suffix: str) -> ConfigError:
    word = "whole" if isinstance(kind, inspect.IntType) else "number"
    if kind.ge is not None and kind.le is not None:
        return ConfigError(f"config.not_{word}_between{suffix}", least=kind.ge, most=kind.le, **data)
    return ConfigError(f"config.not_{word}{suffix}", limits=_limits(kind), **data)


def _limits(kind: inspect.IntType | inspect.FloatType | inspect.StrType) -> str:
    """Return the bounds of a number, or the pattern and length of a text, in signs that need no language."""
    if isinstance(kind, inspect.StrType):
        length = f" ({kind.min_length or 0}…{kind.max_length or '∞'})" if kind.min_length or kind.max_length else ""
        # of a text for people only the bad character is said, which the shown value has written out
        said = kind.pattern and kind.pattern != legible.PATTERN
        return length + (f" {kind.pattern.removesuffix(_UNSAID)}" if kind.pattern and said else "")
    bounds = {">": kind.gt, "≥": kind.ge, "<": kind.lt, "≤": kind.le}
    limits = ", ".join(f"{sign} {bound}" for sign, bound in bounds.items() if bound is not None)
    return f" {limits}" if limits else ""
