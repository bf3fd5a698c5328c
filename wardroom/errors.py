"""Everything that can go wrong, as one tree; each error is a key of the text catalogue plus the data of its sentence.

WardroomError
├── ConfigError          a setting is missing, unknown or out of bounds
├── InvalidMessage       bytes or values that are no message of ours
│   ├── InvalidTopic     a topic outside the tree of `wardroom.topics`
│   └── PackTooLarge     a pack above the wire limit
├── BrokerError          the broker cannot be used
│   ├── BrokerRefused    it answered and said no (credentials, client id)
│   └── BrokerGone       unreachable, or lost before it acknowledged
├── StorageError         the database or the local store cannot be used
│   ├── StorageGone      unreachable, stopping or starting
│   ├── StorageFull      no space left
│   └── SchemaError      a schema that does not fit this program, or could not be brought to fit
│       └── SchemaNewer  a newer program made it
├── CenterError          the center cannot be used by a gateway
│   ├── CenterRefused    it answered and said no
│   └── CenterGone       unreachable, silent, or not well itself: try again
├── SensorError          a device did not answer, or answered nonsense
├── CameraError          a camera shows no pictures
├── EmbeddedError        an embedded server could not be installed, started or stopped
├── AccessError          signed out, forbidden, or too many attempts
├── CheckInError         an occasion, its parts or somebody who passed: not there, or not as was asked
└── PeopleError          people, consents, photos and faces: not to be had, not allowed, or not to be used
"""

from typing import Protocol, runtime_checkable

from wardroom import legible, texts


@runtime_checkable
class Spoken(Protocol):
    """What says itself in each language: an error in the data of another one."""

    def sentence(self, language: str) -> str:
        """Return its sentence in `language`."""
        ...


class WardroomError(Exception):
    """An error with one clear sentence per language; `str()` gives the English one, for logs.

    `key` names the sentence in `wardroom/texts/`, e.g. ``config.unknown_key``; `data` fills its places.
    """

    def __init__(self, key: str, **data: object) -> None:
        """Keep the key and the data; nothing is rendered before somebody asks."""
        super().__init__(key)
        self.key = key
        self.data = data

    def __str__(self) -> str:
        """Return the English sentence."""
        return self.sentence("en")

    def sentence(self, language: str) -> str:
        """Return the sentence in `language` (``vi`` or ``en``): one line, whatever the data holds."""
        shown = {name: _said(value, language) for name, value in self.data.items()}
        return texts.say(self.key, language, **shown)


class ConfigError(WardroomError):
    """A setting is missing, unknown or out of bounds: the sentence names field, value and fix."""


class InvalidMessage(WardroomError):
    """Bytes or values that are no message of ours; `key` is also the dead letter's reason code."""


class InvalidTopic(InvalidMessage):
    """A topic outside the tree of `wardroom.topics`."""


class PackTooLarge(InvalidMessage):
    """A pack above the wire limit: the broker would drop it silently."""


class BrokerError(WardroomError):
    """The broker cannot be used."""


class BrokerRefused(BrokerError):
    """The broker answered the connection and said no."""


class BrokerGone(BrokerError):
    """The broker is unreachable, or was lost before it acknowledged."""


class StorageError(WardroomError):
    """The database or a local store cannot be used."""


class StorageGone(StorageError):
    """The database is unreachable, stopping or starting: try again."""


class StorageFull(StorageError):
    """There is no space left where the data must go."""


class SchemaError(StorageError):
    """The schema does not fit this program, or could not be brought to fit."""


class SchemaNewer(SchemaError):
    """A newer program made the schema: only that one can use it."""


class CenterError(WardroomError):
    """The center cannot be used by a gateway."""


class CenterRefused(CenterError):
    """The center answered a gateway and said no: the same again will not help."""


class CenterGone(CenterError):
    """The center is unreachable, silent, or not well itself: try again."""


class SensorError(WardroomError):
    """A device did not answer, or answered nonsense."""


class CameraError(WardroomError):
    """A camera shows no pictures; the key's last part is the reason, a `CameraReason`."""


class EmbeddedError(WardroomError):
    """An embedded server could not be installed, started or stopped."""


class CheckInError(WardroomError):
    """An occasion, its lists, gates, delegates, passages: not there, or not in a state for what was asked."""


class AccessError(WardroomError):
    """Signed out, forbidden, or too many attempts."""


class PeopleError(WardroomError):
    """People, consents, photos and faces: not to be had, not allowed, or not to be used."""


def _said(value: object, language: str) -> int | float | str:
    if isinstance(value, int | float):
        return value
    return legible.escaped(value.sentence(language) if isinstance(value, Spoken) else str(value))
