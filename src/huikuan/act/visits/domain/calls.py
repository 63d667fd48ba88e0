"""What a call to a debtor may be, and when one may be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

from huikuan.kernel.errors import Refusal

PROMISED, DISPUTED, AGAIN, NOT_REACHED, WRONG_NUMBER, OTHER = (
    "promised", "disputed", "again", "not_reached", "wrong_number", "other",
)  # fmt: skip
RESULTS = (PROMISED, DISPUTED, AGAIN, NOT_REACHED, WRONG_NUMBER, OTHER)
#: Somebody of the debtor's was spoken to: such a call is an effective one.
REACHED = frozenset({PROMISED, DISPUTED, AGAIN, OTHER})
#: Effective calls to one debtor in a day (national standard for personal collection, taken over; DOMAIN §10).
MOST_A_DAY = 3
#: Nobody is called from then until then unless they asked to be (same source).
NIGHT_FROM, NIGHT_UNTIL = time(22), time(8)
LONGEST_NOTE = 2_000
_FURTHEST = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Called:
    """A call as it is to be written down. `incoming`: they called us, or had asked to be called then."""

    result: str
    note: str = ""
    again_on: date | None = None
    incoming: bool = False


def check_call(called: Called, *, today: date, clock: time, reached: int) -> None:
    """Refuse no result and an unknown one, a day that is missing, past or far, a note too long; and a
    call of ours at night or after `reached` effective ones of today are enough."""
    if not called.result:
        raise Refusal("call_result_missing")
    if called.result not in RESULTS:
        raise Refusal("call_result_unknown", value=called.result, known=", ".join(RESULTS))
    if len(called.note) > LONGEST_NOTE:
        raise Refusal("call_note_too_long", longest=LONGEST_NOTE)
    if called.result == AGAIN and called.again_on is None:
        raise Refusal("call_again_undated")
    if called.again_on is not None and not today <= called.again_on <= today + _FURTHEST:
        raise Refusal("call_again_day_bad", day=called.again_on, today=today)
    if called.incoming:
        return
    if at_night(clock):
        raise Refusal("call_at_night", clock=f"{clock:%H:%M}")
    if called.result in REACHED and reached >= MOST_A_DAY:
        raise Refusal("call_too_many", most=MOST_A_DAY)


def at_night(clock: time) -> bool:
    """Whether it is a time at which nobody is called."""
    return clock >= NIGHT_FROM or clock < NIGHT_UNTIL


def calls_left(reached: int) -> int:
    """How many effective calls may still be made today."""
    return max(0, MOST_A_DAY - reached)
