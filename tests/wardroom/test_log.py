import io
import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from wardroom import log
from wardroom.settings import Log, Secret


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    logging.getLogger("psycopg").setLevel(logging.NOTSET)


def written(settings: Log) -> tuple[io.StringIO, structlog.typing.FilteringBoundLogger]:
    stream = io.StringIO()
    log.configure(settings, stream)
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger("edge.app")
    return stream, logger


def test_json_lines_carry_event_level_time_and_data() -> None:
    stream, logger = written(Log(format="json"))
    logger.info("pack sent", seq=7, place="Vân Phong")

    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"], line["seq"], line["logger"]) == ("pack sent", "info", 7, "edge.app")
    assert line["timestamp"].endswith("Z")
    assert "Vân Phong" in stream.getvalue()


@pytest.mark.parametrize("kind", ["json", "console"])
def test_secrets_never_appear(kind: str) -> None:
    stream, logger = written(Log(format="json" if kind == "json" else "console"))
    logger.info("signed in", password="sesame-1", wall_token="sesame-2", Authorization="Bearer sesame-3", given=Secret("sesame-4"))

    assert "signed in" in stream.getvalue()
    assert "sesame" not in stream.getvalue()
    assert "••••" in stream.getvalue()


@pytest.mark.parametrize("kind", ["json", "console"])
def test_a_traceback_holds_no_local_values(kind: str) -> None:
    stream, logger = written(Log(format="json" if kind == "json" else "console"))

    def stumble() -> None:
        hidden = "sesame"
        raise ZeroDivisionError(len(hidden))

    try:
        stumble()
    except ZeroDivisionError:
        logger.exception("stumbled")

    assert "ZeroDivisionError" in stream.getvalue()
    assert "in stumble" in stream.getvalue()
    assert "'sesame'" not in stream.getvalue()


def test_the_standard_librarys_logging_comes_the_same_way_and_below_the_level_nothing_does() -> None:
    stream, logger = written(Log(level="warning", format="json"))
    logging.getLogger("asyncio").warning("slow %s", "callback")
    logging.getLogger("asyncio").info("quiet")
    logger.info("quiet")

    line = json.loads(stream.getvalue())
    assert (line["event"], line["level"], line["logger"]) == ("slow callback", "warning", "asyncio")


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


def test_colours_are_for_terminals_only() -> None:
    terminal = Terminal()
    log.configure(Log(), terminal)
    structlog.get_logger().info("hello")
    stream, logger = written(Log())
    logger.info("hello")

    assert "\x1b[" in terminal.getvalue()
    assert "\x1b[" not in stream.getvalue()


@pytest.mark.parametrize(("level", "speaks"), [("info", False), ("debug", True)])
def test_a_driver_s_warnings_are_heard_only_where_everything_is(level: Literal["info", "debug"], *, speaks: bool) -> None:
    stream, _ = written(Log(level=level))
    logging.getLogger("psycopg.pool").warning("discarding broken connection")
    logging.getLogger("psycopg").error("worse")

    assert ("discarding" in stream.getvalue()) is speaks
    assert "worse" in stream.getvalue()
