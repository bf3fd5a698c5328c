"""The embedded PostgreSQL, as the demo runs it, for a test session."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.databases import DatabaseServer
from tests.servers.places import remove_home, silent
from tests.servers.running import Running
from wardroom.embedded import binaries
from wardroom.embedded.cluster import Cluster
from wardroom.embedded.folders import prepare
from wardroom.embedded.ports import free_port


@contextmanager
def embedded(folder: Path) -> Iterator[tuple[DatabaseServer, Running]]:
    """Run it below `folder`; nothing is left behind."""
    place = prepare(folder / "database", silent)
    try:
        cluster = Cluster(
            place=place,
            programs=binaries.find(place),
            port=free_port(),
            log=folder / "database.log",
            settings={"fsync": "off"},  # a test session's data is thrown away, and whoever kills it does not cut the power
        )
        cluster.create()
        running = Running(cluster.program(), cluster.is_ready, cluster.clear_stale)
        running.start()
        try:
            yield DatabaseServer.provision("postgresql", cluster.psql()), running
        finally:
            running.stop()
    finally:
        remove_home(place)
