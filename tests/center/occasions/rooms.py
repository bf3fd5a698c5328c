"""A center's parts on a database, with a key, without a broker and without a server."""

from pathlib import Path

import msgspec

from center.people import vault
from center.room import Room
from center.settings import People
from tests.center.running import pages, settings
from tests.servers.databases import TestDatabase
from wardroom.clock import SystemClock
from wardroom.settings import Broker, Secret


def furnished(database: TestDatabase, folder: Path) -> Room:
    vault.make_key(folder / "people.key")
    broker = Broker(host="127.0.0.1", port=1, username="nobody", password=Secret("x"))
    made = settings(database.center, broker, web=pages(folder / "web"))
    return Room.assemble(msgspec.structs.replace(made, people=People(key=str(folder / "people.key"))), SystemClock())
