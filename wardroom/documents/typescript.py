"""`wardroom.live` structs → `center/web/src/wire.ts`: the same names, read-only, with their docstrings as comments."""

import inspect
import json
import re
from collections.abc import Iterable
from enum import Enum
from typing import Final, TypeGuard, get_args

from msgspec import Struct
from msgspec import inspect as shapes

from wardroom import flags, live

HEAD: Final = """\
// Generated from wardroom/live.py and wardroom/flags.py by `wardroom docs`; a change belongs there.
"""
_SCALARS: Final = {
    shapes.IntType: "number",
    shapes.FloatType: "number",
    shapes.StrType: "string",
    shapes.BoolType: "boolean",
    shapes.NoneType: "null",
}
_SEQUENCES: Final = (shapes.ListType, shapes.VarTupleType, shapes.SetType, shapes.FrozenSetType)


def document() -> str:
    """Return the text of `wire.ts`."""
    blocks = [HEAD, *_constants()]
    structs = [kind for kind in vars(live).values() if _is_struct(kind)]
    enums = [kind for kind in vars(live).values() if _is_enum(kind)]
    blocks += [_enum(kind) for kind in enums]
    blocks += [_interface(kind) for kind in structs]
    blocks.append(_union("FromCenter", "Everything the center says.", live.FromCenter))
    blocks.append(_union("FromScreen", "Everything a screen says.", live.FromScreen))
    return "\n".join(blocks)


def _is_struct(kind: object) -> TypeGuard[type[Struct]]:
    return isinstance(kind, type) and issubclass(kind, Struct) and kind.__module__ == live.__name__


def _is_enum(kind: object) -> TypeGuard[type[Enum]]:
    return isinstance(kind, type) and issubclass(kind, Enum) and kind.__module__ == live.__name__


def _constants() -> Iterable[str]:
    yield f"/** Seconds between pings; twice as long without a word is a lost connection. */\nexport const PING_S = {live.PING_S};\n"
    yield f"/** Seconds the next piece of the first picture may take, as at the center. */\nexport const PATIENCE_S = {live.PATIENCE_S};\n"
    yield f"/** Minutes a trail goes back. */\nexport const TRAIL_MINUTES = {live.TRAIL_MINUTES};\n"
    yield f"/** The last events a screen shows, besides lasting faults. */\nexport const EVENTS_SHOWN = {live.EVENTS_SHOWN};\n"
    bits = "".join(f"  {flag.name}: {flag.value},\n" for flag in flags.Flag)
    yield f"{_comment(flags.Flag.__doc__)}export const Flag = {{\n{bits}}} as const;\n"
    codes = "".join(f"  {name}: {value},\n" for name, value in vars(live.CloseCode).items() if isinstance(value, int))
    yield f"{_comment(live.CloseCode.__doc__)}export const CloseCode = {{\n{codes}}} as const;\n"


def _enum(kind: type[Enum]) -> str:
    words = " | ".join(json.dumps(member.value) for member in kind)
    return f"{_comment(kind.__doc__)}export type {kind.__name__} = {words};\n"


def _interface(kind: type[Struct]) -> str:
    shape = shapes.type_info(kind)
    if not isinstance(shape, shapes.StructType):
        raise TypeError(kind)
    lines = [f"  readonly {shape.tag_field}: {json.dumps(shape.tag)};"] if shape.tag_field else []
    lines += [f"  readonly {field.encode_name}{_mark(kind, field)}: {_type(field.type)};" for field in shape.fields]
    return "\n".join([_comment(kind.__doc__) + f"export interface {kind.__name__} {{", *lines, "}", ""])


def _mark(kind: type[Struct], field: shapes.Field) -> str:
    """Return ``?`` where the field may be absent: left out by its sender, or optional in what a screen sends."""
    left_out = kind.__struct_config__.omit_defaults
    return "?" if not field.required and (left_out or kind in get_args(live.FromScreen)) else ""


def _type(shape: shapes.Type) -> str:
    if isinstance(shape, shapes.StructType | shapes.EnumType):
        return shape.cls.__name__
    if isinstance(shape, _SEQUENCES):
        return f"readonly {_item(shape.item_type)}[]"
    if isinstance(shape, shapes.TupleType):
        return f"readonly [{', '.join(_type(item) for item in shape.item_types)}]"
    if isinstance(shape, shapes.UnionType):
        return " | ".join(dict.fromkeys(_type(item) for item in shape.types))
    if isinstance(shape, shapes.DictType):
        return f"Readonly<Record<{_type(shape.key_type)}, {_type(shape.value_type)}>>"
    return _SCALARS[type(shape)]


def _item(shape: shapes.Type) -> str:
    text = _type(shape)
    return f"({text})" if " " in text else text


def _union(name: str, sentence: str, union: object) -> str:
    words = " | ".join(kind.__name__ for kind in get_args(union))
    return f"/** {sentence} */\nexport type {name} = {words};\n"


def _comment(docstring: str | None) -> str:
    lines = re.sub(r"\bNone\b", "null", inspect.cleandoc(docstring or "").replace("``", "`")).splitlines()
    if len(lines) < 2:
        return f"/** {''.join(lines)} */\n"
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in lines), " */", ""])
