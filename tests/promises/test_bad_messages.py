"""A bad message hurts nobody, where it is decoded: whatever the bytes, they are a message, or refused with a reason people can read.

Three ways to find the bytes: a seeded mixture of everything known to hurt a decoder, Hypothesis, and a fuzzer that follows the coverage.
"""

import re
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.promises import hostile
from tests.promises.decoders import DECODERS, message, settings_file
from tests.promises.scale import FULL, SEED, note

ROOT = Path(__file__).parents[2]
MESSAGES = 400_000 if FULL else 2_000
FILES = 40_000 if FULL else 300
RUNS = {name: (20_000 if name == "settings" else 150_000) if FULL else 0 for name in DECODERS}
SHORT_RUNS = 3_000
EXAMPLES = 20_000 if FULL else 100


@pytest.mark.timeout(1_800)
def test_hostile_messages_are_refused_with_a_reason() -> None:
    random = Random(SEED)
    good = sum(message(*hostile.message(random)) for _ in range(MESSAGES))
    note("bad messages: seeded", inputs=MESSAGES, good=good)
    assert 0 < good < MESSAGES // 2


@pytest.mark.timeout(1_800)
def test_hostile_settings_are_refused_with_a_reason() -> None:
    random = Random(SEED)
    for _ in range(FILES):
        settings_file(hostile.toml(random).encode(errors="surrogatepass"))
    note("bad settings: seeded", inputs=FILES)


@pytest.mark.timeout(1_800)
@hypothesis_settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(hostile.TOPICS) | st.text(), st.binary(max_size=400))
def test_any_topic_and_bytes_are_a_message_or_refused(topic: str, payload: bytes) -> None:
    message(topic, payload)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(hostile.FIELDS), inner, max_size=5),
    max_leaves=12,
)


@pytest.mark.timeout(1_800)
@hypothesis_settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(sorted(DECODERS)), JSON)
def test_any_json_is_a_message_or_refused(name: str, value: object) -> None:
    DECODERS[name](repr(value).replace("'", '"').encode(errors="surrogatepass"))


@pytest.mark.processes
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("name", sorted(DECODERS) if FULL else ["ingest", "event"])
def test_a_fuzzer_that_follows_the_coverage_finds_nothing(name: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="may be skipped: atheris has no wheel for this Python")
    runs = RUNS[name] or SHORT_RUNS
    command = (sys.executable, "-m", "tests.promises.fuzz", name, str(runs), str(SEED), str(tmp_path))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=3_500, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said[-4_000:]
    found = re.search(r"^Done (\d+) (?:runs )?in", said, re.MULTILINE)
    assert found, said[-2_000:]
    covered = re.findall(r"cov: (\d+)", said)
    note(f"bad messages: fuzzer on {name}", inputs=int(found[1]), coverage=int(covered[-1]))
    assert int(found[1]) >= runs
    assert int(covered[-1]) > 5
