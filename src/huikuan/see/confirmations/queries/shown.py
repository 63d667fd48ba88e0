"""The account a guest is shown: computed anew from the facts below its head, always the same."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.identity.domain.scope import Part, Scope
from huikuan.record.promises.policies import rules_of
from huikuan.record.receivables.models import OpenItem
from huikuan.see.confirmations.domain.answers import Line, PromiseDays
from huikuan.see.confirmations.models import Invitation
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.domain.statement import Statement
from huikuan.see.statements.operations.issuing import content_digest
from huikuan.see.statements.queries.statements import statement


def company_scope(company_id: int) -> Scope:
    """Every row of one company, none of another; an account then narrows it to one customer."""
    return Scope((Part(frozenset({company_id}), None),))


def shown_to(invited: Invitation) -> Statement:
    """The account of the invitation and no other: company, customer, currency and days are the invitation's, nothing
    of them comes from a request; nobody else is named in it. Refuses when it is not what the invitation was for."""
    said = statement(
        company_id=invited.company_id,
        customer_id=invited.customer_id,
        currency=invited.currency,
        period=Period(invited.since, invited.until),
        scope=company_scope(invited.company_id),
        known=Head.objects.get(size=invited.head_size),
        at=invited.recorded_at,
        to_keep=True,
    )
    if content_digest(said) != bytes(invited.content_digest):
        raise Refusal("confirmation_account_differs")
    return said


def promise_days(said: Statement, *, at: datetime) -> PromiseDays:
    """Which days a guest may name: those on which a promise to the company would be recorded."""
    today = business_date(at, said.zone)
    return PromiseDays(today, today + timedelta(days=rules_of(said.issuer.company_id, at).longest_days))


def lines_of(said: Statement) -> tuple[Line, ...]:
    """What is open on the last day, line by line."""
    return tuple(
        Line(
            item_id=line.item_id,
            kind=line.kind,
            side=line.side,
            document_number=line.document_number,
            document_date=line.document_date,
            due_date=line.due_date,
            open_amount=line.open_amount,
            overdue_days=line.overdue_days,
        )
        for line in said.account.open_lines
    )


def open_now(items: Collection[int]) -> dict[int, int]:
    """What is open by now of each of these claims, minor units; none of those that were closed since."""
    return dict(OpenItem.objects.filter(item_id__in=list(items)).values_list("item_id", "open_amount"))
