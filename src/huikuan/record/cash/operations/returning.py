"""Money that went back (退汇, 冲账) after it was applied: what it paid is open again from that day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.models import BankLine, LineUse
from huikuan.record.banking.operations.bouncing import use_up_both
from huikuan.record.banking.operations.uses import free_uses, hold_lines
from huikuan.record.banking.queries.lines import uses_of
from huikuan.record.cash.models import Suggestion
from huikuan.record.cash.operations.undoing import undo_application
from huikuan.record.cash.queries.returns import standing_on

_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Returned:
    """The two uses by which the lines use one another up, and the applications that were undone for it."""

    uses: tuple[int, ...]
    undone: tuple[int, ...]


def return_payment(
    *, company: Company, line_id: int, original_id: int, reason: str = "", actor: str, at: datetime
) -> Returned:
    """Say that a line takes the original back, whole: what stands on the original is undone as of the day the money
    went back, and both lines are used up.

    Asked again it is done already, and nothing is undone. Refuses lines that do not cancel out or of which something
    else is used, a line booked before its original, and what `undo_application` refuses (something else rests on the
    money, it paid a bill).
    """
    return retrying(lambda: _return(company, line_id, original_id, tidy(reason)[:_LONGEST_REASON], actor, at))


def _return(company: Company, line_id: int, original_id: int, reason: str, actor: str, at: datetime) -> Returned:
    # Whoever says it of the same line waits here: that one is not used before.
    hold_lines([line_id, original_id])
    if done := _paired(line_id, original_id):
        return Returned(done, ())
    lines = BankLine.objects.defer("raw").filter(company_id=company.pk).in_bulk([line_id, original_id])
    for number in (line_id, original_id):
        if number not in lines:
            raise Refusal("line_unknown", line=number)
    line, original = lines[line_id], lines[original_id]
    if line.account_id != original.account_id or line.amount != -original.amount:
        raise Refusal("lines_do_not_cancel", line=line_id, original=original_id)
    if line.booked_on < original.booked_on:
        raise Refusal("return_before_payment", line=line_id, original=original_id)
    said = reason or _("bank line %(line)s takes the money back") % {"line": line_id}
    undone = tuple(one.id for one in standing_on([original_id]))
    for application_id in reversed(undone):
        undo_application(application_id=application_id, reason=said, on=line.booked_on, actor=actor, at=at)
    _free_set_aside(original_id, actor, at)
    uses = use_up_both(line_id=line_id, original_id=original_id, note=reason, actor=actor, at=at)
    Suggestion.objects.filter(line_id__in=[line_id, original_id]).delete()
    return Returned(tuple(uses), undone)


def _paired(line_id: int, original_id: int) -> tuple[int, ...]:
    """The uses by which these two use one another up already; empty: they do not."""
    bounced = LineUse.Purpose.BOUNCED.value
    others = {line_id: original_id, original_id: line_id}
    found = [
        use
        for use in uses_of(list(others))
        if use.purpose == bounced and not use.freed and use.other_line_id == others[use.line_id]
    ]
    return tuple(use.id for use in found) if len(found) == len(others) else ()


def _free_set_aside(line_id: int, actor: str, at: datetime) -> None:
    """What was said to be no customer's money is money no more."""
    aside = LineUse.Purpose.SET_ASIDE.value
    ids = [use.id for use in uses_of([line_id]) if use.purpose == aside and not use.freed]
    if ids:
        free_uses(use_ids=ids, actor=actor, at=at)
