"""Logs: one JSON object per line on stderr, without personal data; for a person at a terminal, a line to read.

An exception is logged by its type and the places it passed, never by its message: a database's
message quotes the row it refused. What Django says of a request is logged by its kind alone: it quotes
the address, the host or the form as it was sent. Addresses of callers appear as pseudonyms.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import os
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from huikuan.mechanisms.pages.tracing import request_id

_USUAL = set(vars(logging.makeLogRecord({}))) | {"message", "request", "taskName", "color_message"}
#: Loggers that quote what a stranger sent.
_QUOTING = ("django.request", "django.security", "django.server", "axes", "csp")


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON; what was given as `extra` becomes keys."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.line(record), ensure_ascii=False, default=str)

    def line(self, record: logging.LogRecord) -> dict[str, Any]:
        """What the record says, by name."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": "" if record.name.startswith(_QUOTING) else record.getMessage(),
        }
        if number := request_id():
            line["request_id"] = number
        line.update((name, value) for name, value in vars(record).items() if name not in _USUAL)
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            frames = traceback.extract_tb(record.exc_info[2])
            line["trace"] = [f"{frame.name}:{frame.lineno}" for frame in frames]
        return line


class ReadableFormatter(JsonFormatter):
    """The same for a person: time, level, logger, message, then what else there is."""

    def format(self, record: logging.LogRecord) -> str:
        line = self.line(record)
        head = f"{line.pop('at')[11:19]} {line.pop('level')} {line.pop('logger')}: {line.pop('message')}"
        return " ".join([head, *(f"{name}={value}" for name, value in line.items())])


def pseudonym(address: str) -> str:
    """An address as the same few letters each time; without the installation's key it cannot be found again."""
    # The key is the settings', which name this module's formatters: neither can wait for the other.
    from django.conf import settings

    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:12]


def log_level() -> str:
    """HUIKUAN_LOG_LEVEL; warnings only by default, so that commands stay quiet."""
    return os.environ.get("HUIKUAN_LOG_LEVEL", "warning")


def logging_config(level: str) -> dict[str, Any]:
    """Django's LOGGING for `level` (debug, info, warning, error)."""
    formatter = "ReadableFormatter" if sys.stderr is not None and sys.stderr.isatty() else "JsonFormatter"
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": f"huikuan.shell.logs.{formatter}"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # What was refused or not found stands in the access log.
            "django.request": {"level": "ERROR"},
            # Its messages name who tried to log in, from where.
            "axes": {"level": "CRITICAL"},
            "_granian": {"handlers": [], "propagate": True, "level": level.upper()},
        },
    }
