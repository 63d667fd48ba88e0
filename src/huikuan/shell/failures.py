"""What a command answers when it cannot do what was asked: a code, a sentence, an exit code.

Exit 2: the command line is wrong. Exit 1: it was refused, or something it needs (a file, the
database) failed; what nobody foresaw has the code "internal" and leaves its trace on stderr.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError

from huikuan.kernel.errors import Refusal

log = logging.getLogger(__name__)

#: Refusals that are about the command line itself: an argument no command could read, or one that is lacking.
_WRONG_USE = {
    "aging_needs_file",
    "date_unreadable",
    "day_not_wanted",
    "instant_unreadable",
    "instant_without_zone",
    "interest_option_missing",
    "snapshot_needs_day",
    "statement_needs_file",
}
#: SQLSTATEs: numeric value out of range; serialization failure, deadlock, lock not available.
_OUT_OF_RANGE = "22003"
_BUSY = {"40001", "40P01", "55P03"}


class WrongUse(Exception):
    """The command line cannot be understood."""


@dataclass(frozen=True, slots=True)
class Failure:
    """`body` is the JSON's "error"; `also` what the JSON says beside it."""

    body: dict[str, Any]
    exit_code: int
    also: Mapping[str, object] = field(default_factory=dict)


def failure_of(error: Exception) -> Failure:
    """What to tell of `error`."""
    if isinstance(error, WrongUse):
        return Failure({"code": "usage", "message": str(error), "where": []}, 2)
    if not settings.configured:
        _speak_without_settings()
    # Every context's sentences: needed only when something is refused.
    from huikuan.shell.messages import sentence

    refusal = error if isinstance(error, Refusal) else _as_refusal(error)
    message = sentence(refusal.code, refusal.params)
    where = [place.as_json() for place in refusal.where]
    if refusal.code in _WRONG_USE:
        return Failure({"code": "usage", "message": message, "where": where}, 2, refusal.also)
    return Failure({"code": refusal.code, "message": message, "where": where}, 1, refusal.also)


def _speak_without_settings() -> None:
    """What is refused while the settings are read is said with as few of them as words need."""
    settings.configure(LANGUAGE_CODE="zh-hans", LOCALE_PATHS=[Path(__file__).parent / "locale"])
    django.setup()


def _as_refusal(error: Exception) -> Refusal:
    if isinstance(error, OSError):
        reason = error.strerror or type(error).__name__
        if error.filename is None:
            return Refusal("system_refused", reason=reason)
        return Refusal("file_unusable", file=str(error.filename), reason=reason)
    if isinstance(error, OverflowError) or _sqlstate(error) == _OUT_OF_RANGE:
        return Refusal("number_out_of_range")
    if "database is locked" in str(error) or _sqlstate(error) in _BUSY:
        return Refusal("database_busy")
    if _is_away(error):
        name = settings.DATABASES["default"]["NAME"]
        return Refusal("database_unusable", database=name, reason=_first_line(error))
    log.critical("a command failed", exc_info=error)
    return Refusal("internal", kind=type(error).__name__)


def _is_away(error: Exception) -> bool:
    """The database itself failed, not a statement of ours (whose message would quote rows)."""
    damaged = isinstance(error, DatabaseError) and "file is not a database" in str(error)
    return damaged or isinstance(error, (OperationalError, InterfaceError))


def _sqlstate(error: Exception) -> str:
    """PostgreSQL's code for what happened."""
    return getattr(error.__cause__, "sqlstate", None) or ""


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
