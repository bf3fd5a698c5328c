import pytest

from edge.resend import Budget, Policy, Resends
from wardroom.messages import Outcome, Settled


def resends(*, limit: int = 3, watched: int = 10, backlog: int = 0, chance: float = 0.5) -> Resends:
    return Resends(Policy(first_s=5.0, last_s=300.0, limit=limit), boot="b", backlog_upto=backlog, chance=lambda: chance, watched=watched)


def settled(first: int, last: int, boot: str = "b") -> list[Settled]:
    return [Settled(boot, first, last, Outcome.STORED)]


def ids(waiting: Resends, now: float) -> list[int]:
    return [one.id for one in waiting.due(now)]


def during(waiting: Resends, now: float, until: float) -> list[tuple[float, int]]:
    """Send again whatever is due, as soon as it is due; return (when, which)."""
    again = []
    while (due := waiting.next_due()) is not None and max(due, now) <= until:
        now = max(due, now)
        for one in waiting.due(now):
            again.append((now, one.id))
            waiting.sent(one.id, one.boot, one.seq, now)
    return again


def test_the_waits_double_from_five_seconds_to_five_minutes() -> None:
    waiting = resends()
    now, waits = 0.0, []
    for _ in range(10):
        waiting.sent(1, "b", 1, now)
        due = waiting.next_due()
        assert due is not None
        waits.append(due - now)
        now = due

    assert waits == [5, 10, 20, 40, 80, 160, 300, 300, 300, 300]


@pytest.mark.parametrize(("chance", "wait"), [(0.0, 3.75), (0.5, 5.0), (1.0, 6.25)])
def test_a_wait_is_blurred_by_a_quarter_each_way(chance: float, wait: float) -> None:
    waiting = resends(chance=chance)
    waiting.sent(1, "b", 1, 0.0)

    assert waiting.next_due() == wait


def test_due_packs_come_oldest_first_and_receipted_ones_never() -> None:
    waiting = resends()
    for pack in (3, 1, 2, 4):
        waiting.sent(pack, "b", pack, 0.0)
    waiting.settled(settled(2, 3), 1.0)

    assert ids(waiting, 5.9) == []
    assert ids(waiting, 6.0) == [1, 4]


def test_a_range_far_wider_than_what_is_watched_settles_only_its_boot() -> None:
    waiting = resends()
    waiting.sent(1, "old", 1, 0.0)
    waiting.sent(2, "b", 2, 0.0)
    waiting.settled(settled(0, 2**50), 1.0)

    assert ids(waiting, 9.0) == [1]


def test_a_pack_is_condemned_after_its_resends_while_others_get_receipts() -> None:
    waiting = resends(limit=3)
    now = 0.0
    for resent in range(4):
        waiting.sent(1, "b", 1, now)
        assert not waiting.condemned(waiting.due(now + 1_000)[0])
        waiting.settled(settled(50 + resent, 50 + resent), now + 1)
        assert waiting.condemned(waiting.due(now + 1_000)[0]) == (resent == 3)
        now += 1_000


def test_a_silent_ingest_condemns_nobody() -> None:
    waiting = resends(limit=3)
    waiting.settled(settled(90, 90), -1.0)
    for now in range(100):
        waiting.sent(1, "b", 1, now * 1_000.0)
        assert not waiting.condemned(waiting.due(now * 1_000.0 + 500)[0])


def test_backlog_that_was_not_sent_yet_is_not_condemned_by_receipts_for_others() -> None:
    waiting = resends(limit=1, backlog=1)
    waiting.bring_in([(1, "old", 1)], upto=1, now=0.0)
    waiting.settled(settled(5, 5), 1.0)
    waiting.settled(settled(6, 6), 2.0)

    assert not waiting.condemned(waiting.due(3.0)[0])


