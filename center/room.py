"""settings → the center's parts, put together once; constructors only assign, `center.app` brings them to life."""

from dataclasses import dataclass
from typing import Final, Self

import uuid6

from center.access import Access
from center.attempts import Attempts
from center.directory import Directory
from center.feed import SUBSCRIPTIONS, Feed
from center.gateways.evidence import Evidence
from center.gateways.galleries import Galleries
from center.gateways.quota import Quota
from center.gateways.rosters import Rosters
from center.hub import Hub
from center.live import Screens
from center.mending import Mending
from center.occasions.checkin import CheckIn
from center.occasions.strangers import Strangers
from center.papers.imports import Imports
from center.papers.printing import Printing
from center.people import vault
from center.people.audit import Audit
from center.people.eyes import Eyes
from center.people.gallery import Faces
from center.people.office import People
from center.people.tools import Tools
from center.people.vault import Vault
from center.screen import PACE, Pace
from center.settings import Settings
from center.store.accounts import Accounts
from center.store.database import Database
from center.store.history import History
from center.store.lists import Lists
from center.store.pictures import Pictures
from center.uploads import Uploads
from wardroom.bus import Incoming, Session
from wardroom.clock import Clock

CLIENT_ID: Final = "center"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """All parts, for the routes and the life cycle."""

    settings: Settings
    clock: Clock
    hub: Hub
    directory: Directory
    feed: Feed
    screens: Screens
    database: Database
    mending: Mending
    access: Access
    rosters: Rosters
    galleries: Galleries
    evidence: Evidence
    lists: Lists
    history: History
    session: Session
    vault: Vault
    audit: Audit
    checkin: CheckIn
    uploads: Uploads
    people: People
    imports: Imports
    printing: Printing

    @classmethod
    def assemble(cls, settings: Settings, clock: Clock, *, pace: Pace = PACE, eyes: Eyes | None = None) -> Self:
        """Put the parts together; raises ConfigError for a key file that is none. `eyes`: another center's, to open the engine once."""
        boot = str(uuid6.uuid7())
        hub, directory = Hub(boot), Directory()
        database = Database(settings.database, connections=settings.center.connections)
        safe, audit = vault.opened(settings.people.key), Audit(database)
        uploads = Uploads(settings.people.scratch, clock)
        tools = Tools(database=database, vault=safe, audit=audit, uploads=uploads, clock=clock)
        people, rosters = People.assemble(settings.people, tools, hub.forget, eyes=eyes), Rosters(database)
        checkin = CheckIn.assemble(tools, hub=hub, album=people.photos, threshold=settings.people.threshold)
        quota = Quota(database, clock, most_bytes=settings.people.evidence_bytes, most=settings.people.evidence_count)
        feed = Feed(hub=hub, directory=directory, clock=clock, on_event=checkin.arrivals.take)
        return cls(
            settings=settings,
            clock=clock,
            hub=hub,
            directory=directory,
            feed=feed,
            screens=Screens(hub=hub, clock=clock, pace=pace),
            database=database,
            mending=Mending(hub=hub, directory=directory, pictures=Pictures(database), clock=clock),
            access=Access(
                accounts=Accounts(database, session_hours=settings.center.session_hours),
                attempts=Attempts(allowed=settings.center.attempts, clock=clock),
                clock=clock,
            ),
            rosters=rosters,
            galleries=Galleries(people.faces, rosters, audit),
            evidence=Evidence(checkin.shots, tools, quota, eyes=people.eyes, seen=checkin.strangers.seen),
            lists=Lists(database),
            history=History(database, clock),
            session=_session(settings, feed, boot),
            vault=safe,
            audit=audit,
            checkin=checkin,
            uploads=uploads,
            people=people,
            imports=Imports(database=database, audit=audit, vault=safe, uploads=uploads, clock=clock, scratch=settings.people.scratch),
            printing=Printing(tools, web=settings.center.web, scratch=settings.people.scratch),
        )

    @property
    def faces(self) -> Faces:
        """Return everybody's faces, which the gates' galleries are made from."""
        return self.people.faces

    @property
    def strangers(self) -> Strangers:
        """Who is told of best shots that came."""
        return self.checkin.strangers

    def fault(self) -> str | None:
        """Return why this center is not whole at the moment, None where it is."""
        if not self.mending.loaded.is_set():
            return "database: the picture is not loaded yet"
        if not self.database.reachable:
            return "database: cannot be reached"
        if self.vault.foreign:
            return "people: people.key is not the key that people were sealed with"
        return None if self.session.connected else "broker: not connected"


def _session(settings: Settings, feed: Feed, boot: str) -> Session:
    """Return the MQTT session; each message is acknowledged once it is in the hub, which is at once."""

    def taken(incoming: Incoming) -> None:
        feed.take(incoming)
        session.acknowledge(incoming)

    session = Session(broker=settings.broker, client_id=f"{CLIENT_ID}-{boot}", on_message=taken, subscriptions=SUBSCRIPTIONS)
    return session
