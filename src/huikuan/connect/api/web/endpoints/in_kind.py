"""Settlement in kind: what was agreed, asking for it, the goods that came and those that did not."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Amount, Choice, Day, Kind, Listed, Maybe, Part, Record, Text, answered
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.agreed import (
    MANY,
    READS,
    REQUESTED,
    WHEN,
    WRITES,
    asked_for,
    items_named,
    newest_first,
)
from huikuan.connect.api.web.endpoints.lookups import WHOSE, company_id, customer_id
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID
from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.record.promises.domain.barter import BARTER_STATES, METHODS, Goods
from huikuan.record.promises.operations.bartering import deliver_barter, fail_barter, propose_barter
from huikuan.record.promises.queries.barters import BarterRow, barter, barters
from huikuan.record.promises.telling import barter_json

_PART: dict[str, Kind] = {"item": ID, "document": Text(60), "amount": Amount()}
IN_KIND = answered(
    id=ID, company=Text(20), customer=CODE, currency=CURRENCY, asset=Text(200), agreed=Amount(), valued=Amount(),
    valuer=Text(100), valued_on=Day(), method=Choice(METHODS), agreed_on=Day(), deliver_by=Day(),
    state=Choice(BARTER_STATES), ended_on=Maybe(Day()), credit_item=Maybe(ID),
    voucher=Listed(answered(account=Text(40), amount=Amount())), parts=Listed(answered(**_PART), MANY),
)  # fmt: skip


def list_in_kind(call: Call) -> Reply:
    """Settlements in kind as they stood, the latest first."""
    scope, asked = call.caller.scope(READS), call.query
    rows = barters(
        scope=scope,
        as_of=asked["as_of"] or business_date(call.at),
        state=asked["state"],
        company_id=company_id(asked["company"], scope),
        customer_id=customer_id(asked["customer"], scope),
    )
    return newest_first(call, rows, barter_json)


def show_in_kind(call: Call) -> Reply:
    """One with its voucher."""
    scope, day = call.caller.scope(READS), call.query["as_of"] or business_date(call.at)
    return Reply(barter_json(found(lambda: barter(call.path["id"], scope=scope, as_of=day))))


def ask_in_kind(call: Call) -> Reply:
    """Ask that goods may pay claims."""
    said = call.body
    items = items_named(call, [part["item"] for part in said["parts"]])
    currency = items[0].currency

    def minor(name: str) -> int | None:
        return None if said[name] is None else to_minor(said[name], currency)

    goods = Goods(
        said["asset"], minor("valued") or 0, said["valuer"], said["valued_on"], said["method"], said["deliver_by"],
        said["note"], minor("tax"), minor("fair_value"), minor("allowance"),
    )  # fmt: skip
    amounts = [to_minor(part["amount"], item.currency) for part, item in zip(said["parts"], items, strict=True)]
    request = propose_barter(
        company=Company.objects.get(pk=items[0].company_id),
        customer_id=items[0].customer_id,
        parts=[(item.id, amount) for item, amount in zip(items, amounts, strict=True)],
        goods=goods,
        actor=call.caller.actor,
        at=call.at,
    )
    return asked_for(request)


def deliver(call: Call) -> Reply:
    """The goods are there: the claims are paid."""
    row, said = _named(call, Permission.SETTLE), call.body
    on = said["on"] or business_date(call.at)
    deliver_barter(barter_id=row.id, on=on, note=said["note"], actor=call.caller.actor, at=call.at)
    return Reply(barter_json(_named(call, Permission.SETTLE)))


def fail(call: Call) -> Reply:
    """The goods did not come: the claims are pursued."""
    row = _named(call, WRITES)
    fail_barter(barter_id=row.id, note=call.body["reason"], actor=call.caller.actor, at=call.at)
    return Reply(barter_json(_named(call, WRITES)))


def _named(call: Call, permission: Permission) -> BarterRow:
    scope = call.caller.scope(permission)
    return found(lambda: barter(call.path["id"], scope=scope, as_of=business_date(call.at)))


_SAID_PART = Record({"item": Part(ID, required=True), "amount": Part(Amount(), required=True)})
_FOR_VOUCHER = gettext_noop("for the voucher")

ENDPOINTS = (
    Endpoint(
        "listInKind", "GET", "/in-kind", gettext_noop("Settlements in kind as of any day, the latest first"), READS,
        list_in_kind, IN_KIND, paged=True,
        query=Record({
            **WHOSE, **WHEN,
            "state": Part(Choice(("", *BARTER_STATES)), gettext_noop("only in this state"), otherwise=""),
        }),
    ),
    Endpoint(
        "showInKind", "GET", "/in-kind/{id}", gettext_noop("One settlement in kind with its voucher"), READS,
        show_in_kind, IN_KIND, params={"id": ID}, query=Record(WHEN),
    ),
    Endpoint(
        "askInKind", "POST", "/in-kind",
        gettext_noop("Ask that goods may pay claims; another approves, a row higher: no paper comes along"), WRITES,
        ask_in_kind, REQUESTED, status=201,
        body=Record({
            "parts": Part(Listed(_SAID_PART, 200, 1), gettext_noop("so much of each item"), required=True),
            "asset": Part(Text(200, 1), gettext_noop("what is handed over"), required=True),
            "valued": Part(Amount(), gettext_noop("in the items' currency"), required=True),
            "valuer": Part(Text(100, 1), required=True),
            "valued_on": Part(Day(), required=True),
            "method": Part(Choice(METHODS), gettext_noop("how it was valued"), required=True),
            "deliver_by": Part(Day(), required=True),
            "tax": Part(Amount(), _FOR_VOUCHER),
            "fair_value": Part(Amount(), _FOR_VOUCHER),
            "allowance": Part(Amount(), _FOR_VOUCHER),
            "note": Part(Text(200), otherwise=""),
        }),
    ),
    Endpoint(
        "deliverInKind", "POST", "/in-kind/{id}/delivery", gettext_noop("The goods are there: the claims are paid"),
        Permission.SETTLE, deliver, IN_KIND, status=201, params={"id": ID},
        body=Record({
            "on": Part(Day(), gettext_noop("today if left out")),
            "note": Part(Text(200), otherwise=""),
        }),
    ),
    Endpoint(
        "failInKind", "POST", "/in-kind/{id}/failure",
        gettext_noop("The goods did not come: the claims are pursued"), WRITES, fail, IN_KIND, status=201,
        params={"id": ID}, body=Record({"reason": Part(Text(200, 1), gettext_noop("why"), required=True)}),
    ),
)  # fmt: skip
