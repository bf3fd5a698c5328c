"""A gate, what people call it, and the camera that sees it."""

from dataclasses import dataclass

from simulators.arrivals import Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """One of them; `site`, `gateway` and `camera` say whose events are the gate's."""

    gate: Gate
    name: str
    site: str
    gateway: str
    camera: str
