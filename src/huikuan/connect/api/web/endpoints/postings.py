"""Writing into the ledger: post items, settle, reverse, reschedule. One call is one transaction, all or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Amount, Choice, Day, Listed, Part, Record, Text, answered
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.ledger import told_items, told_settlements
from huikuan.connect.api.web.endpoints.lookups import company_seen, customer_of, seen_item
from huikuan.connect.api.web.shapes import CODE, ID, ITEM, KINDS, SETTLEMENT, SIDES
from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations.items import post_items
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.operations.settlements import Request, settle_many
from huikuan.record.receivables.queries.listing import (
    ListedItem,
    listed_item,
    listed_items,
    listed_settlement,
    listed_settlements,
)

_MOST = 500
_POST, _SETTLE = Permission.POST_ITEMS, Permission.SETTLE
#: The rest of a posting, told as it is given.
_PLAIN = ("kind", "currency", "awaits", "side", "recognition", "document_number", "obligation", "contract_number",
          "business_type", "text", "origin_system", "origin_key")  # fmt: skip


def create_items(call: Call) -> Reply:
    """Post items of one company."""
    scope = call.caller.scope(_POST)
    company = company_seen(call.body["company"], scope)
    postings = [_posting(one, company, scope) for one in call.body["items"]]
    ids = post_items(company=company, postings=postings, actor=call.caller.actor, at=call.at)
    return Reply({"data": _in_order(told_items(listed_items(ids, scope=scope)), ids)})


def create_settlements(call: Call) -> Reply:
    """Settle, each seeing those before it."""
    requests = [_request(call, one) for one in call.body["settlements"]]
    ids = settle_many(requests=requests, actor=call.caller.actor, at=call.at)
    rows = listed_settlements(ids, scope=call.caller.scope(_SETTLE))
    return Reply({"data": _in_order(told_settlements(rows), ids)})


def undo_item(call: Call) -> Reply:
    """Undo an item by its mirror; answers the mirror."""
    item_id = seen_item(call, call.path["id"], _POST)
    done = reverse_item(item_id=item_id, reason=call.body["reason"], actor=call.caller.actor, at=call.at)
    return Reply(told_items([listed_item(done.mirror_id, scope=call.caller.scope(_POST))])[0])


def undo_settlement(call: Call) -> Reply:
    """Undo a settlement; answers the negative row. Whose rows both items are has to be the caller's."""
    scope = call.caller.scope(_SETTLE)
    row = found(lambda: listed_settlement(call.path["id"], scope=scope))
    for item_id in (row.credit_id, row.debit_id):
        seen_item(call, item_id, _SETTLE)
    reversal = reverse_settlement(
        settlement_id=row.id, reason=call.body["reason"], actor=call.caller.actor, at=call.at
    )
    return Reply(told_settlements([listed_settlement(reversal, scope=scope)])[0])


def reschedule_item(call: Call) -> Reply:
    """From a day on an item falls due otherwise; answers the item."""
    scope = call.caller.scope(Permission.RESCHEDULE)
    row = found(lambda: listed_item(call.path["id"], scope=scope))
    item = row.item
    record_schedule(
        item_id=item.id,
        lines=[
            Line(line["due_date"], line["awaits"], to_minor(line["amount"], item.currency))
            for line in call.body["lines"]
        ],
        effective_on=call.body["effective_on"] or business_date(call.at, company_zone(item.company_id)),
        reason=call.body["reason"],
        actor=call.caller.actor,
        at=call.at,
    )
    return Reply(told_items([listed_item(item.id, scope=scope)])[0])


def _posting(said: Mapping[str, Any], company: Company, scope: Scope) -> Posting:
    net, tax = (
        None if said[name] is None else to_minor(said[name], said["currency"]) for name in ("net_amount", "tax_amount")
    )
    return Posting(
        customer_id=customer_of(company, said["customer"], scope),
        amount=to_minor(said["amount"], said["currency"]),
        net_amount=net,
        tax_amount=tax,
        document_date=said["document_date"],
        posting_date=said["posting_date"] or said["document_date"],
        due_date=said["due_date"],
        **{name: said[name] for name in _PLAIN},
    )


def _request(call: Call, said: Mapping[str, Any]) -> Request:
    credit, debit = (_named(call, said[side]) for side in ("credit", "debit"))
    other = said["debit_amount"]
    return Request(
        credit_id=credit.item.id,
        debit_id=debit.item.id,
        credit_amount=to_minor(said["credit_amount"], credit.item.currency),
        effective_on=said["effective_on"],
        reason=said["reason"],
        debit_amount=None if other is None else to_minor(other, debit.item.currency),
    )


