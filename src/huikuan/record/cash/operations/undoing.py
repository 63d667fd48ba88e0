"""Undoing an application, and doing it otherwise in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.db import IntegrityError

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.operations.uses import free_uses, hold_lines
from huikuan.record.bills.domain.life import PAY
from huikuan.record.bills.models import BillEvent
from huikuan.record.cash.domain.applying import AUTOMATIC, Portion
from huikuan.record.cash.models import Application, Undoing
from huikuan.record.cash.operations.applying import apply_payment
from huikuan.record.cash.operations.booking import reason_of
from huikuan.record.cash.operations.learning import denied, learn
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement

_LONGEST_REASON = 200
#: As long as the ledger keeps the reason of a reversal.
_LONGEST_OF_LEDGER = 60


def undo_application(*, application_id: int, reason: str, actor: str, at: datetime, on: date | None = None) -> int:
    """Take an application back: its settlements and what was posted with it are reversed, its bank line is free again.

    Answers the id of the undoing. Refused without a reason, a second time, and while something else rests on it (what
    stayed on account was applied since): the refusal names what. `on`: the money went back on that day, and what it
    paid was paid until then; else it never was.
    """
    said = tidy(reason)[:_LONGEST_REASON]
    if not said:
        raise Refusal("undo_reason_missing")
    return _once(lambda: _undo(application_id, said, on, actor, at), application_id)


def reallocate(
    *, company: Company, application_id: int, portions: Sequence[Portion], reason: str, actor: str, at: datetime
) -> list[int]:
    """Apply the money of an application elsewhere: undone and applied anew in one transaction, both or neither."""

    def work() -> list[int]:
        was = application(application_id)
        line_id = was.line_id
        if line_id is None:
            raise Refusal("application_without_line", application=application_id)
        undo_application(application_id=application_id, reason=reason, actor=actor, at=at)
        if was.customer_id not in {portion.customer_id for portion in portions}:
            learn(company_id=company.pk, lessons=[denied(line_id, was.customer_id, was.id)], actor=actor, at=at)
        return apply_payment(company=company, line_id=line_id, portions=portions, actor=actor, at=at)

    return retrying(work)


def application(application_id: int) -> Application:
    """The application, or a refusal."""
    found = Application.objects.filter(id=application_id).first()
    if found is None:
        raise Refusal("application_unknown", application=application_id)
    return found


def _undo(application_id: int, reason: str, on: date | None, actor: str, at: datetime) -> int:
    one = application(application_id)
    if one.line_id is not None:
        hold_lines([one.line_id])
    row = {
        "application_id": one.id,
        "company_id": one.company_id,
        "customer_id": one.customer_id,
        "reason": reason,
        "actor": actor,
    }
    today = business_date(at, Company.objects.values_list("time_zone", flat=True).get(pk=one.company_id))
    if on is not None and on > today:
        raise Refusal("undo_day_ahead", day=on, today=today)
    if BillEvent.objects.filter(item_id=one.credit_id, move=PAY).exists():
        raise Refusal("application_paid_bill", application=one.id)
    # First of all: of two who undo at once the database lets one through.
    undoing = record(Undoing, [row], at=at)[0]
    # All at once, in order of id: taken one by one they would wait crosswise with whoever applies money.
    open_items.hold_period(one.company_id)
    open_items.lock([one.credit_id, *one.posted, *(part["item"] for part in one.parts)])
    short = f"{reason_of(one.id)}: {reason}"[:_LONGEST_OF_LEDGER]
    for settlement_id in _standing(one):
        reverse_settlement(settlement_id=settlement_id, reason=short, on=on, actor=actor, at=at)
    for item_id in reversed(_not_reversed(one.posted)):
        reverse_item(item_id=item_id, reason=short, actor=actor, at=at)
    if one.uses:
        free_uses(use_ids=one.uses, actor=actor, at=at)
    if one.line_id is not None and one.kind != AUTOMATIC and one.credit_id in one.posted:
        # What it taught is taken back.
        learn(company_id=one.company_id, lessons=[denied(one.line_id, one.customer_id, one.id)], actor=actor, at=at)
    payload = {"application": one.id, "line": one.line_id, "credit": one.credit_id, "reason": reason}
    announce("cash.undone", at=at, company_id=one.company_id, customer_id=one.customer_id, payload=payload)
    return undoing


def _not_reversed(item_ids: Sequence[int]) -> list[int]:
    """Those of the items that nobody reversed in the ledger since: the line is free again either way."""
    gone = set(Item.objects.filter(reversal_of__in=item_ids).values_list("reversal_of", flat=True))
    return [item_id for item_id in item_ids if item_id not in gone]


def _standing(one: Application) -> list[int]:
    """The settlements the application made that nobody has reversed, the last first."""
    debits = {part["item"] for part in one.parts if part["amount"] > 0}
    made = Settlement.objects.filter(debit_id__in=debits, reason=reason_of(one.id), reversal_of=None)
    undone = Settlement.objects.filter(debit_id__in=debits, reversal_of__isnull=False).values("reversal_of")
    return list(made.exclude(id__in=undone).order_by("-id").values_list("id", flat=True))


def _once(work: Callable[[], int], application_id: int) -> int:
    try:
        return retrying(work)
    except IntegrityError as error:
        if "cash_undoing" not in str(error):
            raise
        raise Refusal("application_undone", application=application_id) from error
