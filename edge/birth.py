"""settings and the boot → what the gateway says of itself: its birth, its status, its last will."""

from collections.abc import Sequence

from edge.settings import Edge, SensorSettings
from edge.wire_clock import instant
from wardroom import __version__, messages
from wardroom.bus import Outgoing
from wardroom.messages import Birth, GatewayState, QuantityDescription, SensorDescription, Status
from wardroom.topics import Gateway


def birth(edge: Edge, sensors: Sequence[SensorSettings], *, boot: str, now_us: int) -> Outgoing:
    """Return the retained birth: who the gateway is and what it measures."""
    described = Birth(
        boot=boot,
        at=instant(now_us),
        software=f"wardroom {__version__}",
        name=edge.name,
        site=edge.site_description,
        sensors=tuple(_description(sensor) for sensor in sensors),
    )
    return Outgoing(Gateway(edge.site, edge.gateway).birth, messages.encode(described), qos=1, retain=True)


def status(gateway: Gateway, state: GatewayState, boot: str) -> Outgoing:
    """Return the retained status; `offline` is the last will's word."""
    return Outgoing(gateway.status, messages.encode(Status(state, boot)), qos=1, retain=True)


def _description(sensor: SensorSettings) -> SensorDescription:
    # a value is silent for at_least_s when it does not change, and a sample may come a period late
    silence_s = min(86_400.0, max(sensor.report.at_least_s, sensor.period_s) + sensor.period_s)
    quantities = tuple(QuantityDescription(quantity.id, quantity.unit, silence_s) for quantity in sensor.quantities)
    return SensorDescription(sensor.id, sensor.name, quantities)
