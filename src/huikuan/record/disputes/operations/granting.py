"""Who may give money away to end a dispute: within the authority at once, beyond it by a request; never who raised it
alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Sum

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.approvals.kinds import Asked
from huikuan.mechanisms.approvals.operations import submit_request
from huikuan.mechanisms.approvals.operations.asking import About, void_requests
from huikuan.mechanisms.approvals.operations.asking import Sum as SumAsked
from huikuan.mechanisms.approvals.queries import measured_waiting
from huikuan.mechanisms.approvals.queries.reach import matrix_of
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.actors import is_operator, person
from huikuan.mechanisms.identity.queries import rights
from huikuan.mechanisms.store.pipeline import send
from huikuan.mechanisms.store.transactions import is_postgres
from huikuan.record.customers.queries.families import one_of
from huikuan.record.disputes.domain.amounts import granted
from huikuan.record.disputes.domain.grants import GRANT, subject_of
from huikuan.record.disputes.domain.life import POSTING, RESOLVE, follow
from huikuan.record.disputes.models import Dispute, DisputeStep
from huikuan.record.disputes.operations.crediting import End, write_end
from huikuan.record.disputes.operations.facts import held, today_of
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.queries.ledger import item
from huikuan.record.receivables.queries.valuation import Valuation, valuation


@dataclass(frozen=True, slots=True)
class Worth:
    """A grant in the currency of the authority matrix: it alone, and with what was granted to the customer, and those
    it is one with, in the matrix's window or waits to be."""

    alone: int
    together: int


def worth_of(dispute: Dispute, amount: int, at: datetime) -> Worth:
    """Refuses a currency without a rate."""
    authority = matrix_of(dispute.company_id, at=at).authority
    members = one_of(dispute.customer_id).members
    since = at - timedelta(days=authority.window_days)
    before = _granted(dispute.company_id, members, since)
    today = today_of(dispute.company_id, at)
    valued = valuation(authority.currency, {dispute.currency, *before}, today, ALWAYS_KNOWN)
    alone = _valued(valued, amount, dispute.currency)
    posted = sum(_valued(valued, one, currency) for currency, one in before.items())
    return Worth(alone, alone + posted + measured_waiting(GRANT, dispute.company_id, members, since=since))


def to_approve(dispute: Dispute, amount: int, actor: str, at: datetime) -> Worth | None:
    """What another has to approve; None: the actor posts it at once, being another than who raised the dispute and
    having the authority over all that was granted in the window. Whoever operates the machine has no role, and
    authority over everything."""
    another = person(dispute.actor) != person(actor)
    if another and is_operator(actor):
        return None
    hold_grants(dispute)
    worth = worth_of(dispute, amount, at)
    roles = rights(actor, at=at).roles(dispute.company_id)
    reach = matrix_of(dispute.company_id, at=at).reach(roles, GRANT, worth.together)
    return None if another and reach.reached else worth


def hold_grants(dispute: Dispute) -> None:
    """Whoever grants this customer something waits until this transaction ends, and only then adds up what was
    granted. SQLite has one writer: its transaction is lock enough."""
    if is_postgres():
        whose = f"{GRANT}:{dispute.company_id}:{one_of(dispute.customer_id).shown}"
        send("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [whose])


def ask_grant(dispute: Dispute, last: DisputeStep, end: End, worth: Worth, *, actor: str, at: datetime) -> int:
    """Ask that the dispute end so; answers the request. Neither its maker nor who raised the dispute decides."""
    return submit_request(
        about=About(GRANT, subject_of(dispute.pk), dispute.company_id, dispute.customer_id),
        shown=_drawn_up(dispute, last, end),
        sum_asked=SumAsked(end.amount, dispute.currency, worth.alone, stands=worth.together),
        note=end.note,
        barred={person(dispute.actor)},
        actor=actor,
        at=at,
    )


def grant_as_shown(asked: Asked, *, at: datetime) -> dict[str, Any]:
    """The document as it would be drawn up now. The claim is held; refuses where so much can no longer be granted."""
    del at  # the last step and what is open are what they are, whatever the hour
    dispute, last = held(asked.shown["dispute"])
    end = _end_in(asked)
    side = open_items.lock([dispute.item_id]).sides.get(dispute.item_id)
    follow(last.state, RESOLVE)
    granted(end.outcome, end.amount, last.amount, side.open_amount if side else 0, dispute.currency)
    return _drawn_up(dispute, last, end)


def grant_asked(asked: Asked, *, actor: str, at: datetime) -> None:
    """What was approved is posted, settled and recorded as the end, in its maker's words."""
    dispute, last = held(asked.shown["dispute"])
    side = open_items.lock([dispute.item_id]).sides.get(dispute.item_id)
    state = follow(last.state, RESOLVE)
    write_end(dispute, last, side, _end_in(asked), state=state, actor=actor, at=at)


def drop_requests(dispute_id: int, *, actor: str, at: datetime) -> None:
    """The dispute ended otherwise: what waits about it is void."""
    void_requests(kind=GRANT, subject=subject_of(dispute_id), because="", actor=actor, at=at)


def _drawn_up(dispute: Dispute, last: DisputeStep, end: End) -> dict[str, Any]:
    claim = item(dispute.item_id)
    return {
        "dispute": dispute.pk,
        "step": last.number,
        "document": claim.document_number or f"#{claim.id}",
        "reason": dispute.reason,
        "outcome": end.outcome,
        "currency": dispute.currency,
        "disputed": to_text(last.amount, dispute.currency),
        "granted": to_text(end.amount, dispute.currency),
        "note": end.note,
        "document_number": end.document_number,
        "files": list(end.files),
    }


def _end_in(asked: Asked) -> End:
    shown = asked.shown
    amount = to_minor(shown["granted"], shown["currency"])
    return End(shown["outcome"], amount, shown["note"], shown["document_number"], tuple(shown["files"]))


def _granted(company_id: int, customer_ids: Collection[int], since: datetime) -> dict[str, int]:
    """Currency → what ends of disputes gave these customers since then; credits that were reversed gave nothing."""
    undone = Item.objects.filter(reversal_of=OuterRef("item_id"))
    steps = DisputeStep.objects.filter(
        company_id=company_id, customer_id__in=customer_ids, step=RESOLVE, outcome__in=POSTING, recorded_at__gt=since
    ).exclude(Exists(undone))
    of = Dispute.objects.filter(pk=OuterRef("dispute_id")).values("currency")
    sums = steps.annotate(in_currency=of[:1]).values_list("in_currency").annotate(sum=Sum("accepted"))
    return dict(sums.order_by("in_currency"))


def _valued(valued: Valuation, amount: int, currency: str) -> int:
    worth = valued.value(amount, currency)
    if worth is None:
        raise Refusal("dispute_grant_without_rate", currency=currency, into=valued.currency)
    return worth
