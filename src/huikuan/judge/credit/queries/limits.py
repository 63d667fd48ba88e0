"""Limits: which governs on a day, what was ever asked for and decided, what waits for an approver."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from huikuan.judge.credit.domain.limits import KIND, Granted, Limit, Wish, limit_on
from huikuan.judge.credit.models import LimitRequest, LimitStep
from huikuan.judge.credit.queries.exposure import Node
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.domain.lifecycle import PENDING, VOID
from huikuan.mechanisms.approvals.queries import Outcome, outcomes, pending_ids
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.pipeline import ask
from huikuan.mechanisms.store.wire import among, as_date, as_instant, int8, listed
from huikuan.record.customers.queries import customers_by_id, narrowed, seen
from huikuan.record.customers.queries.families import customers_in, one_of


@dataclass(frozen=True, slots=True)
class Before:
    """The limit another takes the place of: the id of its request, and the wish as it was granted."""

    id: int
    wish: Wish


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A limit that was asked for, and what became of it: `step` '' while it waits, else as an approval ends.

    `number`: of the approval that decides it, by which people know it; None: it was asked before there was one.
    `digest` names what an approver is shown, '' without one.
    """

    id: int
    number: int | None
    digest: str
    company_id: int
    customer_id: int | None
    customer_code: str
    customer_name: str
    group: str
    wish: Wish
    method: str
    calculation: Mapping[str, Any]
    reason: str
    replaces: int | None
    asked_by: str
    asked_at: datetime
    step: str
    decided_by: str
    decided_at: datetime | None
    own: bool
    comment: str


#: Approved wishes as known below a horizon: of customers, and of groups.
_GRANTED = """
SELECT r.customer_id, r.group_code, r.id, r.kind, r.currency, r.amount, r.from_on, r.until_on, r.term_days,
    r.prepaid_percent, s.recorded_at, s.tx, s.id
FROM credit_limitrequest r JOIN credit_limitstep s ON s.request_id = r.id
WHERE r.company_id = %s AND s.step = 'approved' AND s.tx < %s
"""
_OF_CUSTOMERS = _GRANTED + "AND r.customer_id {among}"
_OF_GROUPS = _GRANTED + "AND r.group_code <> '' AND r.group_code IN ({codes})"


def granted(
    company: Company, nodes: Iterable[Node], *, known: int | None = None
) -> dict[tuple[int | None, str], list[Granted]]:
    """(customer, group) → its approved wishes, as known below a horizon (None: now).

    Each from its day on, or from the day of the approval where that came later: a limit never begins in the past.
    """
    return _asking_granted(company, nodes, known)()


def _asking_granted(
    company: Company, nodes: Iterable[Node], known: int | None
) -> Callable[[], dict[tuple[int | None, str], list[Granted]]]:
    found: dict[tuple[int | None, str], list[Granted]] = {(node.customer_id, node.group): [] for node in nodes}
    customers = [customer for customer, _ in found if customer is not None]
    groups = [group for _, group in found if group]
    horizon = (int8(company.pk), int8(ALWAYS_KNOWN if known is None else known))
    asked = []
    if customers:
        asked.append(ask(_OF_CUSTOMERS.format(among=among()), [*horizon, listed(customers)]))
    if groups:
        codes = ", ".join(["%s"] * len(groups))
        asked.append(ask(_OF_GROUPS.format(codes=codes), [*horizon, *groups]))

    def answer() -> dict[tuple[int | None, str], list[Granted]]:
        for row in (row for one in asked for row in one()):
            found[row[0], row[1]].append(_granted(row[2:], company.time_zone))
        return found

    return answer


def _granted(row: Sequence[Any], zone: str) -> Granted:
    request_id, kind, currency, amount, from_on, until_on, term_days, prepaid, decided, *order = row
    begins = max(as_date(from_on) or date.min, business_date(as_instant(decided), zone))
    wish = Wish(kind, currency, amount, begins, as_date(until_on), term_days, prepaid)
    return Granted(request_id, wish, (order[0], order[1]))


def limits_on(
    company: Company, nodes: Iterable[Node], day: date, *, known: int | None = None
) -> dict[tuple[int | None, str], Limit]:
    """(customer, group) → the limit that governs on `day`."""
    return asking_limits(company, nodes, day, known=known)()


def asking_limits(
    company: Company, nodes: Iterable[Node], day: date, *, known: int | None = None
) -> Callable[[], dict[tuple[int | None, str], Limit]]:
    """Asks what `limits_on` answers. Call for the answer."""
    asked = _asking_granted(company, nodes, known)
    return lambda: {node: limit_on(wishes, day, company.currency) for node, wishes in asked().items()}


