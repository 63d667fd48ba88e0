"""What letters to customers speak of: open claims and the interest they bear, for one customer or for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from huikuan.act.collection.saying import Claim, LetterFacts, say
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import among, narrowed, seen
from huikuan.record.customers.queries.merging import one_with, shown_as
from huikuan.record.interest.queries.accruals import Accrual, accruals
from huikuan.record.interest.queries.anew import over_claimed_items
from huikuan.record.receivables.models import Item, OpenItem

#: Claims a letter asks to be paid; what is not billed yet and what is held are not.
ASKED = ("invoice", "opening", "retention", "interest", "fee")
_PAPER = ("document_number", "document_date", "contract_number", "amount")


def letter_facts(
    *,
    customer_id: int,
    company_id: int,
    scope: Scope,
    as_of: date,
    language: str,
    at: datetime,
    item_ids: Collection[int] | None = None,
    currency: str | None = None,
    overdue: bool = False,
) -> LetterFacts:
    """What is open now of the customer's claims in one currency, counted to `as_of`, with the interest they bear.

    `item_ids`: only these; `overdue`: only what fell due before `as_of`; `currency` None: the one in which most claims
    are. Refuses a customer out of scope and one who owes nothing that could be asked for.
    """
    theirs = seen(scope)
    if not theirs.has(company_id, customer_id):
        raise Refusal("customer_unknown", customer=customer_id)
    customer = Customer.objects.get(pk=shown_as(customer_id, None, theirs))
    found = _claims(company_id, one_with(customer_id, None, theirs), theirs, item_ids, at)
    kept = {
        name: [claim for claim in claims if not overdue or (claim.due_date and claim.due_date < as_of)]
        for name, claims in found.items()
    }
    chosen = currency or max(sorted(kept), key=lambda name: len(kept[name]), default="")
    claims = kept.get(chosen, [])
    if not claims:
        raise Refusal("letter_nothing_open", customer=customer.code)
    borne = accruals([claim.item_id for claim in claims], as_of, at=at)
    return say(customer, claims, borne, currency=chosen, as_of=as_of, language=language)


def papers_of(item_ids: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    """Item → what a letter says of its document, in one question."""
    rows = Item.objects.filter(id__in=among(item_ids)).values("id", *_PAPER)
    return {row.pop("id"): row for row in rows}


def interest_of(item_ids: Collection[int], until: date, *, at: datetime) -> dict[int, Accrual]:
    """Item → what it bears; a few questions for all."""
    return {one.item.pk: one for one in accruals(item_ids, until, at=at)} if item_ids else {}


def _claims(
    company_id: int, one: Collection[int], theirs: Seen, item_ids: Collection[int] | None, at: datetime
) -> Mapping[str, list[Claim]]:
    """Currency → the open claims of the customer."""
    rows = OpenItem.objects.filter(company_id=company_id, customer_id__in=one, side="debit", kind__in=ASKED)
    found: dict[str, list[Claim]] = defaultdict(list)
    for row, claim in _read(
        (row for row in narrowed(rows, theirs) if item_ids is None or row.item_id in item_ids), at
    ):
        found[row.currency].append(claim)
    return found


def _read(rows: Iterable[OpenItem], at: datetime) -> list[tuple[OpenItem, Claim]]:
    """Without interest of which too much was claimed: it is asked for once it is corrected."""
    found = {row.item_id: row for row in rows}
    papers = papers_of(found)
    over = over_claimed_items([number for number, row in found.items() if row.kind == "interest"], at=at)
    return [
        (row, Claim(number, open_amount=row.open_amount, due_date=row.due_date, **papers[number]))
        for number, row in found.items()
        if number not in over
    ]
