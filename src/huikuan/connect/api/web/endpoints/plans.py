"""Instalment plans: which were agreed and how they are kept, and asking for one."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    Kind,
    Listed,
    Maybe,
    Part,
    Record,
    Text,
    Whole,
    answered,
)
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
from huikuan.mechanisms.identity.models import Company
from huikuan.record.promises.domain.instalments import INTERESTS, ON_MISS, PLAN_STATES, Instalment
from huikuan.record.promises.operations.plans import Terms, propose_plan
from huikuan.record.promises.queries.plans import plan, plans
from huikuan.record.promises.telling import plan_json

_LINE: dict[str, Kind] = {"due": Day(), "amount": Amount(), "paid": Amount(), "missed": Flag()}
_ITEM: dict[str, Kind] = {"item": ID, "document": Text(60), "amount": Amount(), "original_due": Maybe(Day())}
PLAN = answered(
    id=ID, company=Text(20), customer=CODE, currency=CURRENCY, total=Amount(), paid=Amount(), agreed_on=Day(),
    grace_days=Whole(0), on_miss=Choice(ON_MISS), interest=Choice(INTERESTS), state=Choice(PLAN_STATES),
    ended_on=Maybe(Day()), missed=Maybe(Whole()), lines=Listed(answered(**_LINE), MANY),
    items=Listed(answered(**_ITEM), MANY),
)  # fmt: skip


def list_plans(call: Call) -> Reply:
    """Plans as they stood, the latest first."""
    scope, asked = call.caller.scope(READS), call.query
    rows = plans(
        scope=scope,
        as_of=asked["as_of"] or business_date(call.at),
        state=asked["state"],
        company_id=company_id(asked["company"], scope),
        customer_id=customer_id(asked["customer"], scope),
    )
    return newest_first(call, rows, plan_json)


def show_plan(call: Call) -> Reply:
    """One plan, its schedule beside what was paid."""
    scope, day = call.caller.scope(READS), call.query["as_of"] or business_date(call.at)
    return Reply(plan_json(found(lambda: plan(call.path["id"], scope=scope, as_of=day))))


def ask_plan(call: Call) -> Reply:
    """Ask that instalments take the place of due dates."""
    said = call.body
    items = items_named(call, said["items"])
    currency = items[0].currency
    request = propose_plan(
        company=Company.objects.get(pk=items[0].company_id),
        customer_id=items[0].customer_id,
        items=[item.id for item in items],
        lines=[Instalment(line["due"], to_minor(line["amount"], currency)) for line in said["lines"]],
        terms=Terms(said["on_miss"], said["interest"], said["note"], said["grace_days"]),
        actor=call.caller.actor,
        at=call.at,
    )
    return asked_for(request)


_INSTALMENT = Record({"due": Part(Day(), required=True), "amount": Part(Amount(), required=True)})

ENDPOINTS = (
    Endpoint(
        "listPlans", "GET", "/plans", gettext_noop("Instalment plans as of any day, the latest first"), READS,
        list_plans, PLAN, paged=True,
        query=Record({
            **WHOSE, **WHEN,
            "state": Part(Choice(("", *PLAN_STATES)), gettext_noop("only in this state"), otherwise=""),
        }),
    ),
    Endpoint(
        "showPlan", "GET", "/plans/{id}", gettext_noop("One plan, its schedule beside what was paid"), READS,
        show_plan, PLAN, params={"id": ID}, query=Record(WHEN),
    ),
    Endpoint(
        "askPlan", "POST", "/plans",
        gettext_noop("Ask for instalments instead of due dates; another approves, a row higher: no paper comes along"),
        WRITES, ask_plan, REQUESTED, status=201,
        body=Record({
            "items": Part(Listed(ID, 200, 1), gettext_noop("each with all that is open of it"), required=True),
            "lines": Part(Listed(_INSTALMENT, 200, 1), gettext_noop("they come to what is open"), required=True),
            "on_miss": Part(Choice(ON_MISS), gettext_noop("what a miss does"), otherwise=ON_MISS[0]),
            "interest": Part(Choice(INTERESTS), otherwise=INTERESTS[0]),
            "grace_days": Part(Whole(0, 31), gettext_noop("as the policy says if left out")),
            "note": Part(Text(200), otherwise=""),
        }),
    ),
)  # fmt: skip
