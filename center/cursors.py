"""where a page ended ↔ an opaque word that goes on from there."""

import base64
import binascii
import json

from wardroom.errors import InvalidMessage

Place = str | int


def cursor(places: list[Place]) -> str:
    """Return the word for these places."""
    return base64.urlsafe_b64encode(json.dumps(places, separators=(",", ":")).encode()).decode().rstrip("=")


def places(word: str | None, kinds: tuple[type[str] | type[int], ...]) -> list[Place] | None:
    """Return the places in `word`, None where there is none; raises InvalidMessage for a word of somebody else's making."""
    if word is None:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise InvalidMessage("center.bad_cursor", value=word[:100]) from error
    if not isinstance(found, list) or [type(place) for place in found] != list(kinds) or any(map(_unfit, found)):
        raise InvalidMessage("center.bad_cursor", value=word[:100])
    return found


def _unfit(place: Place) -> bool:
    """Return whether PostgreSQL could not take it: a text with a zero or half a character, a number beyond bigint."""
    if isinstance(place, str):
        return "\0" in place or any("\ud800" <= letter <= "\udfff" for letter in place)
    return abs(place) >= 2**62
