"""How much work waits for the reader, as the frame around every page tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, rights_of, scope_of
from huikuan.mechanisms.pages.reading import Reading
from huikuan.mechanisms.work.queries import ItemRow, Reader, count_mine, put_lately


@dataclass(frozen=True, slots=True)
class Inbox:
    """`count`: what waits for the reader, up to a hundred; `lately`: what was put to them by name since an instant,
    newest first."""

    count: int = 0
    lately: tuple[ItemRow, ...] = ()


def inbox(request: HttpRequest, reading: Reading, *, since: datetime) -> Inbox:
    """The reader's inbox; nothing of those who have no work here."""
    if not may(request, Permission.VIEW_WORK):
        return Inbox()
    scope = scope_of(request, Permission.VIEW_WORK)
    reader = Reader(request.user.get_username(), rights_of(request), scope, reading.today)
    count = count_mine(reader)
    return Inbox(count, tuple(put_lately(reader, since=since)) if count else ())
