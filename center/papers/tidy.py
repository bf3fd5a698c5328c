"""a cell as people leave it → text as it is kept: NFC, single spaces, nothing invisible; names in capitals written as names."""

import re
import unicodedata
from datetime import date, datetime, time
from typing import Final

_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How Excel writes what XML cannot hold."""
_HARMLESS: Final = frozenset("\t\n\r\v\f\u00a0\u00ad\u200b\ufeff")
"""What editors put in by themselves: it goes without a word."""
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs"})
_OLD_FONT: Final = re.compile(r"(?<=[A-Za-zÀ-ÿ])[¡-¬®-¿×÷]|[¡-¬®-¿×÷](?=[A-Za-zÀ-ÿ])")
"""Letters of TCVN3 (.VnTime) shown as Latin-1: signs in the middle of words."""
_LOST: Final = re.compile(r"\w\?|\?\w")
_DATE: Final = re.compile(r"\d\d/\d\d/\d{4}(?: \d\d:\d\d)?|\d\d:\d\d")
_POINT_ZERO: Final = re.compile(r"(\d+)[.,]0+")
_ZEROS: Final = re.compile(r"0+")


def tidy(text: str) -> str:
    """Return the text in NFC with single spaces; signs that cannot be seen, also those that turn the writing direction, are gone."""
    composed = unicodedata.normalize("NFC", _unescaped(text))
    if composed.isprintable():
        return " ".join(composed.split())
    return " ".join("".join(_shown(sign) for sign in composed).split())


def odd(text: str) -> bool:
    """Return whether `tidy` takes out signs that no editor puts in by itself."""
    raw = _unescaped(text)
    return not raw.isprintable() and any(sign not in _HARMLESS and unicodedata.category(sign) in _HIDDEN for sign in raw)


def old_font(text: str) -> bool:
    """Return whether the text looks like one of a font from before Unicode (TCVN3)."""
    return _OLD_FONT.search(text) is not None


def lost(text: str) -> bool:
    """Return whether letters of the text became question marks where it was saved: an encoding that has no Vietnamese."""
    return "\ufffd" in text or _LOST.search(text) is not None


def dated(text: str) -> bool:
    """Return whether the text is a date or a time, as a spreadsheet makes one of a seat like ``5-12``."""
    return _DATE.fullmatch(text) is not None


def seated(seat: str) -> str:
    """Return a seat's number without the point and the zeros that a program put behind it."""
    found = _POINT_ZERO.fullmatch(seat)
    return found[1] if found else seat


def named(name: str) -> str:
    """Return a name that is all capitals, or all small letters, as names are written; what is mixed stays."""
    if name == name.upper() or name == name.lower():
        return "".join(part[:1].upper() + part[1:] for part in re.split(r"(\W)", name.lower()))
    return name


def shown(value: object, number_format: str = "General") -> str:
    """Return a spreadsheet's value as text: whole numbers without a point, as many zeros in front as its format shows, days first."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value, number_format)
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y" if value.time() == time() else "%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return "" if value is None else str(value)


def _number(value: float, number_format: str) -> str:
    whole = isinstance(value, int) or value.is_integer()
    text = str(int(value)) if whole else format(value, ".15g")
    return text.zfill(len(number_format)) if whole and _ZEROS.fullmatch(number_format) else text


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)


def _shown(sign: str) -> str:
    if sign.isspace():
        return " "
    return "" if unicodedata.category(sign) in _HIDDEN else sign
