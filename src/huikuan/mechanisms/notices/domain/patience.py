"""How long to wait before trying again what the other side would not take just now."""

from __future__ import annotations

from datetime import timedelta

#: After the first, second … attempt; a day in all, then it is refused for good.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))

#: Whoever has said for so long nothing of what it is sending is dead. Longer than any sending can last.
SENDER_LOST = timedelta(minutes=10)


def wait_after(attempt: int) -> timedelta | None:
    """How long after the `attempt`-th refusal (from 1); None: it was the last."""
    return WAITS[attempt - 1] if attempt <= len(WAITS) else None
