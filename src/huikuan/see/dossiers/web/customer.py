"""One customer whole: identity, four answers, the tabs, what comes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.act.collection.web.asked import reads_requests
from huikuan.act.collection.web.desk_customer import advised
from huikuan.act.collection.web.desk_words import advice_said
from huikuan.act.collection.web.permissions import WORKS
from huikuan.judge.credit.domain.limits import NONE
from huikuan.judge.credit.queries.pictures import pictures
from huikuan.judge.rating.queries.ratings import Rating
from huikuan.judge.rating.web.panel import panel, rating_shown
from huikuan.mechanisms.columns.queries import one_view
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.pages.access import companies_offered, needs, scope_of, sees_machinery
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.contracts.queries.contracts import ContractFilter, contracts_page
from huikuan.record.contracts.queries.orders import OrderFilter, orders_page
from huikuan.record.cover.queries.listing import COUNTS, Asking, PieceFilter, pieces_page
from huikuan.record.customers.domain.documents import EXPIRED, EXPIRING
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.queries import CustomerRow, affiliations_of, customers_by_id, groups, seen
from huikuan.record.customers.queries.conduct import conduct_of
from huikuan.record.customers.queries.documents import DocumentRow
from huikuan.record.customers.queries.merging import one_with, shown_as
from huikuan.record.customers.queries.people import ContactRow
from huikuan.record.customers.queries.quality import Quality, last_said, quality_of
from huikuan.record.customers.web.forms import may_manage, people_seen
from huikuan.record.promises.queries.freezes import Frozen, frozen_on
from huikuan.record.receivables.queries.items import ItemRow
from huikuan.see.dossiers.domain.habit import Habit
from huikuan.see.dossiers.domain.next_step import Known, next_steps
from huikuan.see.dossiers.domain.standing import Standing
from huikuan.see.dossiers.queries.postings import count_postings, postings
from huikuan.see.dossiers.queries.standing import Books, habit, open_lines_of
from huikuan.see.dossiers.queries.timeline import KINDS, timeline
from huikuan.see.dossiers.web.asked import books_of, found_customer, papers_of, people_of
from huikuan.see.dossiers.web.merging import may_merge
from huikuan.see.dossiers.web.stories import in_words
from huikuan.see.statements.queries.issued import IssuedFilter, count_issued, issued

#: Open lines and postings shown at once; the ledger's list has them all.
FEW = 50
#: Pieces of cover shown beside the tabs.
_FEW_PIECES = 5

TABS = {
    "items": gettext_noop("Open claims"),
    "documents": gettext_noop("Postings"),
    "contracts": gettext_noop("Contracts"),
    "statements": gettext_noop("Statements"),
    "people": gettext_noop("Contacts"),
    "papers": gettext_noop("Papers"),
    "rating": gettext_noop("Credit rating"),
    "timeline": gettext_noop("Timeline"),
}
TIMELINE = {
    "": gettext_noop("All"),
    "data": gettext_noop("Master data"),
    "people": gettext_noop("Contacts"),
    "papers": gettext_noop("Papers"),
    "belongs": gettext_noop("Whose customer"),
    "money": gettext_noop("Receipts"),
    "collecting": gettext_noop("Collection"),
    "statements": gettext_noop("Statements"),
}
_BASE, _TALLEST = 36, 30


@dataclass(frozen=True, slots=True)
class Asked:
    """The customer with what the reader may see of it: `ledger` and `agreements` the scopes over its books and
    contracts, `desk` over those the reader works with at the workbench, `sees_books` whether its amounts are shown,
    `personal` the customers whose people are."""

    customer: CustomerRow
    books: Books
    ledger: Scope
    contracts: Scope
    orders: Scope
    customers: Scope
    desk: Scope
    rating: Rating | None
    sees_books: bool
    personal: Seen


@dataclass(frozen=True, slots=True)
class Bar:
    """One month of the habit chart; in the chart's own units, tall is late."""

    x: int
    y: int
    height: int
    late: bool
    month: str
    days_late: Decimal | None


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def show_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The customer as of the page's day; `tab` says which of its lists is open."""
    with one_view():
        return _shown(request, customer_id)


