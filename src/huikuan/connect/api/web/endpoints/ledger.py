"""The ledger: items, settlements, what is open as of a day, aging."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Choice, Day, Flag, Instant, Part, Record, Text
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import (
    WHOSE,
    companies_known,
    company_id,
    customer_codes,
    customer_id,
    head_named,
)
from huikuan.connect.api.web.shapes import (
    AGING_ROW,
    ID,
    ITEM,
    KINDS,
    OPEN_LINE,
    SETTLEMENT,
    SIDES,
    aging_json,
    item_json,
    open_line_json,
    settlement_json,
)
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.receivables.domain.aging import BASES, KEYS
from huikuan.record.receivables.queries.aging import aging
from huikuan.record.receivables.queries.items import ItemFilter, items_page
from huikuan.record.receivables.queries.listing import (
    Chosen,
    ListedItem,
    ListedSettlement,
    items_after,
    listed_item,
    listed_settlement,
    settlements_after,
)

Row = TypeVar("Row")
_VIEW = Permission.VIEW_LEDGER


def list_items(call: Call) -> Reply:
    """Items as recorded now, in order of id."""
    asked = call.query
    narrow = {name: asked[name] for name in ("kind", "document_number", "origin_key")}
    return _listed(call, items_after, told_items, lambda row: row.item.id, is_open=asked["open"], **narrow)


def show_item(call: Call) -> Reply:
    """One item."""
    row = found(lambda: listed_item(call.path["id"], scope=call.caller.scope(_VIEW)))
    return Reply(told_items([row])[0])


def list_settlements(call: Call) -> Reply:
    """Settlements in order of id; those of an item where it is named."""
    return _listed(call, settlements_after, told_settlements, lambda row: row.id, item_id=call.query["item"])


def show_settlement(call: Call) -> Reply:
    """One settlement."""
    row = found(lambda: listed_settlement(call.path["id"], scope=call.caller.scope(_VIEW)))
    return Reply(told_settlements([row])[0])


def list_open_items(call: Call) -> Reply:
    """Open lines as of a day, by due date."""
    scope, asked = call.caller.scope(_VIEW), call.query
    chosen = ItemFilter(
        company_id=company_id(asked["company"], scope),
        customer_id=customer_id(asked["customer"], scope),
        currency=asked["currency"],
        side=asked["side"],
        slot=asked["slot"],
    )
    page = items_page(
        chosen,
        as_of=asked["as_of"] or business_date(call.at),
        scope=scope,
        known=head_named(call),
        basis=asked["basis"],
        after=str(call.place[0]) if call.place else None,
        limit=call.limit,
    )
    return Reply({"data": [open_line_json(row) for row in page.rows]}, next=[page.next] if page.next else None)


def show_aging(call: Call) -> Reply:
    """What is open by age, a row for each key, company and currency."""
    scope, asked = call.caller.scope(_VIEW), call.query
    answer = aging(
        as_of=asked["as_of"] or business_date(call.at),
        scope=scope,
        known=head_named(call),
        by=asked["by"],
        basis=asked["basis"],
        company_id=company_id(asked["company"], scope),
        buckets=asked["buckets"],
        organisation=asked["organisation"],
    )
    after = tuple(call.place or ())
    # In the order of the answer; of a page, only what comes after the last key it showed.
    rows = [row for row in answer.rows if (row.key, row.currency, row.company) > after]
    shown = rows[: call.limit]
    last = shown[-1] if len(rows) > call.limit else None
    return Reply(
        {"data": [aging_json(row) for row in shown]}, next=[last.key, last.currency, last.company] if last else None
    )


def told_items(rows: list[ListedItem]) -> list[dict[str, object]]:
    """Items in JSON."""
    known, customers = companies_known(), customer_codes(row.item.customer_id for row in rows)
    return [item_json(row, known.codes, customers, known.currencies) for row in rows]


def told_settlements(rows: list[ListedSettlement]) -> list[dict[str, object]]:
    """Settlements in JSON."""
    known, customers = companies_known(), customer_codes(row.customer_id for row in rows)
    return [settlement_json(row, known.codes, customers, known.currencies) for row in rows]


def _listed(
    call: Call,
    read: Callable[..., list[Row]],
    tell: Callable[[list[Row]], list[dict[str, object]]],
    id_of: Callable[[Row], int],
    **narrow: Any,
) -> Reply:
    """A page of facts in order of id: of the company and customer asked for, narrowed further."""
    scope, asked = call.caller.scope(_VIEW), call.query
    chosen = Chosen(
        company_id=company_id(asked["company"], scope), customer_id=customer_id(asked["customer"], scope), **narrow
    )
    rows = read(chosen, scope=scope, after=int(call.after) if call.after else 0, limit=call.limit + 1)
    more = [id_of(rows[call.limit - 1])] if len(rows) > call.limit else None
    return Reply({"data": tell(rows[: call.limit])}, next=more)


_WHEN = {
    "as_of": Part(Day(), gettext_noop("the day asked about; today if left out")),
    "known_at": Part(Instant(), gettext_noop("what was known and sealed then; everything recorded if left out")),
    "basis": Part(Choice(BASES), gettext_noop("age by due date or by document date"), otherwise="due"),
}

READS = (
    Endpoint(
        "listItems", "GET", "/items", gettext_noop("Items as recorded, in order of id"), _VIEW, list_items, ITEM,
        paged=True,
        query=Record({
            **WHOSE,
            "kind": Part(KINDS, gettext_noop("only this kind")),
            "document_number": Part(Text(60), gettext_noop("only this document")),
            "origin_key": Part(Text(120), gettext_noop("only what came under this key")),
            "open": Part(Flag(), gettext_noop("true: only what is open; false: only what is closed")),
        }),
    ),
    Endpoint(
        "showItem", "GET", "/items/{id}", gettext_noop("One item, and what is open of it"), _VIEW, show_item, ITEM,
        params={"id": ID},
    ),
    Endpoint(
        "listOpenItems", "GET", "/open-items", gettext_noop("Open lines as of any day, by due date"), _VIEW,
        list_open_items, OPEN_LINE, paged=True,
        query=Record({
            **WHOSE, **_WHEN,
            "currency": Part(Text(3, 3, "[A-Z]{3}"), gettext_noop("only this currency")),
            "side": Part(SIDES, gettext_noop("only this side")),
            "slot": Part(Choice(("not_due", "awaiting", "overdue")), gettext_noop("only this part of aging")),
        }),
    ),
    Endpoint(
        "listSettlements", "GET", "/settlements", gettext_noop("Settlements as recorded, in order of id"), _VIEW,
        list_settlements, SETTLEMENT, paged=True,
        query=Record({**WHOSE, "item": Part(ID, gettext_noop("only those of this item"))}),
    ),
    Endpoint(
        "showSettlement", "GET", "/settlements/{id}", gettext_noop("One settlement"), _VIEW, show_settlement,
        SETTLEMENT, params={"id": ID},
    ),
    Endpoint(
        "showAging", "GET", "/aging", gettext_noop("Open items by age as of any day"), _VIEW, show_aging, AGING_ROW,
        paged=True,
        query=Record({
            "company": WHOSE["company"], **_WHEN,
            "by": Part(Choice(KEYS), gettext_noop("what the rows are"), otherwise="customer"),
            "buckets": Part(Text(40), gettext_noop("a named list of the bucket policy, such as annual")),
            "organisation": Part(Day(), gettext_noop("affiliations of this day instead of the day asked about")),
        }),
    ),
)  # fmt: skip
