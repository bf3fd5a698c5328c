"""What the operations centre takes from its configuration."""

from typing import Annotated

from msgspec import Meta, Struct, field

from wardroom.settings import Broker, Database, Listen, Log

Filled = Annotated[str, Meta(min_length=1)]
Cosine = Annotated[float, Meta(ge=0.05, le=0.9)]


class Center(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The operations centre's own settings."""

    web: Annotated[str | None, Meta(description="The built front end's folder; the one shipped with the program if not given.")] = None
    origins: Annotated[
        tuple[str, ...],
        Meta(description="Further origins (https://name:port) whose pages may sign in, beside the address a page was loaded from."),
    ] = ()
    proxies: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses or networks (10.0.0.5, 10.0.0.0/24) of reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are "
            "believed; nobody's if not given."
        ),
    ] = ()
    clients: Annotated[
        int,
        Meta(
            description="The most open connections of browsers and screens; the process needs as many file descriptors.", ge=10, le=100_000
        ),
    ] = 900
    session_hours: Annotated[int, Meta(description="A person is signed out after this long without use.", ge=1, le=24 * 30)] = 12
    attempts: Annotated[int, Meta(description="Failed sign-ins allowed per address within five minutes.", ge=1, le=1_000)] = 10
    connections: Annotated[int, Meta(description="The most connections to the database.", ge=2, le=100)] = 6


class People(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """People who may be recognised: without a key nobody can be enrolled, and all else runs."""

    key: Annotated[
        Filled | None,
        Meta(description="The file of the key of photos and faces (wardroom access people-key FILE), its owner's alone."),
    ] = None
    models: Annotated[Filled, Meta(description="The folder of models (wardroom models).")] = ".wardroom/models"
    engine: Annotated[
        Filled, Meta(description="yunet+sface, yunet+FILE, buffalo_l, or a pack's folder in models: the same as at the gates.")
    ] = "yunet+sface"
    longest: Annotated[int, Meta(description="Pixels of the longer side in which a photo's faces are looked for.", ge=160, le=4_096)] = 640
    threads: Annotated[int, Meta(description="Threads of one model; 0: every core.", ge=0, le=64)] = 1
    threshold: Annotated[
        Cosine | None, Meta(description="The cosine from which two photos are one person, as at the gates; the model's own without.")
    ] = None
    evidence_bytes: Annotated[
        int, Meta(description="What one gateway's best shots may take here; beyond it new ones wait at the gateway.", ge=2**20, le=2**44)
    ] = 2 * 2**30
    evidence_count: Annotated[int, Meta(description="How many of them at most, likewise.", ge=10, le=100_000_000)] = 100_000
    scratch: Annotated[
        Filled | None, Meta(description="The folder in which uploads lie, without a name, until they are used; the system's if not given.")
    ] = None


class Settings(Struct, frozen=True, kw_only=True):
    """The sections `wardroom center` reads."""

    broker: Broker
    database: Database
    listen: Listen
    log: Log = field(default_factory=Log)
    center: Center = field(default_factory=Center)
    people: People = field(default_factory=People)


class AccessSettings(Struct, frozen=True, kw_only=True):
    """The sections `wardroom access` reads: only the way to the database."""

    database: Database
    log: Log = field(default_factory=Log)
