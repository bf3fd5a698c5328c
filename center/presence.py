"""gateway as known + what it says of itself → gateway as shown: session, heartbeat and statistics stay three facts, never mixed."""

from datetime import datetime
from typing import Final

import msgspec

from wardroom.live import LiveGateway, LiveSite
from wardroom.messages import Birth, Health, Status
from wardroom.topics import Gateway

UNKNOWN: Final = "unknown"


def unheard(gateway: Gateway) -> LiveGateway:
    """Return a gateway of which nothing is known but its name."""
    return LiveGateway(gateway.site, gateway.gateway, gateway.gateway, gateway.gateway, UNKNOWN)


def unnamed(site: str) -> LiveSite:
    """Return a site no birth has described."""
    return LiveSite(site, site, site, UNKNOWN)


def with_status(known: LiveGateway, status: Status, now_us: int) -> LiveGateway:
    """Return the gateway in the session state it says; the same state again changes nothing."""
    if known.state == status.state.value:
        return known
    return msgspec.structs.replace(known, state=status.state.value, state_since_us=now_us)


def with_birth(known: LiveGateway, birth: Birth) -> LiveGateway:
    """Return the gateway under the names it says."""
    return msgspec.structs.replace(known, name_vi=birth.name.vi, name_en=birth.name.en)


def site_of(gateway: Gateway, birth: Birth) -> LiveSite:
    """Return the site as its gateway's birth describes it."""
    return LiveSite(gateway.site, birth.site.name.vi, birth.site.name.en, birth.site.kind.value)


def with_health(known: LiveGateway, health: Health, now_us: int) -> LiveGateway:
    """Return the gateway with its heartbeat as of `now_us`; where no receipt told it its skew, ours is measured on the way."""
    skew_s = health.clock_skew_s
    return msgspec.structs.replace(
        known,
        heartbeat_us=now_us,
        skew_s=round((micros(health.at) - now_us) / 1e6, 3) if skew_s is None else skew_s,
        outbox_packs=health.outbox.packs,
        outbox_bytes=health.outbox.bytes,
        dropped=health.outbox.dropped,
        quarantined=health.outbox.quarantined,
        temperature_c=health.temperature_c,
        disk_free_bytes=health.disk_free_bytes,
    )


def micros(instant: datetime) -> int:
    """Return microseconds since 1970 UTC, exact."""
    whole = instant.replace(microsecond=0)
    return int(whole.timestamp()) * 1_000_000 + instant.microsecond