def governing_before(company: Company, node: Node, kind: str, day: date) -> Before | None:
    """The limit of a kind that governs on `day`, ended or not; None where there is none."""
    wishes = [one for one in granted(company, [node])[node.customer_id, node.group] if one.wish.kind == kind]
    begun = [one for one in wishes if one.wish.from_on <= day]
    if not begun:
        return None
    last = max(begun, key=lambda one: (one.wish.from_on, one.order))
    return Before(last.request_id, last.wish)


def history(company_id: int, customer_id: int, *, scope: Scope) -> list[RequestRow]:
    """Everything ever asked for this customer and those merged with it, the newest first; nothing out of scope."""
    rows = LimitRequest.objects.filter(company_id=company_id, customer_id__in=one_of(customer_id).members)
    return _rows(narrowed(rows, seen(scope)).order_by("-id"))


def group_history(company_id: int, group: str, *, scope: Scope) -> list[RequestRow]:
    """The same of a group; nothing of one whose customers are not all in the scope."""
    rows = _rows(LimitRequest.objects.filter(company_id=company_id, group_code=group).order_by("-id"))
    return [row for row in rows if reached(row, scope)]


def waiting(*, scope: Scope, company_id: int | None = None) -> list[RequestRow]:
    """What waits for an approver, of one company where one is named, of customers in the scope and of groups all of
    whose customers are, oldest first."""
    asked = LimitRequest.objects.filter(approval_id__in=pending_ids(KIND)).order_by("id")
    rows = _rows(asked if company_id is None else asked.filter(company_id=company_id))
    return [row for row in rows if reached(row, scope)]


def request(number: int, *, scope: Scope) -> RequestRow:
    """The request with this number; refuses one that is unknown, or out of scope, which is the same to the reader."""
    found = _rows(LimitRequest.objects.filter(approval_id=number))
    if not found or not reached(found[0], scope):
        raise Refusal("limit_request_unknown", request=number)
    return found[0]


def reached(row: RequestRow, scope: Scope) -> bool:
    """Whether a scope reaches the customer, or everybody who stands in the group on the scope's day."""
    theirs = seen(scope)
    if row.customer_id is not None:
        return theirs.has(row.company_id, row.customer_id)
    if theirs.everything:
        return True
    members = customers_in(row.group, scope.on or row.wish.from_on)
    return bool(members) and all(theirs.has(row.company_id, member) for member in members)


def wish_of(asked: LimitRequest) -> Wish:
    return Wish(
        asked.kind, asked.currency, asked.amount, asked.from_on, asked.until_on, asked.term_days, asked.prepaid_percent
    )


def _rows(found: QuerySet[LimitRequest]) -> list[RequestRow]:
    asked = list(found)
    decided = outcomes([row.approval_id for row in asked if row.approval_id is not None])
    steps = {one.request_id: one for one in LimitStep.objects.filter(request_id__in=[row.pk for row in asked])}
    named = customers_by_id({row.customer_id for row in asked if row.customer_id is not None})
    return [
        _row(row, decided[row.approval_id] if row.approval_id else _outcome(steps.get(row.pk)), named) for row in asked
    ]


def _outcome(step: LimitStep | None) -> Outcome:
    """Of a request from before approvals; what nobody decided then is decided no more."""
    if step is None:
        return Outcome(VOID, "")
    return Outcome(step.step, step.digest, step.actor, step.recorded_at, step.own, step.comment)


def _row(asked: LimitRequest, outcome: Outcome, named: Mapping[int, Any]) -> RequestRow:
    customer = named.get(asked.customer_id or 0)
    return RequestRow(
        id=asked.pk,
        number=asked.approval_id,
        digest=outcome.digest,
        company_id=asked.company_id,
        customer_id=asked.customer_id,
        customer_code=customer.code if customer else "",
        customer_name=customer.name if customer else "",
        group=asked.group_code,
        wish=wish_of(asked),
        method=asked.method,
        calculation=json.loads(asked.calculation) if asked.calculation else {},
        reason=asked.reason,
        replaces=asked.replaces,
        asked_by=asked.actor,
        asked_at=asked.recorded_at,
        step="" if outcome.state == PENDING else outcome.state,
        decided_by=outcome.decided_by,
        decided_at=outcome.decided_at,
        own=outcome.own,
        comment=outcome.comment,
    )
