"""outcome, latency and processes → the demo's report as JSON, and the comparison as sentences."""

from pathlib import Path

import msgspec
from msgspec import Struct

from simulators.congress_truth import Attendance
from simulators.status import ProbeStatus
from simulators.verify import Finding, Outcome
from wardroom import texts
from wardroom.embedded.folders import clear_errors


class Readings(Struct, frozen=True, kw_only=True):
    """All runs that are kept, and the day before the first.

    `generated`: valid readings in the ledgers; `duplicated`: rows no ledger knows; `dead_lettered`: messages that were none.
    """

    generated: int
    committed: int
    missing: int
    duplicated: int
    dead_lettered: int


class Latency(Struct, frozen=True, kw_only=True):
    """Sensor to WebSocket in milliseconds, live readings; None where none was seen."""

    p50: float | None
    p99: float | None


class Process(Struct, frozen=True, kw_only=True):
    """How often a process had to be started again, and the most memory it used."""

    restarts: int
    peak_rss_mb: float


class Report(Struct, frozen=True, kw_only=True):
    """What `wardroom demo --report` writes."""

    readings: Readings
    latency_ms: Latency
    processes: dict[str, Process]
    attendance: Attendance | None = None

    @property
    def right(self) -> bool:
        """Whether nothing is missing and nothing is there twice."""
        return not (self.readings.missing or self.readings.duplicated)


def reported(outcome: Outcome, probe: ProbeStatus | None, processes: dict[str, Process], attendance: Attendance | None = None) -> Report:
    """Return the report; an altered row is a missing reading and a row that nobody recorded."""
    return Report(
        readings=Readings(
            generated=outcome.generated,
            committed=outcome.committed,
            missing=outcome.missing + outcome.altered,
            duplicated=outcome.duplicated + outcome.altered,
            dead_lettered=outcome.dead_lettered,
        ),
        latency_ms=Latency(p50=probe.p50_ms, p99=probe.p99_ms) if probe else Latency(p50=None, p99=None),
        processes=processes,
        attendance=attendance,
    )


def write(report: Report, file: Path) -> None:
    """Write the report, whole or not at all."""
    part = file.with_name(f".{file.name}.part")
    with clear_errors(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
        part.replace(file)


def told(outcome: Outcome, language: str) -> str:
    """Return the comparison as people read it."""
    counts = {name: getattr(outcome, name) for name in Outcome.__dataclass_fields__ if name != "examples"}
    lines = [texts.say("simulators.verify_right" if outcome.right else "simulators.verify_wrong", language, **counts)]
    lines += [texts.say("simulators.verify_example", language, **_places(example)) for example in outcome.examples]
    return "\n".join(lines)


def attended(attendance: Attendance, language: str) -> str:
    """Return the congress's attendance beside the truth as people read it."""
    key = "simulators.attendance_right" if attendance.is_right else "simulators.attendance_wrong"
    return texts.say(key, language, **msgspec.structs.asdict(attendance))


def _places(example: Finding) -> dict[str, object]:
    recorded, stored = ("—" if value is None else value for value in (example.recorded, example.stored))
    return {"series": example.series, "time_us": example.time_us, "recorded": recorded, "stored": stored}
