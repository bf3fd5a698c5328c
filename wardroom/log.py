"""events with data → one line each on standard error, as JSON or for people; standard logging is bridged, secrets never appear."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog

from wardroom.settings import Log

_MASK: Final = "••••"
_TALKATIVE: Final = ("psycopg",)
"""Drivers that warn of every connection that breaks; the services say once what it means. At `debug` they may speak."""
_SECRET_WORDS: Final = ("password", "secret", "token", "authorization", "cookie")


def configure(log: Log, stream: TextIO | None = None) -> None:
    """Set up structlog and the standard library's logging to write to `stream` (standard error if None)."""
    level = logging.getLevelNamesMapping()[log.level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask,
    ]
    last: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
        if log.format == "json"
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    target = stream or sys.stderr
    if log.format == "console" and not target.isatty():
        last = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR if level > logging.DEBUG else level)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def mask(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide whatever is named like a secret; `Secret` hides itself."""
    for key in event:
        if any(word in key.lower() for word in _SECRET_WORDS):
            event[key] = _MASK
    return event