def test_after_a_reconnect_nothing_is_sent_again_before_the_first_wait() -> None:
    waiting = resends()
    for pack in range(5):
        waiting.sent(pack, "b", pack, 0.0)
    waiting.settled(settled(99, 99), 1.0)
    waiting.reconnected(100.0)

    assert ids(waiting, 104.9) == []
    assert len(ids(waiting, 105.0)) == 5


def test_on_a_line_that_is_never_up_for_a_whole_wait_what_was_lost_is_sent_again_all_the_same() -> None:
    waiting = resends()
    waiting.sent(1, "b", 1, 0.0)
    again = []
    for connection in range(1, 6):
        now = 10.0 * connection
        waiting.reconnected(now)
        waiting.sent(connection + 1, "b", connection + 1, now + 1)
        waiting.settled(settled(connection + 1, connection + 1), now + 1.1)
        again += [(connection, pack) for pack in ids(waiting, now + 3)]

    assert again[0] == (2, 1)


def test_what_earlier_boots_left_is_due_at_once_and_brought_in_by_portions() -> None:
    waiting = resends(watched=4, backlog=100)

    assert waiting.room == 4
    waiting.bring_in([(10, "old", 0), (20, "old", 1), (30, "old", 2), (40, "old", 3)], upto=40, now=7.0)
    assert ids(waiting, 7.0) == [10, 20, 30, 40]
    assert waiting.room == 0
    waiting.settled(settled(0, 1, "old"), 8.0)
    assert (waiting.room, waiting.backlog_after, waiting.backlog_upto) == (2, 40, 100)
    waiting.bring_in([(50, "old", 4)], upto=100, now=9.0)
    waiting.settled(settled(2, 4, "old"), 10.0)
    assert (waiting.room, len(waiting)) == (0, 0)


def test_what_finds_no_place_becomes_backlog_and_memory_stays_bounded() -> None:
    waiting = resends(watched=4)
    for pack in range(1, 1_001):
        waiting.sent(pack, "b", pack, 0.0)

    assert len(waiting) == 4
    assert (waiting.backlog_after, waiting.backlog_upto) == (4, 1_000)
    waiting.settled(settled(1, 500), 1.0)
    assert waiting.room == 4
    waiting.bring_in([(pack, "b", pack) for pack in range(501, 505)], upto=504, now=2.0)
    assert waiting.backlog_after == 504
    assert ids(waiting, 5.9) == []  # they were sent once, and answers may still come
    assert ids(waiting, 6.0) == [501, 502, 503, 504]


def test_a_pack_that_is_watched_already_is_not_brought_in_twice() -> None:
    waiting = resends(watched=4, backlog=2)
    waiting.sent(2, "b", 2, 0.0)
    waiting.bring_in([(1, "b", 1), (2, "b", 2)], upto=2, now=1.0)

    assert ids(waiting, 1.0) == [1]


def test_a_pack_that_was_put_off_or_receipted_is_not_due_any_more() -> None:
    waiting = resends()
    waiting.sent(1, "b", 1, 0.0)
    waiting.sent(2, "b", 2, 0.0)
    waiting.settled(settled(99, 99), 1.0)
    first, second = waiting.due(6.0)
    assert waiting.is_due(first, 6.0)
    waiting.forget(first)
    waiting.reconnected(6.0)

    assert not waiting.is_due(first, 6.0)
    assert not waiting.is_due(second, 6.0)


def test_while_nothing_is_answered_one_pack_at_a_time_is_tried_with_growing_waits() -> None:
    waiting = resends(watched=1_000)
    for pack in range(600):
        waiting.sent(pack, "b", pack, float(pack))
    tried = during(waiting, 600.0, 1_200.0)

    assert [pack for _, pack in tried] == [0, 1, 2, 3, 4, 5]
    assert [now for now, _ in tried] == [600, 610, 630, 670, 750, 910]


