"""what a gateway must know to decide alone at its gates ↔ JSON: its occasions, its gates, and everybody who may come.

The center makes one for each gateway; `version` is the digest of all the rest, so that equal lists have equal versions whoever made them.
"""

from datetime import datetime
from hashlib import sha256
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from wardroom.errors import InvalidMessage

GATES: Final = 64
"""Most gates of one gateway."""
DELEGATES: Final = 50_000
"""Most delegates of one gateway's occasions."""
_Text = Annotated[str, Meta(max_length=2_000)]
_Key = Annotated[str, Meta(max_length=64)]
_Instant = Annotated[datetime, Meta(tz=True)]


class Theme(Struct, frozen=True, kw_only=True):
    """How an occasion's welcome screens look and speak. `emblem`: a picture as a ``data:`` address."""

    background: _Text = "#7a0c12"
    ink: _Text = "#fff8e1"
    accent: _Text = "#ffd54a"
    emblem: Annotated[str, Meta(max_length=96_000)] | None = None
    heading: _Text = ""
    greeting: _Text = "Trân trọng chào mừng Đại biểu"
    idle: _Text = "Kính chào quý đại biểu"


class ListedOccasion(Struct, frozen=True, kw_only=True):
    """An occasion in rehearsal, or open since `opened`: what was seen before that counts no longer."""

    id: _Key
    name: _Text
    state: Annotated[str, Meta(max_length=20)]
    place: _Text = ""
    starts: _Instant | None = None
    ends: _Instant | None = None
    opened: _Instant | None = None
    theme: Theme = Theme()


class ListedGate(Struct, frozen=True, kw_only=True):
    """A gate of this gateway; `camera` None: only its screen is here.

    `starts`, `ends`: when its list is held, else its occasion; `rehearsal`: what it counts is erased before the occasion opens.
    """

    id: _Key
    name: _Text
    occasion: _Key
    list: _Key
    direction: Annotated[str, Meta(pattern=r"^(in|out)$")]
    camera: _Key | None = None
    rehearsal: bool = False
    starts: _Instant | None = None
    ends: _Instant | None = None


class ListedDelegate(Struct, frozen=True, kw_only=True):
    """Somebody who may come. `person`: as the gallery calls them; `badge`: SHA-256 of the text of their QR code, in hexadecimal.

    `lists`: which of them they are on; `revoked`, `consent_withdrawn`: since when.
    """

    id: _Key
    occasion: _Key
    person: _Key | None = None
    title: _Text = ""
    name: _Text
    position: _Text = ""
    unit: _Text = ""
    seat: _Text = ""
    badge: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")] | None = None
    lists: tuple[_Key, ...] = ()
    revoked: _Instant | None = None
    consent_withdrawn: _Instant | None = None


class GateList(Struct, frozen=True, kw_only=True):
    """All of it."""

    version: Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?$")] = ""
    occasions: Annotated[tuple[ListedOccasion, ...], Meta(max_length=GATES)] = ()
    gates: Annotated[tuple[ListedGate, ...], Meta(max_length=GATES)] = ()
    delegates: Annotated[tuple[ListedDelegate, ...], Meta(max_length=DELEGATES)] = ()


NOTHING: Final = GateList()


def sealed(listed: GateList) -> GateList:
    """Return the list with its version."""
    bare = msgspec.structs.replace(listed, version="")
    return msgspec.structs.replace(bare, version=sha256(encoded(bare)).hexdigest())


def encoded(listed: GateList) -> bytes:
    """Return the list as JSON."""
    return msgspec.json.encode(listed)


def decoded(data: bytes) -> GateList:
    """Return the list that `data` is; raises InvalidMessage where it is none: without its version too, such as somebody else's JSON."""
    try:
        listed = msgspec.json.decode(data, type=GateList)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidMessage("gates.bad_list", detail=str(error)) from error
    if not listed.version:
        raise InvalidMessage("gates.bad_list", detail="no version")
    return listed
