"""A dispute is raised, and routed to whoever has to answer it, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.actors import invitation_answered
from huikuan.mechanisms.policies.queries import in_force
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries import belongings, item_affiliation_as_of
from huikuan.record.disputes.domain.amounts import disputable
from huikuan.record.disputes.domain.life import REASONS, ROUTE, SOURCES, TOLD, WAITING, require_known
from huikuan.record.disputes.domain.routing import deadline, route_for
from huikuan.record.disputes.models import Dispute
from huikuan.record.disputes.operations.facts import (
    LONGEST_NAME,
    KeptPapers,
    Paper,
    filed,
    keep_papers,
    said,
    tell,
    today_of,
    write_step,
)
from huikuan.record.disputes.policies import ROUTING
from huikuan.record.disputes.queries.standing import unresolved_of
from huikuan.record.receivables.domain.posting import DEBIT
from huikuan.record.receivables.domain.settling import OpenSide
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.queries.ledger import ItemRow, item


def raise_dispute(
    *,
    company_id: int,
    item_id: int,
    amount: int | None = None,
    reason: str,
    note: str = "",
    files: Sequence[Paper] = (),
    source: str,
    said_by: str = "",
    opened_on: date | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Record that the customer does not accept `amount` (minor units; None: all that is open and not disputed yet) of
    a claim, and put it to the department its reason is routed to. Answers the dispute's id; said again in the same
    words while it is not resolved, the same one.

    Refuses a credit, an item of another company, more than is open less what is disputed already, an unknown reason or
    source, the portal from whoever is no guest there, and a day before the item or after today. Who may raise is asked
    at the doors: a customer does, too.
    """
    require_known(reason, REASONS, "dispute_reason_unknown")
    known = TOLD if invitation_answered(actor) is None else SOURCES
    require_known(source, known, "dispute_source_unknown")
    kept = keep_papers(files)
    words = {"reason": reason, "source": source, "said_by": tidy(said_by)[:LONGEST_NAME], "note": said(note)}

    def work() -> int:
        side, found = _claim(company_id, item_id)
        day = _day(found, opened_on, today_of(company_id, at))
        standing = unresolved_of(item_id)
        same = [one for one, _ in standing if _says(one, words, amount)]
        if same:
            return int(same[0].pk)
        over = disputable(amount, side.open_amount, sum(last.amount for _, last in standing), side.currency)
        row = {**words, "amount": over, "opened_on": day, **_of_item(found, day)}
        return _write(row, kept, actor=actor, at=at)

    return retrying(work)


def _claim(company_id: int, item_id: int) -> tuple[OpenSide, ItemRow]:
    """The open item under lock, so that nothing is settled of it until this transaction ends."""
    side = open_items.lock([item_id]).sides.get(item_id)
    found = item(item_id)
    if found.company_id != company_id:
        raise Refusal("item_unknown", item=item_id)
    if found.side != DEBIT:
        raise Refusal("dispute_not_a_claim", item=item_id)
    if side is None:
        raise Refusal("item_not_open", item=item_id)
    return side, found


def _day(found: ItemRow, opened_on: date | None, today: date) -> date:
    day = opened_on or max(today, found.posting_date)
    if opened_on is not None and not found.posting_date <= opened_on <= today:
        raise Refusal("dispute_day_bad", day=opened_on)
    return day


def _says(one: Dispute, words: dict[str, str], amount: int | None) -> bool:
    return (amount is None or one.amount == amount) and all(getattr(one, name) == text for name, text in words.items())


def _of_item(found: ItemRow, day: date) -> dict[str, Any]:
    own = item_affiliation_as_of(day, dimension="business_type", customer_ids=[found.customer_id]).get(found.id)
    theirs = belongings([found.customer_id], day).get(found.customer_id, {}).get("business_type", "")
    return {
        "company_id": found.company_id,
        "customer_id": found.customer_id,
        "item_id": found.id,
        "currency": found.currency,
        "business_type": (found.business_type or theirs) if own is None else own,
    }


def _write(row: dict[str, Any], kept: KeptPapers, *, actor: str, at: datetime) -> int:
    papers = filed(kept, actor=actor, at=at)
    number = record(Dispute, [{**row, "files": papers, "actor": actor}], at=at)[0]
    dispute = Dispute.objects.get(pk=number)
    tell("disputes.raised", dispute, at, amount=dispute.amount, currency=dispute.currency, reason=dispute.reason)
    route(dispute, actor=actor, at=at)
    return number


def route(dispute: Dispute, *, actor: str, at: datetime) -> None:
    """The first step: to whom the company's rule puts a dispute of this reason, and until when."""
    found = in_force(ROUTING.name, company_id=dispute.company_id, at=at)
    way = route_for(found.document, dispute.reason)
    told = {
        "state": WAITING,
        "amount": dispute.amount,
        "department": way.department,
        "role": way.role,
        "owner": way.owner,
        "above": way.above,
        "due_on": deadline(found.document, today_of(dispute.company_id, at), way.days),
        "pauses": way.pauses,
        "policy_id": found.version_id,
    }
    step = write_step(dispute, None, ROUTE, told, actor=actor, at=at)
    tell_routed(dispute, step.department, step.role, step.due_on, at)


def tell_routed(dispute: Dispute, department: str, role: str, due_on: date, at: datetime) -> None:
    """Announce whose matter it is."""
    tell("disputes.routed", dispute, at, department=department, role=role, due_on=due_on.isoformat())