def test_a_pack_nobody_answers_does_not_keep_others_from_being_tried() -> None:
    waiting = resends()
    for pack in range(3):
        waiting.sent(pack, "b", pack, 0.0)

    assert [pack for _, pack in during(waiting, 0.0, 1_000.0)][:6] == [0, 1, 2, 0, 1, 2]


def test_a_queue_that_is_worked_through_in_its_order_makes_nothing_go_twice() -> None:
    waiting = resends(watched=1_000)
    for pack in range(600):
        waiting.sent(pack, "b", pack, float(pack))
    for pack in range(600):  # ingest returns, and needs a minute
        now = 700.0 + pack / 10
        assert ids(waiting, now) == [] if pack else [0]
        waiting.settled(settled(pack, pack), now)

    assert len(waiting) == 0


def test_answers_to_resends_do_not_hold_up_the_other_resends() -> None:
    waiting = resends(watched=100)
    for pack in range(50):
        waiting.sent(pack, "b", pack, 0.0)
    waiting.sent(0, "b", 0, 5.0)
    waiting.settled(settled(0, 0), 5.1)
    for pack in range(1, 50):
        assert ids(waiting, 10.1)[0] == pack
        waiting.sent(pack, "b", pack, 10.1)
        waiting.settled(settled(pack, pack), 10.1)


def test_a_pack_is_sent_again_once_later_ones_are_answered_and_those_a_first_wait_ago() -> None:
    waiting = resends(watched=100)
    due = {}
    for pack in range(30):
        waiting.sent(pack, "b", pack, float(pack))
        if pack != 3:
            waiting.settled(settled(pack, pack), pack + 0.1)
        due[pack] = ids(waiting, pack + 0.2)

    assert due[7] == []
    assert next(pack for pack, found in due.items() if found) <= 3 + 2 * 5
    assert due[29] == [3]


def test_what_finds_no_place_during_an_outage_does_not_keep_the_watched_from_being_passed_over() -> None:
    waiting = resends(watched=10)
    for pack in range(100):
        waiting.sent(pack, "b", pack, float(pack))
    for pack in range(100, 115):  # everything sent before was lost, and what is new is answered without a pause
        waiting.sent(pack, "b", pack, float(pack))
        waiting.settled(settled(pack, pack), pack + 0.1)

    assert ids(waiting, 115.0) == list(range(10))


def test_what_was_put_off_is_backlog_that_was_not_sent() -> None:
    waiting = resends(watched=10)
    waiting.sent(1, "b", 1, 0.0)
    waiting.put_off(1, 500)

    assert (waiting.backlog_after, waiting.backlog_upto) == (1, 500)
    waiting.bring_in([(2, "b", 2), (3, "b", 3)], upto=3, now=1.0)
    assert ids(waiting, 1.0) == [2, 3]


def test_what_was_sent_and_found_no_place_is_not_sent_at_once_for_packs_that_were_put_off_after_it() -> None:
    waiting = resends(watched=2)
    for pack in range(1, 6):
        waiting.sent(pack, "b", pack, 0.0)
    waiting.put_off(5, 7)
    waiting.settled(settled(1, 2), 1.0)
    waiting.bring_in([(pack, "b", pack) for pack in range(3, 8)], upto=7, now=2.0)

    assert ids(waiting, 2.0) == [6, 7]


def test_the_budget_lets_what_was_saved_through_and_then_the_rate() -> None:
    budget = Budget(1_000, now=0.0)
    sent_at, now = [], 0.0
    for _ in range(5):
        now += budget.wait_s(now)
        sent_at.append(now)
        budget.spend(100)

    assert sent_at == pytest.approx([0.0, 0.0, 0.1, 0.2, 0.3])


def test_saved_budget_is_no_more_than_a_tenth_of_a_second_s_worth() -> None:
    budget = Budget(1_000, now=0.0)

    assert budget.wait_s(3_600.0) == 0.0
    budget.spend(2_500)
    assert budget.wait_s(3_600.0) == pytest.approx(2.4)
