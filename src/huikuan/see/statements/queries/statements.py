"""One statement, straight from the facts of one account."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import in_force
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.customers.domain.merging import shown_under
from huikuan.record.customers.domain.seen import Piece, Seen
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import master_known, narrowed, seen
from huikuan.record.customers.queries.merging import merged, one_with, shown_as
from huikuan.record.receivables.domain.aging import Planned
from huikuan.record.receivables.models import Item, Schedule, Settlement
from huikuan.record.receivables.queries.aging import bucket_days
from huikuan.record.receivables.queries.open_lines import Moment
from huikuan.see.statements.domain.account import Cleared, Facts, Period, Posted, account_of
from huikuan.see.statements.domain.statement import BankAccount, Issuer, Recipient, Rest, Statement
from huikuan.see.statements.queries.accounts import check_period

_POSTED = (
    *("id", "kind", "side", "amount", "document_number", "document_date", "posting_date", "due_date", "awaits"),
    "reversal_of",
)


def statement(
    *,
    company_id: int,
    customer_id: int,
    currency: str,
    period: Period,
    scope: Scope,
    known: Head | None,
    at: datetime,
    to_keep: bool = False,
) -> Statement:
    """The account over `period` as known at `known` (None: everything recorded), with the letterhead in force then.

    `at` is used only where there is no head: a statement on a head depends on nothing later than it. Refuses an
    account outside the scope; who paid for the customer is not named where the scope does not hold them. `to_keep`:
    others will read it who may reach this customer alone, so nobody else is named. Of a merged customer it is the
    account of the one it is shown under.
    """
    check_period(period)
    theirs = seen(scope)
    if not theirs.has(company_id, customer_id):
        raise Refusal("customer_unknown", customer=customer_id)
    horizon = known.horizon if known else ALWAYS_KNOWN
    customer_id, one = shown_as(customer_id, horizon, theirs), one_with(customer_id, horizon, theirs)
    instant = known.sealed_at if known else at
    company = Company.objects.get(pk=company_id)
    with snapshot():
        policy, days = bucket_days(Moment(period.until, horizon, company_id), "due")
        named = Seen((Piece(frozenset({company_id}), one),)) if to_keep else theirs
        facts = _facts(company_id, one, currency, period, horizon, named)
        issuer = _issuer(company, instant, horizon)
        recipient = _recipient(customer_id, horizon)
    return Statement(
        issuer=issuer,
        recipient=recipient,
        currency=currency,
        account=account_of(facts, period, days),
        head=Rest(known.size, bytes(known.root).hex(), known.sealed_at) if known else None,
        on=business_date(instant, company.time_zone),
        zone=company.time_zone,
        aging_policy=policy.number,
    )


def currencies_of(
    *, company_id: int, customer_id: int, period: Period, scope: Scope, known: Head | None = None
) -> list[str]:
    """The currencies in which the customer has an account by the period's end; out of scope, none."""
    one = one_with(customer_id, known.horizon if known else None)
    theirs = Item.objects.filter(company_id=company_id, customer_id__in=one, posting_date__lte=period.until)
    items = narrowed(theirs, seen(scope))
    if known:
        items = items.filter(tx__lt=known.horizon)
    return sorted(items.values_list("currency", flat=True).distinct())


def _facts(company_id: int, one: Collection[int], currency: str, period: Period, horizon: int, theirs: Seen) -> Facts:
    items = Item.objects.filter(
        company_id=company_id,
        customer_id__in=one,
        currency=currency,
        posting_date__lte=period.until,
        tx__lt=horizon,
    )
    ids = items.values("id")
    plans = Schedule.objects.filter(item_id__in=ids, effective_on__lte=period.until, tx__lt=horizon)
    fields = ("item_id", "version", "line", "effective_on", "due_date", "amount", "tx")
    posted = [Posted(*row) for row in items.values_list(*_POSTED)]
    return Facts(
        items=posted,
        settlements=list(_cleared(posted, ids, period, horizon, theirs)),
        schedules=[Planned(*row) for row in plans.values_list(*fields)],
    )


def _cleared(
    posted: list[Posted], ids: QuerySet[Item, Any], period: Period, horizon: int, theirs: Seen
) -> Iterator[Cleared]:
    """Each settlement once per side that is the account's."""
    own = {item.item_id: item.kind for item in posted}
    settled = Settlement.objects.filter(effective_on__lte=period.until, tx__lt=horizon)
    touched = [
        (side, *row)
        for side, other in (("debit", "credit"), ("credit", "debit"))
        for row in settled.filter(**{f"{side}_id__in": ids}).values_list(
            "id", f"{side}_id", f"{other}_id", f"{side}_amount", "effective_on"
        )
    ]
    strangers = _strangers({other for _, _, _, other, _, _ in touched} - own.keys(), theirs, horizon)
    for side, settlement, item, other, amount, on in touched:
        kind, document, name = strangers.get(other, (own.get(other, ""), "", ""))
        yield Cleared(
            settlement_id=settlement,
            item_id=item,
            amount=amount,
            effective_on=on,
            credit_kind=own[item] if side == "credit" else kind,
            within=other in own,
            other_id=other,
            other_document=document,
            other_customer=name,
        )


def _strangers(ids: set[int], theirs: Seen, horizon: int) -> dict[int, tuple[str, str, str]]:
    """Items of other accounts, by id: kind, document number, whose and in which currency; of those the reader does
    not see the kind alone."""
    items = list(Item.objects.filter(pk__in=ids))
    under = merged(horizon, theirs) if items else {}
    shown = {item.pk: shown_under(under, item.customer_id) for item in items}
    names = dict(Customer.objects.filter(pk__in=shown.values()).values_list("pk", "name"))
    return {
        item.pk: (item.kind, item.document_number, f"{names.get(shown[item.pk], '')} {item.currency}".strip())
        if theirs.has(item.company_id, item.customer_id)
        else (item.kind, "", "")
        for item in items
    }


def _issuer(company: Company, at: datetime, horizon: int) -> Issuer:
    letterhead = in_force("letterhead", company_id=company.pk, at=at, known=horizon)
    said = letterhead.document
    accounts = tuple(
        BankAccount(
            currency=one.get("currency", ""),
            holder=one.get("holder", "") or said.get("name", "") or company.name,
            bank=one["bank"],
            number=one["number"],
            swift=one.get("swift", ""),
        )
        for one in said.get("bank_accounts", [])
    )
    texts = {
        name: said.get(name, "")
        for name in ("english_name", "uscc", "address", "english_address", "department", "phone", "email")
    }
    return Issuer(
        company_id=company.pk,
        code=company.code,
        name=said.get("name", "") or company.name,
        bank_accounts=accounts,
        letterhead=letterhead.number,
        **texts,
    )


def _recipient(customer_id: int, horizon: int) -> Recipient:
    """The customer as its master data was known below the horizon."""
    said = master_known(customer_id, horizon)
    return Recipient(customer_id, said.code, said.name, said.english_name, said.uscc)