def _named(call: Call, item_id: int) -> ListedItem:
    return listed_item(item_id, scope=call.caller.scope(_SETTLE))


def _in_order(rows: list[dict[str, Any]], ids: list[int]) -> list[dict[str, Any]]:
    known = {row["id"]: row for row in rows}
    return [known[one] for one in ids if one in known]


_NEW_ITEM = Record({
    "customer": Part(CODE, gettext_noop("a customer's code"), required=True),
    "kind": Part(KINDS, required=True),
    "amount": Part(Amount(), gettext_noop("above zero, whole minor units"), required=True),
    "currency": Part(Text(3, 3, "[A-Z]{3}"), required=True),
    "document_date": Part(Day(), required=True),
    "posting_date": Part(Day(), gettext_noop("the document date if left out")),
    "due_date": Part(Day(), gettext_noop("a debit has it, or the event it awaits")),
    "awaits": Part(Text(30), otherwise=""),
    "side": Part(SIDES, gettext_noop("follows the kind if left out"), otherwise=""),
    "recognition": Part(Choice(tuple(Item.Recognition.values)), otherwise=""),
    "net_amount": Part(Amount()),
    "tax_amount": Part(Amount()),
    "document_number": Part(Text(60), otherwise=""),
    "obligation": Part(Text(60), gettext_noop("what the instalments of one debt share"), otherwise=""),
    "contract_number": Part(Text(60), otherwise=""),
    "business_type": Part(Text(60), otherwise=""),
    "text": Part(Text(200), otherwise=""),
    "origin_system": Part(Text(40), otherwise=""),
    "origin_key": Part(Text(120), gettext_noop("your own key; the ledger takes it once"), otherwise=""),
})  # fmt: skip
_NEW_SETTLEMENT = Record({
    "credit": Part(ID, gettext_noop("the item that clears"), required=True),
    "debit": Part(ID, gettext_noop("the item that is cleared"), required=True),
    "credit_amount": Part(Amount(), gettext_noop("in the credit's currency"), required=True),
    "debit_amount": Part(Amount(), gettext_noop("in the debit's currency, where the currencies differ")),
    "effective_on": Part(Day(), required=True),
    "reason": Part(Text(60, 1), gettext_noop("third_party where the customers differ"), required=True),
})  # fmt: skip
_LINE = Record({
    "due_date": Part(Day()),
    "awaits": Part(Text(30), otherwise=""),
    "amount": Part(Amount(), required=True),
})  # fmt: skip
_WHY = Record({"reason": Part(Text(60, 1), gettext_noop("why"), required=True)})

WRITES = (
    Endpoint(
        "createItems", "POST", "/items", gettext_noop("Post items of one company, all or none"), _POST, create_items,
        answered(data=Listed(ITEM, _MOST)), status=201,
        body=Record({
            "company": Part(Text(20, 1), gettext_noop("a company's code"), required=True),
            "items": Part(Listed(_NEW_ITEM, _MOST, 1), required=True),
        }),
    ),
    Endpoint(
        "reverseItem", "POST", "/items/{id}/reversal", gettext_noop("Undo an item by its mirror"), _POST, undo_item,
        ITEM, status=201, params={"id": ID}, body=_WHY,
    ),
    Endpoint(
        "rescheduleItem", "POST", "/items/{id}/schedule", gettext_noop("From a day on, an item falls due otherwise"),
        Permission.RESCHEDULE, reschedule_item, ITEM, status=201, params={"id": ID},
        body=Record({
            "lines": Part(Listed(_LINE, 60, 1), gettext_noop("they sum to the item"), required=True),
            "effective_on": Part(Day(), gettext_noop("since when; today if left out")),
            "reason": Part(Text(30, 1), gettext_noop("why"), otherwise="extension"),
        }),
    ),
    Endpoint(
        "createSettlements", "POST", "/settlements", gettext_noop("Clear credits against debits, all or none"),
        _SETTLE, create_settlements, answered(data=Listed(SETTLEMENT, _MOST)), status=201,
        body=Record({"settlements": Part(Listed(_NEW_SETTLEMENT, _MOST, 1), required=True)}),
    ),
    Endpoint(
        "reverseSettlement", "POST", "/settlements/{id}/reversal",
        gettext_noop("Undo a settlement: both sides are open again"), _SETTLE, undo_settlement, SETTLEMENT,
        status=201, params={"id": ID}, body=_WHY,
    ),
)  # fmt: skip
