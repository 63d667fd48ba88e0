"""What the story tells of instalment plans and of interest: asked for, agreed, claimed, given up, each in its turn."""

from __future__ import annotations

from collections.abc import Iterator

from huikuan.act.collection.queries.story import MONEY, Asked, Entry
from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.approvals.queries import RequestRow, rows_of, seen_by
from huikuan.record.customers.queries import narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.interest.models import Claim, Waiver
from huikuan.record.promises.domain.instalments import PLAN
from huikuan.record.promises.models import Plan

#: So many of each at most.
_MOST = 60


def plans_told(asked: Asked) -> Iterator[Entry]:
    """A plan when it was asked for, with what had become of the request, and again when it was agreed."""
    whose = {"customer_id__in": one_with(asked.customer_id)}
    for row in _requests(asked):
        currency, on = row.shown["currency"], business_date(row.submitted_at)
        shown = {"instalments": len(row.shown["lines"]), "state": row.state}
        yield Entry("plan", "asked", on, row.submitted_at, row.maker, MONEY, row.note,
                    to_minor(row.shown["total"], currency), currency, shown, ("shell:approval", row.id))  # fmt: skip
    for plan in narrowed(Plan.objects.filter(**whose), seen(asked.scope)).order_by("-pk")[:_MOST]:
        yield Entry("plan", "agreed", plan.agreed_on, plan.recorded_at, plan.approved_by, MONEY, "", plan.total,
                    plan.currency, {}, ("promises:plan", plan.pk))  # fmt: skip


def _requests(asked: Asked) -> list[RequestRow]:
    """Those that the reader may open, as they stood."""
    if asked.requests is None:
        return []
    found = seen_by(asked.requests.name, asked.requests.scope)
    theirs = found.filter(kind=PLAN, customer_id__in=one_with(asked.customer_id))
    rows = narrowed(theirs, seen(asked.scope)).order_by("-pk")[:_MOST]
    return rows_of(rows, before=asked.before, known=asked.known)


def interest_told(asked: Asked) -> Iterator[Entry]:
    """Interest when it was claimed, and when part of it was given up."""
    reach, whose = seen(asked.scope), {"customer_id__in": one_with(asked.customer_id)}
    claims = list(narrowed(Claim.objects.filter(**whose), reach).order_by("-pk")[:_MOST])
    for claim in claims:
        shown = {"from": claim.first_on, "until": claim.last_on}
        yield Entry("interest", "claimed", business_date(claim.recorded_at), claim.recorded_at, claim.actor, MONEY, "",
                    claim.amount, claim.currency, shown, ("interest:item", claim.item_id))  # fmt: skip
    of = {claim.pk: claim for claim in claims}
    for waiver in narrowed(Waiver.objects.filter(claim_id__in=list(of)), reach) if of else ():
        claim = of[waiver.claim_id]
        yield Entry("interest", "waived", business_date(waiver.recorded_at), waiver.recorded_at, waiver.actor, MONEY,
                    waiver.reason, waiver.amount, claim.currency, {}, ("interest:item", claim.item_id))  # fmt: skip
