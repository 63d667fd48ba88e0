"""What other parts of the product tell of and limitation takes note of: demands, promises, plans, confirmations."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from huikuan.kernel.dates import business_date
from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.queries import among
from huikuan.record.limitation.domain.kinds import DEMAND, MEDIUM, PLAN, PROMISE, SENT, STATEMENT, STRONG, WEAK
from huikuan.record.limitation.operations.interrupting import record_interruption, withdraw_source
from huikuan.record.receivables.models import Item

#: Letters that demand payment; a reminder before the day or a statement alone does not.
_DEMANDING = frozenset({"demand", "legal"})
#: By letter somebody signed for it; by wire a machine says that it arrived.
_SIGNED_FOR = "letter"
#: Ways to promise that leave words of the debtor's own.
_WRITTEN = frozenset({"email", "letter", "im"})
#: What is promised there stands in the guest's answer, which tells of it: one event is one interruption.
_ANSWERED = "portal"

FOLLOWED = frozenset(
    {
        "notices.sent", "notices.delivered", "notices.bounced", "promises.made", "promises.withdrawn",
        "promises.plan_agreed", "confirmations.answered",
    }
)  # fmt: skip


def follow_event(event: Announced, *, at: datetime) -> None:
    """After-commit subscriber: each event is an interruption of the items it names, once however often it is told."""
    if event.company_id is None or event.customer_id is None:
        return
    said, family = event.payload, event.kind.partition(".")[0]
    if family == "notices":
        _follow_notice(event, at)
    elif event.kind == "promises.made":
        # Whoever promises agrees that it owes (14); said on the telephone, nothing proves it.
        if said.get("source") == _ANSWERED:
            return
        strength = MEDIUM if said.get("source") in _WRITTEN else WEAK
        _interrupt(event, said["items"], PROMISE, strength, f"promise:{said['promise']}", at)
    elif event.kind == "promises.withdrawn":
        withdraw_source(source=f"promise:{said['promise']}", item_ids=said["items"], note=event.kind, at=at)
    elif event.kind == "promises.plan_agreed":
        # The debtor's signature stands on the paper; without it we alone say that it agreed.
        strength = STRONG if said.get("sha256") else MEDIUM
        _interrupt(event, said["items"], PLAN, strength, f"plan:{said['plan']}", at)
    else:
        reply = said["reply"]
        _interrupt(event, said.get("confirmed", ()), STATEMENT, MEDIUM, f"confirmation:{reply}", at)
        _interrupt(event, said.get("promised", ()), PROMISE, MEDIUM, f"confirmed-promise:{reply}", at)


def _follow_notice(event: Announced, at: datetime) -> None:
    """Sent without proof is weak; arrived it counts, from the day it arrived, however late somebody says so; bounced
    it was never made."""
    said = event.payload
    on = date.fromisoformat(said["on"]) if said.get("on") else None
    sent, arrived = f"notice:{said['notice']}:sent", f"notice:{said['notice']}:arrived"
    if event.kind == "notices.bounced":
        for source in (sent, arrived):
            withdraw_source(source=source, note=event.kind, at=at)
        return
    if said["purpose"] not in _DEMANDING or not said["items"]:
        return
    if event.kind == "notices.sent":
        _interrupt(event, said["items"], SENT, WEAK, sent, at, on=on)
    else:
        strength = STRONG if said["channel"] == _SIGNED_FOR else MEDIUM
        _interrupt(event, said["items"], DEMAND, strength, arrived, at, on=on)


def _interrupt(
    event: Announced,
    item_ids: Collection[int],
    kind: str,
    strength: str,
    source: str,
    at: datetime,
    on: date | None = None,
) -> None:
    """Of the debits among the items: what else an event names has no clock. `on`: the day it happened, None: that of
    the event in the company's zone."""
    company = Company.objects.get(pk=event.company_id or 0)
    claims = list(Item.objects.filter(id__in=among(item_ids), side="debit").values_list("id", flat=True))
    if not claims:
        return
    record_interruption(
        item_ids=claims,
        kind=kind,
        on=on or business_date(event.recorded_at, company.time_zone),
        strength=strength,
        source=source,
        actor=SYSTEM,
        at=at,
    )