def _shown(request: HttpRequest, customer_id: int) -> HttpResponse:
    asked = _asked(request, customer_id)
    shown = shown_as(customer_id, asked.books.horizon, seen(asked.customers))
    if shown != customer_id:
        return _shown_under(request, asked.customer, shown)
    standing: Standing | None = None
    lines: list[ItemRow] = []
    if asked.sees_books:
        standing, lines = open_lines_of(customer_id, asked.books, scope=asked.ledger)
    people = people_of(asked.customer, asked.books, scope=asked.customers, personal=asked.personal)
    papers = papers_of(asked.customer, asked.books, scope=asked.customers)
    quality = quality_of([asked.customer], asked.books.as_of)[customer_id]
    past = reading_of(request).is_past
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else next(iter(TABS)) if asked.sees_books else "people"
    page = {
        "customer": asked.customer,
        "standing": standing,
        "rating": asked.rating,
        "flag": conduct_of(customer_id, day=asked.books.as_of, scope=asked.customers),
        "frozen": _frozen(asked),
        "quality": quality,
        "last_said_at": last_said([customer_id]).get(customer_id),
        "people": people,
        "papers": papers,
        "steps": _steps(standing, people, papers, quality),
        "advice": _advice(request, asked, standing),
        "contact": next((one for one in people if one.contact.active), None),
        "manages": may_manage(request, customer_id) and not past,
        "meets": may_manage(request, customer_id, Permission.MANAGE_CONTACTS) and not past,
        "collects": seen(asked.desk).has_customer(customer_id),
        "merges": may_merge(request, customer_id),
        "clear": asked.personal.has_customer(customer_id),
        "tab": tab,
        **_credit(request, asked),
        **_habit(asked),
        **_identity(asked),
        **_counted(asked, lines, people, papers),
        **_TABS[tab](request, asked, lines),
    }
    return render(request, "dossiers/customer.html", page)


def _frozen(asked: Asked) -> Frozen | None:
    """How it is frozen at the companies whose books are read; who sees no books is not told."""
    books, known = asked.books, asked.books.known
    if not asked.sees_books:
        return None
    return frozen_on(
        asked.customer.id,
        scope=asked.ledger,
        as_of=books.as_of,
        company_id=books.company_id,
        known=known.horizon if known else None,
    )


def _shown_under(request: HttpRequest, merged: CustomerRow, shown: int) -> HttpResponse:
    """The page of the customer it is merged into, which says so."""
    said = _("%(code)s %(name)s is merged into this customer.") % {"code": merged.code, "name": merged.name}
    messages.success(request, said)
    there = reverse("dossiers:customer", args=[shown])
    return HttpResponseRedirect(address(there, reading_of(request), tab=request.GET.get("tab", "")))


def _asked(request: HttpRequest, customer_id: int) -> Asked:
    customer, ledger = found_customer(request, customer_id), scope_of(request, Permission.VIEW_LEDGER)
    customers = scope_of(request, Permission.VIEW_CUSTOMERS)
    return Asked(
        customer=customer,
        books=books_of(request),
        ledger=ledger,
        contracts=scope_of(request, Permission.VIEW_CONTRACTS),
        orders=scope_of(request, Permission.VIEW_ORDERS),
        customers=customers,
        desk=scope_of(request, WORKS),
        rating=rating_shown(request, customer_id, scope=customers),
        sees_books=seen(ledger).has_customer(customer_id),
        personal=people_seen(request),
    )


def _identity(asked: Asked) -> dict[str, Any]:
    whose = affiliations_of(asked.customer.id, asked.books.as_of)
    named = {one.code: one for one in groups()}
    parent_id = asked.customer.parent_id
    theirs = seen(asked.customers)
    merged = one_with(asked.customer.id, asked.books.horizon, theirs) - {asked.customer.id}
    others = customers_by_id([*filter(None, [parent_id]), *merged])
    parent = others.get(parent_id or 0)
    return {
        "merged": sorted((others[one] for one in merged), key=lambda one: one.code),
        "whose": whose,
        "group": named.get(whose.get("group", "")),
        "parent": parent if parent and theirs.has_customer(parent.id) else None,
    }


