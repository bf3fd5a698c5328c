"""``python -m tests.promises [PYTEST-OPTION …]`` → every promise broken in full, and a summary; the report is chaos/report.jsonl.

The wall that lost its connection for five minutes is among them, though it stands with the journeys: it needs a browser.

The environment's ``SEED`` (1 if not given) seeds everything; the exit status is pytest's.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from tests.promises import summary

ROOT: Final = Path(__file__).parents[2]
OUT: Final = ROOT / "chaos"
BROKEN: Final = (str(Path(__file__).parent), str(ROOT / "tests" / "journeys" / "test_connection.py"))


def main() -> int:
    """Run the tests of this folder in their long form and tell what they noted."""
    seed = os.environ.get("SEED") or "1"
    report = OUT / "report.jsonl"
    OUT.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    environment = os.environ | {"WARDROOM_CHAOS": "full", "WARDROOM_CHAOS_SEED": seed, "WARDROOM_CHAOS_REPORT": str(report)}
    command = (sys.executable, "-m", "pytest", *BROKEN, *sys.argv[1:])
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    table = Table("promise", "what", "figures", title=f"seed {seed}")
    for row in summary.rows(report.read_text(encoding="utf-8") if report.exists() else ""):
        table.add_row(*row)
    Console().print(table)
    return status


sys.exit(main())
