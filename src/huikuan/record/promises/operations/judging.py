"""Finding out what promises have become, and saying so once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

from django.db import IntegrityError, transaction

from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.mechanisms.work.operations import Wanted, cancel_items, open_item
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.promises.domain.promising import BROKEN, KEPT, OPEN, PARTLY, promise_state
from huikuan.record.promises.models import Verdict
from huikuan.record.promises.operations.breaking import judge_plans
from huikuan.record.promises.policies import rules_of
from huikuan.record.promises.queries.freezes import asking_frozen
from huikuan.record.promises.queries.sums import PartRow, Which, parts_by
from huikuan.record.promises.work import BROKEN_PROMISE, TO_FREEZE, freeze_key, key_of

#: What may turn a promise: money that came or was taken back, a bill that was paid, an import of many.
TURNING = frozenset(
    {
        "receivables.settled",
        "receivables.reversed",
        "bills.moved",
        "connectors.imported",
        "connectors.undone",
    }
)
#: What is announced of each state; of the others nothing.
_TOLD = {KEPT: "promises.kept", PARTLY: "promises.broken", BROKEN: "promises.broken"}


@dataclass(frozen=True, slots=True)
class Found:
    """What a promise has become: `before` is what it was found to be last, `sequence` how often it was looked at."""

    state: str
    before: str
    sequence: int
    day: date

    @property
    def news(self) -> str:
        """The event to announce; '' where the same was announced last."""
        told = _TOLD.get(self.state, "")
        return "" if told == _TOLD.get(self.before, "") else told


def judge_after(event: Announced, *, at: datetime) -> None:
    """After-commit subscriber: judge the promises and plans of whom the event is about, or of the whole company."""
    if event.company_id is None:
        return
    customers = None if event.customer_id is None else one_with(event.customer_id)
    company = Company.objects.get(pk=event.company_id)
    judge_promises(company=company, customer_ids=customers, at=at)
    judge_plans(company=company, customer_ids=customers, at=at)


def judge_promises(*, company: Company, customer_ids: frozenset[int] | None = None, at: datetime) -> dict[str, int]:
    """Record what every promise has become since it was last looked at, and announce what was kept and what was
    broken, once each; a broken one is somebody's work until it is kept or promised anew. Answers how many were found
    kept and broken. Asked again it does no more."""
    today = business_date(at, company.time_zone)
    rows = parts_by(Which(company.pk, customer_ids), today)
    last = _last_verdicts(company.pk, customer_ids)
    done: Counter[str] = Counter()
    for number, group in groupby(rows, lambda row: row.promise_id):
        parts = list(group)
        state = promise_state([part.standing for part in parts], today)
        sequence, before = last.get(number, (0, OPEN))
        if state != before and (state in _TOLD or before in _TOLD):
            found = Found(state, before, sequence + 1, today)
            done[_TOLD.get(state, "")] += retrying(partial(_say, parts, found, at))
    return {"kept": done["promises.kept"], "broken": done["promises.broken"]}


def _last_verdicts(company_id: int, customer_ids: frozenset[int] | None) -> dict[int, tuple[int, str]]:
    """Promise → how often it was found to be something, and what last."""
    verdicts = Verdict.objects.filter(company_id=company_id)
    if customer_ids is not None:
        verdicts = verdicts.filter(customer_id__in=customer_ids)
    found = verdicts.order_by("sequence").values_list("promise_id", "sequence", "state")
    return {number: (sequence, state) for number, sequence, state in found}


def _say(parts: Sequence[PartRow], found: Found, at: datetime) -> bool:
    """Record and announce one verdict; False where somebody else did at this moment, or it is no news."""
    promise = parts[0]
    row = {
        "promise_id": promise.promise_id,
        "company_id": promise.company_id,
        "customer_id": promise.customer_id,
        "sequence": found.sequence,
        "state": found.state,
        "judged_on": found.day,
        "paid": sum(part.standing.paid for part in parts),
    }
    try:
        with transaction.atomic():
            record(Verdict, [row], at=at)
    except IntegrityError:
        return False
    if found.state in (PARTLY, BROKEN):
        _ask_somebody(parts, at)
        _ask_whether_to_freeze(promise, found, at)
    else:
        cancel_items(kind=BROKEN_PROMISE.name, keys=[key_of(promise.promise_id)], because="", at=at)
    if found.news:
        payload = {"promise": promise.promise_id, "state": found.state, "items": [part.item_id for part in parts]}
        announce(found.news, at=at, company_id=promise.company_id, customer_id=promise.customer_id, payload=payload)
    return bool(found.news)


def _ask_somebody(parts: Sequence[PartRow], at: datetime) -> None:
    """A broken promise is somebody's work."""
    promise = parts[0]
    shown = {
        "promise": promise.promise_id,
        "customer": customers_by_id({promise.customer_id})[promise.customer_id].name,
        "amount": _amount(sum(part.standing.amount for part in parts), promise.currency),
        "paid": _amount(sum(part.standing.paid for part in parts), promise.currency),
        "by": promise.pay_by.isoformat(),
    }
    wanted = Wanted(key_of(promise.promise_id), promise.company_id, promise.customer_id, shown)
    open_item(kind=BROKEN_PROMISE.name, wanted=wanted, actor=SYSTEM, at=at)


def _ask_whether_to_freeze(promise: PartRow, found: Found, at: datetime) -> None:
    """Whoever broke too many promises is proposed to be frozen; where it is, nobody need ask."""
    rules = rules_of(promise.company_id, at)
    ones = one_with(promise.customer_id)
    since = found.day - timedelta(days=rules.breaks_within_days)
    rows = parts_by(Which(promise.company_id, ones, since=since), found.day)
    states = [
        promise_state([part.standing for part in group], found.day)
        for _, group in groupby(rows, lambda row: row.promise_id)
    ]
    count = states.count(BROKEN) + states.count(PARTLY)
    if count < rules.breaks or asking_frozen(promise.company_id, ones, found.day)() is not None:
        return
    customer = customers_by_id({promise.customer_id})[promise.customer_id]
    shown = {
        "code": customer.code,
        "customer": customer.name,
        "count": count,
        "days": rules.breaks_within_days,
    }
    key = freeze_key(promise.company_id, promise.customer_id)
    wanted = Wanted(key, promise.company_id, promise.customer_id, shown)
    open_item(kind=TO_FREEZE.name, wanted=wanted, actor=SYSTEM, at=at)


def _amount(minor: int, currency: str) -> str:
    return f"{currency} {to_text(minor, currency)}"
