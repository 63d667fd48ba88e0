"""What the story tells of instalment plans and of interest: asked for, agreed, claimed, given up, given back."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from huikuan.act.collection.queries.story import MONEY, Asked, Entry
from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.approvals.queries import RequestRow, rows_of, seen_by
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.record.customers.queries import among, narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.interest.models import Claim, Correction, Waiver
from huikuan.record.promises.domain.instalments import PLAN
from huikuan.record.promises.models import Plan
from huikuan.record.receivables.models import Item

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
    """Interest when it was claimed, and when part of it was given up, or given back because its days bore less; each
    with whether it was taken back by then."""
    told = _claimed(asked)
    gone = _gone({item for one in told for item in (one.claim.item_id, one.posted)}, asked)
    for one in told:
        # What an item bears has no page once it is reversed: its own says what became of it.
        link = ("receivables:item" if one.claim.item_id in gone.now else "interest:item", one.claim.item_id)
        shown, at = {**one.shown, "withdrawn": one.posted in gone.then}, one.fact.recorded_at
        yield Entry("interest", one.what, business_date(at), at, one.fact.actor, MONEY, one.words, one.fact.amount,
                    one.claim.currency, shown, link)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Said:
    """Something that was said of a claim, and the item it was posted as: reversed, it is taken back."""

    what: str
    fact: Claim | Waiver | Correction
    claim: Claim
    posted: int
    words: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)


def _claimed(asked: Asked) -> list[_Said]:
    reach, whose = seen(asked.scope), {"customer_id__in": one_with(asked.customer_id)}
    claims = {one.pk: one for one in narrowed(Claim.objects.filter(**whose), reach).order_by("-pk")[:_MOST]}
    if not claims:
        return []
    of = {"claim_id__in": among(claims)}
    waived, corrected = narrowed(Waiver.objects.filter(**of), reach), narrowed(Correction.objects.filter(**of), reach)
    return [
        *(_Said("claimed", one, one, one.interest_item_id, shown={"from": one.first_on, "until": one.last_on})
          for one in claims.values()),
        *(_Said("waived", one, claims[one.claim_id], one.credit_id, one.reason) for one in waived),
        *(_Said("corrected", one, claims[one.claim_id], one.credit_id) for one in corrected),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Gone:
    """Items that were reversed: when the day ended, by what was known; and now."""

    then: frozenset[int]
    now: frozenset[int]


def _gone(items: Collection[int], asked: Asked) -> _Gone:
    """One question for all of them."""
    mirrors = list(Item.objects.filter(reversal_of__in=among(items))) if items else []
    known = ALWAYS_KNOWN if asked.known is None else asked.known
    then = [one for one in mirrors if one.recorded_at < asked.before and one.tx < known]
    return _Gone(*(frozenset(one.reversal_of for one in rows if one.reversal_of) for rows in (then, mirrors)))