def _advice(request: HttpRequest, asked: Asked, standing: Standing | None) -> dict[str, Any] | None:
    """What the workbench of the page's company says to do about what is overdue, with the reasons for whoever works
    there. None: nothing is overdue; or of several companies each has a workbench of its own; or the page is of what
    was known once, which no workbench tells."""
    companies = [company] if (company := reading_of(request).company) else companies_offered(request)
    if standing is None or standing.overdue <= 0 or asked.books.known or len(companies) != 1:
        return None
    found = advised(request, companies[0], asked.customer.id, scope=asked.ledger, day=asked.books.as_of)
    title, reasons = advice_said(found)
    collects = seen(asked.desk).has(companies[0].pk, asked.customer.id)
    return {"action": found.action, "title": title, "reasons": [said for _met, said in reasons] if collects else []}


def _steps(
    standing: Standing | None, people: list[ContactRow], papers: list[DocumentRow], quality: Quality
) -> dict[str, Any]:
    known = Known(
        contacts=sum(one.contact.active for one in people),
        papers=sum(one.state in (EXPIRED, EXPIRING) for one in papers),
        lacking=quality.completeness.lacking,
    )
    first, *others = next_steps(standing, known)
    return {"first": first, "others": others}


def _counted(
    asked: Asked, lines: list[ItemRow], people: list[ContactRow], papers: list[DocumentRow]
) -> dict[str, Any]:
    """The tabs the reader may open, with how many lines each holds (None: not counted)."""
    customer_id, books = asked.customer.id, asked.books
    counts: dict[str, int | None] = {"people": sum(one.contact.active for one in people), "papers": len(papers)}
    if asked.sees_books:
        counts["items"] = len(lines)
        counts["documents"] = count_postings(customer_id, books, scope=asked.ledger)
        counts["statements"] = count_issued(IssuedFilter(customer_id=customer_id), scope=asked.ledger)
    if seen(asked.contracts).has_customer(customer_id):
        counts["contracts"] = _contracts(asked, limit=1).count
    counts["rating"] = counts["timeline"] = None
    return {"tabs": [(name, title, counts[name]) for name, title in TABS.items() if name in counts]}


def _contracts(asked: Asked, limit: int) -> Any:
    chosen = ContractFilter(company_id=asked.books.company_id, customer_id=asked.customer.id)
    known = asked.books.known.horizon if asked.books.known else None
    return contracts_page(chosen, scope=asked.contracts, as_of=asked.books.as_of, known=known, limit=limit)


