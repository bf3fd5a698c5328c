import json

from tests.promises import summary


def test_rounds_are_one_row_and_a_verdict_is_told_in_full() -> None:
    none = dict.fromkeys(("missing", "duplicated", "altered", "in_doubt", "lost", "gaps"), 0)
    verdict = {"generated": 3_000, "committed": 3_000} | none
    notes = [
        {"promise": "kills", "seed": 1, "full": True, "round": 1, "killed": ["ingest"], "recovery_s": 1.5},
        {"promise": "kills", "seed": 1, "full": True, "round": 2, "killed": ["broker"], "recovery_s": None},
        {"promise": "kills", "seed": 1, "full": True, "round": 3, "killed": ["center"], "recovery_s": 9.5},
        {"promise": "kills", "seed": 1, "full": True, "rounds": 3, **verdict, "memory_mib": {"ingest": [40.0, 52.5], "center": [50, 51]}},
        {"promise": "mosquitto queues", "seed": 1, "full": True, "acknowledged": 3_000, "received": 1_000},
    ]

    assert list(summary.rows("\n".join(map(json.dumps, notes)))) == [
        ("kills", "recovery", "2 times, median 9.5 s, longest 9.5 s"),
        (
            "kills",
            "ledger = table",
            "3,000 generated, 3,000 committed, 0 missing, 0 duplicated, 0 altered, 0 in doubt, 0 lost, 0 gaps",
        ),
        ("kills", "memory", "grew most: ingest, by 12.5 MiB"),
        ("kills", "also", "rounds 3"),
        ("mosquitto queues", "also", "acknowledged 3000, received 1000"),
    ]


def test_an_empty_report_has_no_rows() -> None:
    assert list(summary.rows("")) == []
