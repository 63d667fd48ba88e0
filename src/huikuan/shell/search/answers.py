"""The answers to one question, group by group, each within what the reader may see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, scope_of
from huikuan.mechanisms.pages.reading import Reading, address
from huikuan.record.contracts.queries.contracts import ContractFilter, contracts_page
from huikuan.record.contracts.queries.orders import OrderFilter, orders_page
from huikuan.record.customers.queries import CustomerRow, customers_by_id, find, owners_named
from huikuan.record.receivables.queries.search import Document, find_documents, standings
from huikuan.record.receivables.templatetags.receivables import kind_name
from huikuan.shell.search.asked import Asked
from huikuan.shell.search.doing import actions, actions_on, destinations
from huikuan.shell.search.rows import Answer, Group, lit

_SHOWN = 6
#: Of these customers' documents are looked for when words and numbers are typed together.
_NEAR = 200


def answers(request: HttpRequest, asked: Asked, reading: Reading) -> list[Group]:
    """The groups that have an answer, in the order people look for them; nothing typed, nothing found, but
    for actions and owners, which are few."""
    if not asked.text and asked.only not in ("actions", "owners"):
        return []
    customers = _customers(request, asked)
    groups = [
        Group("customers", _("Customers"), _told(request, customers[:_SHOWN], asked, reading)),
        Group("documents", _("Documents"), _documents(request, asked, reading, customers)),
        Group("contracts", _("Contracts"), _contracts(request, asked, reading)),
        Group("orders", _("Orders"), _orders(request, asked, reading)),
        Group("owners", _("Owners"), _owners(request, asked, reading)),
        Group("actions", _("Actions"), list(_actions(request, asked, reading, customers))),
        Group("places", _("Go to"), destinations(request, asked, reading) if asked.wants("places") else []),
    ]
    return [group for group in groups if group.answers and asked.wants(group.name)]


def _customers(request: HttpRequest, asked: Asked) -> list[CustomerRow]:
    """Of words and numbers typed together the words are the customer's, the numbers a document's."""
    if not may(request, Permission.VIEW_CUSTOMERS) or asked.only in ("actions", "places", "owners"):
        return []
    scope = scope_of(request, Permission.VIEW_CUSTOMERS)
    found = find(" ".join(asked.words), scope=scope, limit=_NEAR) if asked.words and asked.numbers else []
    rows = found or find(asked.whole, scope=scope, limit=_SHOWN)
    there = {row.id for row in rows}
    # Found by the same words as the one it is merged into, it would only say the same twice.
    return [row for row in rows if row.merged_into_id not in there]


def _told(request: HttpRequest, rows: Sequence[CustomerRow], asked: Asked, reading: Reading) -> list[Answer]:
    owed = {}
    if rows and may(request, Permission.VIEW_LEDGER) and not reading.is_past:
        scope = scope_of(request, Permission.VIEW_LEDGER)
        owed = standings([row.id for row in rows], as_of=reading.today, scope=scope, company_id=reading.company_id)
    shown = customers_by_id({row.merged_into_id for row in rows if row.merged_into_id})
    return [
        Answer(
            address(reverse("dossiers:customer", args=[row.id]), reading),
            "building-factory-2",
            lit(row.name, (*asked.words, *asked.numbers)),
            _code(row, shown),
            standings=owed.get(row.id, ()),
        )
        for row in rows
    ]


def _code(row: CustomerRow, shown: Mapping[int, CustomerRow]) -> str:
    """Its code, and of a merged one whom it is shown under."""
    into = shown.get(row.merged_into_id or 0)
    if into is None:
        return row.code
    said = _("merged into %(name)s") % {"name": into.name}
    return f"{row.code} · {said}"


def _documents(request: HttpRequest, asked: Asked, reading: Reading, customers: Sequence[CustomerRow]) -> list[Answer]:
    if not may(request, Permission.VIEW_LEDGER) or not asked.wants("documents"):
        return []
    sought = " ".join(asked.numbers) if asked.numbers else asked.text if asked.only == "documents" else ""
    if not sought:
        return []
    among = [row.id for row in customers] if asked.words and asked.numbers else None
    found = find_documents(
        sought,
        as_of=reading.as_of,
        scope=scope_of(request, Permission.VIEW_LEDGER),
        known=reading.known,
        company_id=reading.company_id,
        customer_ids=among,
        limit=_SHOWN,
    )
    return [_document(one, asked, reading) for one in found]


def _document(one: Document, asked: Asked, reading: Reading) -> Answer:
    return Answer(
        address(reverse("receivables:item", args=[one.item_id]), reading),
        "file-invoice" if one.side == "debit" else "cash",
        lit(one.document_number or _("(no number)"), asked.numbers),
        f"{kind_name(one.kind)} · {one.customer_name}",
        number=True,
        amount=one.amount,
        open_amount=one.open_amount,
        currency=one.currency,
    )


def _contracts(request: HttpRequest, asked: Asked, reading: Reading) -> list[Answer]:
    if not may(request, Permission.VIEW_CONTRACTS) or not asked.wants("contracts") or not asked.numbers:
        return []
    found = contracts_page(
        ContractFilter(company_id=reading.company_id, text=asked.text),
        scope=scope_of(request, Permission.VIEW_CONTRACTS),
        limit=_SHOWN,
    )
    return [
        Answer(
            address(reverse("contracts:contract", args=[row.id]), reading),
            "file-text",
            lit(row.number, asked.numbers),
            f"{row.name} · {row.customer_name}" if row.name else row.customer_name,
            amount=row.amount,
            currency=row.currency,
        )
        for row in found.rows
    ]


def _orders(request: HttpRequest, asked: Asked, reading: Reading) -> list[Answer]:
    if not may(request, Permission.VIEW_ORDERS) or not asked.wants("orders") or not asked.numbers:
        return []
    found = orders_page(
        OrderFilter(company_id=reading.company_id, text=asked.text),
        scope=scope_of(request, Permission.VIEW_ORDERS),
        limit=_SHOWN,
    )
    return [
        Answer(
            address(reverse("contracts:order", args=[row.id]), reading),
            "list-details",
            lit(row.number, asked.numbers),
            row.customer_name,
            amount=row.amount,
            currency=row.currency,
        )
        for row in found.rows
    ]


def _owners(request: HttpRequest, asked: Asked, reading: Reading) -> list[Answer]:
    if asked.only != "owners" or not may(request, Permission.VIEW_LEDGER):
        return []
    names = owners_named(asked.text, scope=scope_of(request, Permission.VIEW_LEDGER), limit=_SHOWN)
    return [
        Answer(address(reverse("receivables:items"), reading, owner=name), "user", lit(name, asked.words))
        for name in names
    ]


def _actions(
    request: HttpRequest, asked: Asked, reading: Reading, customers: Sequence[CustomerRow]
) -> Iterator[Answer]:
    if not asked.wants("actions"):
        return
    if customers and asked.only != "actions":
        yield from actions_on(request, customers[0], asked, reading)
    yield from actions(request, asked, reading)
