from edge.faults import Fault, Recovery, Truth
from wardroom.messages import SensorFaultReason

SILENT = Fault(SensorFaultReason.NO_ANSWER, "cable")
NONSENSE = Fault(SensorFaultReason.BAD_VALUE, "nan")


def test_a_fault_and_its_recovery_are_told_once() -> None:
    truth = Truth(None)

    assert truth.answered({"t": 1.0}, 0.0) is None
    assert truth.failed(SILENT, 10.0) == SILENT
    assert truth.failed(SILENT, 11.0) is None
    assert truth.at_fault
    assert truth.answered({"t": 1.0}, 25.0) == Recovery(15.0)
    assert truth.answered({"t": 1.0}, 26.0) is None
    assert not truth.at_fault


def test_another_reason_is_news_and_the_fault_lasts_from_the_first() -> None:
    truth = Truth(None)

    assert truth.failed(SILENT, 10.0) == SILENT
    assert truth.failed(NONSENSE, 20.0) == NONSENSE
    assert truth.answered({"t": 1.0}, 25.0) == Recovery(15.0)


def test_a_sensor_none_of_whose_values_moves_is_stuck_until_one_does() -> None:
    truth = Truth(stuck_after_s=30.0)

    assert truth.answered({"t": 1.0, "h": 50.0}, 0.0) is None
    assert truth.answered({"t": 1.0, "h": 51.0}, 20.0) is None
    assert truth.answered({"t": 1.0, "h": 51.0}, 49.0) is None
    assert truth.answered({"t": 1.0, "h": 51.0}, 50.0) == Fault(SensorFaultReason.STUCK, "unchanged for 30 s")
    assert truth.answered({"t": 1.0, "h": 51.0}, 60.0) is None
    assert truth.answered({"t": 1.1, "h": 51.0}, 70.0) == Recovery(20.0)


def test_without_a_limit_nothing_is_ever_stuck() -> None:
    truth = Truth(None)

    assert [truth.answered({"t": 1.0}, hour * 3_600.0) for hour in range(100)] == [None] * 100


def test_a_stuck_sensor_that_falls_silent_and_answers_the_same_again_is_stuck_again() -> None:
    truth = Truth(stuck_after_s=30.0)
    truth.answered({"t": 1.0}, 0.0)

    assert truth.answered({"t": 1.0}, 30.0) is not None
    assert truth.failed(SILENT, 40.0) == SILENT
    assert truth.answered({"t": 1.0}, 50.0) == Fault(SensorFaultReason.STUCK, "unchanged for 50 s")


def test_a_fault_that_stood_before_a_restart_is_not_told_again_and_is_taken_back_once() -> None:
    truth = Truth(None, reason=SensorFaultReason.NO_ANSWER, fault_at=-100.0)

    assert truth.failed(SILENT, 1.0) is None
    assert truth.answered({"t": 1.0}, 5.0) == Recovery(105.0)
    assert truth.answered({"t": 1.0}, 6.0) is None
