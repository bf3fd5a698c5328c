"""``python -m tests.promises.fuzz DECODER RUNS SEED FOLDER`` → a coverage-guided fuzzer on one decoder, ending at the first surprise.

In a process of its own: it instruments what it imports, and never returns. Its corpus begins with what `tests.promises.hostile` makes of
the seed.
"""

import sys
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["wardroom", "ingest", "edge", "center"]):
    from tests.promises import hostile
    from tests.promises.decoders import DECODERS


def corpus(name: str, seed: int, folder: Path) -> None:
    """Write the first inputs."""
    random = Random(seed)
    for number in range(300):
        topic, payload = hostile.message(random)
        data = {"ingest": topic.encode(errors="replace") + b"\n" + payload, "topic": topic.encode(errors="replace")}.get(name, payload)
        if name == "settings":
            data = hostile.toml(random).encode(errors="replace")
        (folder / f"{number:03}").write_bytes(data[:4_096])


def main() -> None:
    """Fuzz until the runs are done."""
    name, runs, seed, place = sys.argv[1:]
    folder = Path(place)
    corpus(name, int(seed), folder)
    decoder = DECODERS[name]
    options = [sys.argv[0], f"-atheris_runs={runs}", f"-runs={runs}", f"-seed={seed}", "-max_len=4096", "-timeout=20", "-rss_limit_mb=0"]
    atheris.Setup([*options, f"-artifact_prefix={folder}/", str(folder)], decoder)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
