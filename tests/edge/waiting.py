"""Waiting for something to become true."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable


async def until(condition: Callable[[], bool | Awaitable[bool]], within_s: float = 30.0) -> None:
    """Return when `condition` holds; fail after `within_s` seconds."""
    for _ in range(int(within_s / 0.01)):
        held = condition()
        if (await held) if inspect.isawaitable(held) else held:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"not within {within_s:g} s")
