"""What to do about a customer next, and why: one action, the first whose rule holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from huikuan.act.collection.domain.deciding import Stop
from huikuan.act.collection.domain.priority import UNREACHED
from huikuan.kernel.reasons import Reason

WAIT, MEND_CONTACT, VISIT, LETTER, CALL, NOTHING = "wait", "mend_contact", "visit", "letter", "call", "nothing"
#: Late and large enough to go there, or to write what a court would read.
VISIT_DAYS, LETTER_DAYS = 60, 90
#: Promises not kept before a visit is better than another promise.
BROKEN = 2


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of the customer today. Amounts only compared with 0; `longest`: days the oldest pursued line is
    late; `reachable`: somebody of the register has a telephone; `visit_on`: a visit is planned for then; `called`:
    there was a call today; `stop`: they have paid, and the money has no place yet."""

    pursued: int
    longest: int
    kept: int
    broken: int
    unreached: int
    reachable: bool
    wrong_number: bool
    again_on: date | None
    called_today: int
    calls_left: int
    visit_on: date | None
    called: bool = False
    stop: Stop | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """The action and what speaks for it: reasons, or why they rest."""

    action: str
    reasons: tuple[Reason, ...]
    stop: Stop | None = None


def advise(known: Situation) -> Advice:
    """What to do next; the reasons name rule, value and threshold."""
    if known.pursued <= 0:
        return Advice(NOTHING, (Reason("nothing_pursued", met=True),))
    rests = _resting(known)
    if rests is not None:
        return rests
    if not known.reachable or known.wrong_number:
        return Advice(MEND_CONTACT, (Reason("wrong_number" if known.wrong_number else "no_number", met=True),))
    return _pressing(known)


def _resting(known: Situation) -> Advice | None:
    """Why they are left alone today, whom the list leaves alone too; None: they are not."""
    if known.again_on is not None:
        return Advice(WAIT, (Reason("put_off", met=True, value=known.again_on.isoformat()),))
    if known.visit_on is not None:
        return Advice(WAIT, (Reason("visit_planned", met=True, value=known.visit_on.isoformat()),))
    if known.calls_left <= 0:
        return Advice(WAIT, (Reason("called_enough", met=True, value=str(known.called_today)),))
    if known.called:
        return Advice(WAIT, (Reason("called", met=True),))
    return Advice(WAIT, (), known.stop) if known.stop else None


def _pressing(known: Situation) -> Advice:
    days = Reason("days_late", met=True, value=str(known.longest))
    said = _word(known)
    if known.unreached >= UNREACHED:
        never = Reason("unreached", met=True, value=str(known.unreached), threshold=str(UNREACHED))
        return Advice(LETTER if known.longest > LETTER_DAYS else VISIT, (never, days, *said))
    if known.broken >= BROKEN and known.longest > VISIT_DAYS:
        return Advice(VISIT, (days, *said, Reason("broken", met=True, value=str(known.broken), threshold=str(BROKEN))))
    return Advice(CALL, (days, *said))


def _word(known: Situation) -> tuple[Reason, ...]:
    judged = known.kept + known.broken
    if not judged:
        return ()
    return (Reason("kept", met=known.kept >= known.broken, value=str(known.kept), threshold=str(judged)),)
