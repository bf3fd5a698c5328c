"""A screen as the contract describes it: applies frames, keeps its own trails by the rule of the last value of each minute."""

import msgspec

from wardroom.live import (
    EVENTS_SHOWN,
    TRAIL_MINUTES,
    Delta,
    FromCenter,
    LiveEvent,
    LiveGateway,
    LiveReading,
    LiveSeries,
    LiveSite,
    Snapshot,
)

_decoder: msgspec.json.Decoder[FromCenter] = msgspec.json.Decoder(FromCenter)


class ScreenModel:
    """What a screen would show."""

    def __init__(self) -> None:
        self.seq = -1
        self.snapshots = 0
        self.sites: dict[str, LiveSite] = {}
        self.gateways: dict[tuple[str, str], LiveGateway] = {}
        self.series: dict[int, LiveSeries] = {}
        self.readings: dict[int, LiveReading] = {}
        self.trails: dict[int, dict[int, float]] = {}
        self.events: list[LiveEvent] = []

    def hear(self, text: str) -> FromCenter:
        message = _decoder.decode(text)
        if isinstance(message, Snapshot):
            snapshots = self.snapshots + 1
            self.__init__()  # type: ignore[misc]  # it forgets what it had
            self.snapshots = snapshots
            self._apply(message)
        elif isinstance(message, Delta):
            assert message.since == self.seq, "a delta that does not begin where the screen stands"
            assert message.seq >= message.since
            self._apply(message)
        return message

    def picture(self) -> tuple[object, ...]:
        return (self.seq, self.sites, self.gateways, self.series, self.readings, self.trails, self.events)

    def _apply(self, message: Snapshot | Delta) -> None:
        self.seq = message.seq
        self.sites |= {site.id: site for site in message.sites}
        self.gateways |= {(gateway.site, gateway.id): gateway for gateway in message.gateways}
        self.series |= {series.id: series for series in message.series}
        for reading in message.readings:
            self._read(reading)
        self.events = [*self.events, *message.events][-EVENTS_SHOWN:]

    def _read(self, reading: LiveReading) -> None:
        if reading.trail is not None:
            self.trails[reading.series] = dict(reading.trail)
        minute = min(reading.time_us, reading.received_us) // 60_000_000
        trail = self.trails.setdefault(reading.series, {})
        trail[minute] = reading.value
        self.trails[reading.series] = {at: value for at, value in trail.items() if at > minute - TRAIL_MINUTES}
        self.readings[reading.series] = msgspec.structs.replace(reading, trail=None)
