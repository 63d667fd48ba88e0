"""The number a request carries through: it stands in every line logged while it is answered, and in the answer."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: What a caller, or a proxy in front, may give as a number of its own.
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_current: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """The number of the request that is being answered; empty outside of one."""
    return _current.get()


@contextmanager
def numbered(given: str) -> Iterator[str]:
    """A request of the number it came with, or of a new one where that is none."""
    token = _current.set(given if _GIVEN.fullmatch(given) else uuid.uuid4().hex)
    try:
        yield _current.get()
    finally:
        _current.reset(token)
