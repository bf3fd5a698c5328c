"""a column's heading → what it means, in Vietnamese or English, with diacritics or without."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

from center.plain import plain


class Field(StrEnum):
    """What a column of a list of delegates can hold. `family` and `given` are a name in two columns."""

    ORDINAL = "ordinal"
    TITLE = "title"
    NAME = "name"
    FAMILY = "family"
    GIVEN = "given"
    POSITION = "position"
    UNIT = "unit"
    DELEGATION = "delegation"
    SEAT = "seat"
    CODE = "code"
    PHOTO = "photo_file"
    NOTE = "note"


LONGEST: Final[Mapping[Field, int]] = {
    Field.TITLE: 40,
    Field.NAME: 200,
    Field.FAMILY: 200,
    Field.GIVEN: 200,
    Field.POSITION: 200,
    Field.UNIT: 200,
    Field.DELEGATION: 200,
    Field.SEAT: 40,
    Field.CODE: 200,
    Field.PHOTO: 200,
}
"""The most letters of what is kept; what is not here is not."""

_WHO = "(?: (?:dai bieu|khach moi|can bo|thanh vien|nguoi tham du|nguoi du|day du))?"
_MEANINGS: Final[tuple[tuple[Field, re.Pattern[str]], ...]] = tuple(
    (meaning, re.compile(pattern))
    for meaning, pattern in (
        (Field.ORDINAL, "stt|so tt|tt|s t t|so thu tu|thu tu|no|nr|ordinal"),
        (Field.TITLE, "danh xung|ong ba|xung ho|cach xung ho|title|salutation|honorific|mr ms|mr mrs"),
        (Field.FAMILY, "ho|ho (?:va )?(?:ten )?(?:dem|lot|chu dem|chu lot)|ho chu lot|family name|last name|surname"),
        (Field.GIVEN, "ten|ten goi|given name|first name"),
        (Field.NAME, f"ho (?:va )?ten{_WHO}|ho (?:chu )?(?:dem|lot)(?: va)? ten|ten{_WHO}|dai bieu|(?:full |delegate s? ?)?name|delegate"),
        (Field.POSITION, "chuc (?:vu|danh).*|position|job title|role|nghe nghiep"),
        (Field.UNIT, "(?:ten )?(?:don vi|co quan)(?: don vi| co quan)?(?: cong tac)?|noi cong tac|noi lam viec|to chuc|phong ban|chi bo"),
        (Field.UNIT, "unit|organi[sz]ation|company|agency|department|institution"),
        (Field.DELEGATION, "(?:thuoc )?(?:doan|to|nhom)(?: (?:doan|to))?(?: dai bieu)?|ten doan|delegation|group"),
        (Field.SEAT, "(?:so |vi tri |ma )?(?:ghe|cho)(?: ngoi)?(?: so)?|ghe so|vi tri ngoi|seat(?: no| number)?"),
        (
            Field.CODE,
            "(?:ma |the |so )?(?:qr|the|vach|ma)|ma (?:qr|the|so|dai bieu|so dai bieu)|ma qr the|(?:qr |badge )?code|qr|badge(?: no)?",
        ),
        (
            Field.PHOTO,
            "(?:ten )?(?:tep |file )?(?:hinh )?(?:anh|anh the|anh chan dung)|file anh|hinh|(?:photo|image)(?: file| name)?|picture",
        ),
        (Field.NOTE, "ghi chu|chu thich|notes?|remarks?|comments?"),
    )
)
_APART: Final = re.compile(r"[/,;|\n()\[\]:–-]")


@lru_cache(maxsize=4_096)
def meaning(heading: str) -> Field | None:
    """Return what a heading means, as a whole or in one of its languages (``Họ và tên / Full name``); None for anything else."""
    for part in (heading, *_APART.split(heading)):
        words = plain(part)
        for found, pattern in _MEANINGS:
            if pattern.fullmatch(words):
                return found
    return None
