"""Whether a notice is still wanted: asked in the transaction that claims it for sending.

Contexts above know whether the item was paid, disputed or promised since; they register their question here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from huikuan.mechanisms.notices.queries.rows import NoticeRow

#: Of a notice that would go out at this instant, '' or the reason why not: a code of at most 60 characters
#: (`messages.REASON_TITLES`, `title_reasons`).
StillWanted = Callable[[NoticeRow, datetime], str]

_guards: dict[str, list[StillWanted]] = {}


def register(purpose: str, still_wanted: StillWanted) -> StillWanted:
    """Have `still_wanted` asked of every notice of this purpose before it is sent; the first reason cancels it.

    Once at start-up, in `apps.ready`. It reads and writes nothing, and asks for rows in the transaction it stands in.
    """
    asked = _guards.setdefault(purpose, [])
    if still_wanted not in asked:
        asked.append(still_wanted)
    return still_wanted


def withdraw(purpose: str, still_wanted: StillWanted) -> None:
    """Ask it no more (tests)."""
    _guards[purpose].remove(still_wanted)


def why_not(notice: NoticeRow, at: datetime) -> str:
    """The first reason not to send it at `at` any more; '' none."""
    return next((reason for ask in _guards.get(notice.purpose, []) if (reason := ask(notice, at))), "")
