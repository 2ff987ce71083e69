"""Logs: one JSON line per event where a program reads them, coloured text at a terminal. Keys and people's words stay out."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.format_exc_info,
]


class _JsonLines(logging.Formatter):
    """Records of other libraries as JSON too; ours come rendered."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        if text.startswith("{"):
            return text
        line = {
            "event": text,
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        return orjson.dumps(line).decode()


def configure(given: dict[str, Any]) -> None:
    """Called by Django's set-up with the setting LOGGING: `{"level": "INFO", "json": None}`; json None: not at a terminal."""
    as_json = given.get("json")
    if as_json is None:
        as_json = not sys.stderr.isatty()
    if as_json:
        final: list[Any] = [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_dumped),
        ]
        formatter: logging.Formatter = _JsonLines("%(message)s")
    else:
        final = [structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False), structlog.dev.ConsoleRenderer()]
        formatter = logging.Formatter("%(message)s")
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_SHARED, *final],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("vitrina").setLevel(given.get("level", "INFO"))
    _leave_out_what_no_line_shows()


def _leave_out_what_no_line_shows() -> None:
    """Where a line was written, by which thread and process: half the cost of a record (the logging HOWTO, "Optimization")."""
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def _dumped(event: dict[str, Any], **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
