import asyncio
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from simulators import status
from simulators.folder import Folder
from simulators.panel import Rate, Shown
from simulators.stack import Stack
from simulators.status import FaultNow, FleetStatus, ProbeStatus
from tests.servers.places import silent


@pytest.mark.parametrize(
    ("counts", "per_second"),
    [
        ([], 0.0),
        ([(1.0, 5)], 0.0),  # one count is no rate
        ([(1.0, 5), (3.0, 25)], 10.0),
        ([(1.0, 5), (2.0, None), (3.0, 25)], 10.0),  # it did not say
        ([(1.0, 900), (2.0, 0), (3.0, 20)], 20.0),  # a new process counts from nothing
        ([(float(at), at * 7) for at in range(100)], 7.0),
    ],
)
def test_a_rate_is_the_average_of_the_last_seconds(counts: list[tuple[float, int | None]], per_second: float) -> None:
    rate = Rate()
    for at, count in counts:
        rate.add(at, count)

    assert rate.per_second() == pytest.approx(per_second)


def test_the_panel_shows_what_flows_and_what_is_wrong_on_purpose(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with folder.held():
        kept = folder.prepare(seed=1, wall_port=8080)
        fault = FaultNow("stuck", "tdp-01/gw-1/air")
        status.write(
            folder.state / "fleet.json", FleetStatus(gateways=48, connected=47, sensors=94, recorded=1234, backlog=56, faults=(fault,))
        )
        status.write(folder.state / "probe.json", ProbeStatus(p50_ms=2.55, p99_ms=7.31))
        shown = Shown(Stack(folder, kept, port=8080, announce=silent), "http://127.0.0.1:8080/")
        asyncio.run(shown.look())
    console = Console(width=120, record=True, file=StringIO())
    console.print(shown.drawn())
    drawn = console.export_text()

    for words in ("47 / 48", "1234", "56", "2.5 ms", "7.3 ms", "cảm biến bị kẹt giá trị: tdp-01/gw-1/air", "http://127.0.0.1:8080/"):
        assert words in drawn