def _credit(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """The limit and what stands against it, where there is anything at one company alone (of several the credit page
    tells), and what covers it."""
    if not asked.sees_books:
        return {"limit": None, "cover": None}
    reading = reading_of(request)
    covering = PieceFilter(COUNTS, company_id=reading.company_id, customer_id=asked.customer.id)
    cover = pieces_page(covering, Asking(asked.ledger, reading.as_of, reading.horizon), limit=_FEW_PIECES)
    companies = [reading.company] if reading.company else companies_offered(request)
    shown = pictures(
        asked.customer.id,
        companies,
        scope=asked.ledger,
        today=reading.today,
        as_of=reading.as_of,
        known=reading.horizon,
    )
    of = [one.own for one in shown if one.own.limit.state != NONE or not one.own.exposure or one.own.exposure.total]
    own = of if len(shown) > 1 else [one.own for one in shown]
    return {"limit": own[0] if len(own) == 1 else None, "cover": cover}


def _habit(asked: Asked) -> dict[str, Any]:
    if not asked.sees_books:
        return {"habit": None, "bars": ()}
    found = habit(asked.customer.id, asked.books, scope=asked.ledger)
    return {"habit": found, "bars": _bars(found)}


def _bars(found: Habit) -> list[Bar]:
    """Twelve bars over a common base; early or on time is one unit tall, so that a month with money shows."""
    worst = max((one.days_late for one in found.months if one.days_late and one.days_late > 0), default=Decimal(1))
    bars = []
    for place, month in enumerate(found.months):
        days = month.days_late
        tall = 0 if days is None else max(3, round(_TALLEST * max(days, Decimal(0)) / worst))
        bars.append(Bar(place * 10, _BASE - tall, tall, days is not None and days > 0, f"{month.first:%Y-%m}", days))
    return bars


# Tabs ---------------------------------------------------------------------------------------------


def _items_tab(request: HttpRequest, asked: Asked, lines: list[ItemRow]) -> dict[str, Any]:
    return {"lines": lines[:FEW], "left": max(0, len(lines) - FEW)}


def _documents_tab(request: HttpRequest, asked: Asked, lines: list[ItemRow]) -> dict[str, Any]:
    after = request.GET.get("after", "")
    place = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None
    found = postings(asked.customer.id, asked.books, scope=asked.ledger, after=place, limit=FEW + 1)
    still: dict[int, int] = {}
    for line in lines:
        still[line.item_id] = still.get(line.item_id, 0) + line.open_amount
    rows = [(one, still.get(one.id, 0)) for one in found[:FEW]]
    return {"posted": rows, "next": found[FEW - 1].id if len(found) > FEW else ""}


def _contracts_tab(request: HttpRequest, asked: Asked, lines: list[ItemRow]) -> dict[str, Any]:
    of_it = OrderFilter(company_id=asked.books.company_id, customer_id=asked.customer.id)
    known = asked.books.known.horizon if asked.books.known else None
    orders = orders_page(of_it, scope=asked.orders, as_of=asked.books.as_of, known=known, limit=FEW)
    return {
        "contracts": _contracts(asked, limit=FEW),
        "orders": orders,
        "may_register": _may_write(request, asked, Permission.MANAGE_CONTRACTS),
        "may_order": _may_write(request, asked, Permission.MANAGE_ORDERS),
    }


def _may_write(request: HttpRequest, asked: Asked, permission: Permission) -> bool:
    """Whether the reader may write so for this customer, on a page of today."""
    if reading_of(request).is_past:
        return False
    return seen(scope_of(request, permission)).has_customer(asked.customer.id)


def _statements_tab(request: HttpRequest, asked: Asked, lines: list[ItemRow]) -> dict[str, Any]:
    return {"rows": issued(IssuedFilter(customer_id=asked.customer.id), scope=asked.ledger, limit=FEW)}


def _rating_tab(request: HttpRequest, asked: Asked, lines: list[ItemRow]) -> dict[str, Any]:
    return panel(request, asked.customer.id, asked.rating, scope=asked.customers)


def _nothing_more(request: HttpRequest, asked: Asked, lines: list[ItemRow]) -> dict[str, Any]:
    return {}


def _timeline_tab(request: HttpRequest, asked: Asked, lines: list[ItemRow]) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    kind = kind if kind in KINDS else ""
    found = timeline(
        asked.customer.id,
        asked.books,
        customers=asked.customers,
        ledger=asked.ledger,
        desk=asked.desk,
        people=scope_of(request, Permission.VIEW_PERSONAL),
        requests=reads_requests(request),
        kind=kind,
        limit=FEW,
    )
    return {"events": in_words(found, machinery=sees_machinery(request)), "kind": kind, "kinds": TIMELINE}


_TABS: dict[str, Callable[[HttpRequest, Asked, list[ItemRow]], dict[str, Any]]] = {
    "items": _items_tab,
    "documents": _documents_tab,
    "contracts": _contracts_tab,
    "statements": _statements_tab,
    "people": _nothing_more,
    "papers": _nothing_more,
    "rating": _rating_tab,
    "timeline": _timeline_tab,
}
