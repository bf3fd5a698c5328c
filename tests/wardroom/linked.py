"""One link to a broker, and what it answers."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.wardroom.wires import CONNACK
from wardroom import dial
from wardroom.bus import Incoming
from wardroom.errors import WardroomError
from wardroom.link import Link
from wardroom.settings import Broker


def ignore(_message: Incoming) -> None:
    """Leave a message unread."""


async def accept(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(CONNACK)


@asynccontextmanager
async def linked(broker: Broker, on_message: Callable[[Incoming], None] = ignore, answer_s: float = 5.0) -> AsyncIterator[Link]:
    client = dial.new_client(broker, "test", clean=True, will=None)
    link = Link(broker=broker, client=client, generation=1, on_message=on_message, answer_s=answer_s)
    try:
        yield link
    finally:
        link.drop("left")


async def refusal(link: Link, error: type[WardroomError], waiting: "asyncio.Future[Any] | None" = None) -> WardroomError:
    with pytest.raises(error) as caught:
        await (waiting or link.open())
    return caught.value
