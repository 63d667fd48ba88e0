"""Logs: one JSON object per line on stderr, without personal data.

An exception is logged by its type and the places it passed, never by its message: a database's
message quotes the row it refused.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
from datetime import UTC, datetime
from typing import Any

_USUAL = set(vars(logging.makeLogRecord({}))) | {"message", "request", "taskName", "color_message"}


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; what was given as `extra` becomes keys."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update((name, value) for name, value in vars(record).items() if name not in _USUAL)
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["trace"] = [f"{frame.name}:{frame.lineno}" for frame in frames]
        return json.dumps(line, ensure_ascii=False, default=str)


def log_level() -> str:
    """HUIKUAN_LOG_LEVEL; warnings only by default, so that commands stay quiet."""
    return os.environ.get("HUIKUAN_LOG_LEVEL", "warning")


def logging_config(level: str) -> dict[str, Any]:
    """Django's LOGGING for `level` (debug, info, warning, error)."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "huikuan.shell.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # Its messages name who tried to log in, from where.
            "axes": {"level": "CRITICAL"},
            "_granian": {"handlers": [], "propagate": True, "level": level.upper()},
        },
    }
