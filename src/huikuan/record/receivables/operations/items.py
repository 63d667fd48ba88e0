"""Posting items: claims and credits enter the ledger here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce_all
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.ids import reserve_ids
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.domain.master import PROSPECT
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import become_customers
from huikuan.record.receivables.domain.posting import (
    OWN,
    Book,
    Part,
    Posting,
    book_value,
    check_posting,
    complete,
    instalments,
    share_book,
)
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.queries.periods import locked_through
from huikuan.record.receivables.queries.rates import rates_on

#: The origin of what is entered here and not imported; its key is the item's own id.


def post_item(
    *,
    company: Company,
    customer_id: int,
    kind: str,
    amount: int,
    currency: str,
    document_date: date,
    posting_date: date,
    actor: str,
    at: datetime,
    due_date: date | None = None,
    awaits: str = "",
    side: str = "",
    recognition: str = "",
    net_amount: int | None = None,
    tax_amount: int | None = None,
    document_number: str = "",
    obligation: str = "",
    contract_number: str = "",
    business_type: str = "",
    text: str = "",
    origin_system: str = "",
    origin_key: str = "",
    origin_generation: int = 1,
) -> int:
    """Post one item and return its id. `amount` in minor units; side and recognition follow the kind
    unless said; a debit needs `due_date` or `awaits`. Refusals: see domain.posting."""
    posting = Posting(
        customer_id, kind, currency, amount, document_date, posting_date, due_date, awaits, side, recognition,
        net_amount, tax_amount, document_number, obligation, contract_number, business_type, text, origin_system,
        origin_key, origin_generation,
    )  # fmt: skip
    return post_items(company=company, postings=[posting], actor=actor, at=at)[0]


def post_items(*, company: Company, postings: Sequence[Posting], actor: str, at: datetime) -> list[int]:
    """Post several items at once, all or none; returns their ids in order."""
    whole = [complete(posting) for posting in postings]

    def work() -> list[int]:
        rates = rates_on(((posting.currency, posting.posting_date) for posting in whole), company.currency)
        books = [
            book_value(
                posting.amount, posting.currency, company.currency, rates[posting.currency, posting.posting_date]
            )
            for posting in whole
        ]
        return _post(company, whole, books, actor, at)

    return _refusing_known_origin(work, whole)


def post_instalments(
    *, company: Company, whole: Posting, parts: Sequence[Part], actor: str, at: datetime
) -> list[int]:
    """Post one debt as instalments that share `obligation`; amount, net, tax and book value of the
    whole are split without losing a cent (30 / 50 / 20 …). Returns the ids in order."""
    obligation = whole.obligation or whole.document_number or whole.origin_key
    if not obligation:
        raise Refusal("obligation_needed")
    split = [complete(posting) for posting in instalments(replace(whole, obligation=obligation), parts)]

    def work() -> list[int]:
        rate = rates_on([(whole.currency, whole.posting_date)], company.currency)[whole.currency, whole.posting_date]
        total = book_value(whole.amount, whole.currency, company.currency, rate)
        books = share_book(total, [posting.amount for posting in split])
        return _post(company, split, books, actor, at)

    return _refusing_known_origin(work, split)


def _post(company: Company, postings: list[Posting], books: list[Book], actor: str, at: datetime) -> list[int]:
    open_items.hold_period(company.id)
    lock = locked_through(company.id)
    for posting in postings:
        check_posting(posting, lock)
    prospects = _check_customers({posting.customer_id for posting in postings})
    ids = reserve_ids(Item, len(postings))
    rows = [
        _row(item_id, company, posting, book, actor)
        for item_id, posting, book in zip(ids, postings, books, strict=True)
    ]
    record(Item, rows, at=at)
    open_items.open_new(rows)
    become_customers(prospects, batch_id=None, actor=actor, at=at)
    of_each: dict[int, list[int]] = {}
    for row in rows:
        of_each.setdefault(row["customer_id"], []).append(row["id"])
    told = [(company.id, customer_id, {"items": items}) for customer_id, items in sorted(of_each.items())]
    announce_all("receivables.posted", told, at=at)
    return ids


def _row(item_id: int, company: Company, posting: Posting, book: Book, actor: str) -> dict[str, Any]:
    return {
        **asdict(posting),
        "id": item_id,
        "company_id": company.id,
        "book_rate_e8": book.rate_e8,
        "book_amount": book.amount,
        "origin_system": posting.origin_system or OWN,
        "origin_key": posting.origin_key or str(item_id),
        "actor": actor,
    }


def _check_customers(customer_ids: set[int]) -> set[int]:
    """Refuse unknown ones; answers the prospects among them, who are none any more."""
    known = dict(Customer.objects.filter(id__in=customer_ids).values_list("id", "status"))
    if unknown := sorted(customer_ids - known.keys()):
        raise Refusal("customer_unknown", customer=unknown[0])
    return {customer_id for customer_id, status in known.items() if status == PROSPECT}


def _says_taken(error: IntegrityError) -> bool:
    """PostgreSQL names the unique key; SQLite's guard speaks before the key does."""
    return "receivables_item_origin" in str(error) or "facts are never changed: receivables_item" in str(error)


def _refusing_known_origin(work: Callable[[], list[int]], postings: Sequence[Posting]) -> list[int]:
    """Run `work`; an origin key that is in the ledger already refuses instead of failing."""
    try:
        return retrying(work)
    except IntegrityError as error:
        keyed = [posting for posting in postings if posting.origin_key]
        if not keyed or not _says_taken(error):
            raise
        raise Refusal(
            "origin_taken",
            key=keyed[0].origin_key,
            where=[Place(column="origin_key", value=posting.origin_key) for posting in keyed],
        ) from error
