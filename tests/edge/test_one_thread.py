import threading

import pytest

from edge.one_thread import OneThread
from tests.edge.waiting import until


async def test_calls_are_done_in_one_thread_which_ends() -> None:
    with OneThread[threading.Thread]("worker") as thread:
        first, second = await thread.run(threading.current_thread), await thread.run(threading.current_thread)

    assert first is second
    assert first.name == "worker"
    assert first.daemon
    await until(lambda: not first.is_alive())


async def test_what_a_call_raises_is_raised_where_it_is_waited_for_and_the_thread_goes_on() -> None:
    with OneThread[int]("worker") as thread:
        with pytest.raises(ValueError, match="invalid literal"):
            await thread.run(lambda: int("x"))

        assert await thread.run(lambda: 1) == 1
