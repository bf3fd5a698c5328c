"""One example of each message, made and encoded by the real structs."""

from datetime import UTC, datetime
from typing import Final

from wardroom import messages, senml
from wardroom.topics import Gateway

_GATEWAY: Final = Gateway("vp-ubnd", "gw-1")
_BOOT: Final = "3f9a2c51"
_AT: Final = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
_SENT_US: Final = round(_AT.timestamp()) * 1_000_000

READINGS: Final = senml.encode(
    (
        senml.Reading("air1", "temperature", "Cel", 27.4, _SENT_US - 1_250_000),
        senml.Reading("air1", "humidity", "%RH", 71.0, _SENT_US - 1_250_000),
        senml.Reading("door1", "open", "", 1.0, _SENT_US - 400_000),
    ),
    _SENT_US,
)
EVENT: Final = messages.encode(
    messages.SensorFault(
        id="019aaea4-7f40-7c3d-9b1e-5a2f0c64d801",
        source=_GATEWAY.prefix,
        time=_AT,
        subject="air1",
        data=messages.SensorFaultData("air1", messages.SensorFaultReason.NO_ANSWER, "no answer within 1 s"),
    )
)
STATUS: Final = messages.encode(messages.Status(messages.GatewayState.ONLINE, _BOOT))
BIRTH: Final = messages.encode(
    messages.Birth(
        boot=_BOOT,
        at=_AT,
        software="wardroom 0.1.0",
        name=messages.Name("Cổng trụ sở", "Head office gateway"),
        site=messages.SiteDescription(messages.Name("Trụ sở UBND phường", "Ward head office"), messages.SiteKind.OFFICE),
        sensors=(
            messages.SensorDescription(
                "air1",
                messages.Name("Không khí sảnh", "Lobby air"),
                (messages.QuantityDescription("temperature", "Cel", 60.0), messages.QuantityDescription("humidity", "%RH", 60.0)),
            ),
        ),
    )
)
HEALTH: Final = messages.encode(
    messages.Health(
        boot=_BOOT,
        at=_AT,
        uptime_s=86_400.0,
        outbox=messages.OutboxHealth(packs=2, bytes=1_840, oldest_s=0.4, dropped=0, quarantined=0, resent=1),
        rss_bytes=48_000_000,
        disk_free_bytes=21_000_000_000,
        clock_skew_s=-0.012,
        temperature_c=51.5,
    )
)
RECEIPT: Final = messages.encode(
    messages.Receipt(
        _AT,
        (
            messages.Settled(_BOOT, 118, 121, messages.Outcome.STORED),
            messages.Settled(_BOOT, 122, 122, messages.Outcome.DEAD_LETTERED),
        ),
    )
)
