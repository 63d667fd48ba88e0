"""Giving up part of a claim: asked for by one, approved by whoever has the authority, booked at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.rates import convert
from huikuan.kernel.text import tidy
from huikuan.mechanisms.approvals.operations import submit_request
from huikuan.mechanisms.approvals.operations.asking import About, Sum
from huikuan.mechanisms.approvals.policies import authority_of
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries.families import one_of
from huikuan.record.customers.queries.owning import owning
from huikuan.record.interest.models import Claim
from huikuan.record.interest.operations.claiming import claim_record, held
from huikuan.record.receivables.queries.rates import rate_on

KIND = "interest.waiver"
LONGEST = 200


def ask_waiver(*, claim_id: int, amount: int, reason: str, actor: str, at: datetime) -> int:
    """Ask that so much of what is open of a claim be given up; answers the request. Nobody who owns the customer
    decides. Refuses a silent wish, more than is open, and a second request while one waits."""
    why = tidy(reason)[:LONGEST]
    if not why:
        raise Refusal("interest_reason_missing")

    def work() -> int:
        claim = claim_record(claim_id)
        company = Company.objects.get(pk=claim.company_id)
        left = still_open(claim)
        if not 0 < amount <= left:
            raise Refusal("interest_waiver_bad", open=to_text(left, claim.currency), currency=claim.currency)
        today = business_date(at, company.time_zone)
        into = authority_of(company.pk, at=at)[0].currency
        rate = rate_on(claim.currency, into, today)
        if rate is None:
            raise Refusal("interest_without_rate", currency=claim.currency, into=into)
        return submit_request(
            about=About(KIND, f"claim:{claim_id}", claim.company_id, claim.customer_id),
            shown=shown_of(claim, amount, why, left),
            sum_asked=Sum(amount, claim.currency, convert(amount, claim.currency, rate.rate_e8, into)),
            note=why,
            barred=owning(one_of(claim.customer_id).members, today),
            actor=actor,
            at=at,
        )

    return retrying(work)


def still_open(claim: Claim) -> int:
    """What is open of a claim's item, held until the transaction ends."""
    side = held(claim)
    return side.open_amount if side else 0


def shown_of(claim: Claim, amount: int, reason: str, left: int) -> dict[str, Any]:
    """The document an approver is shown."""
    return {
        "claim": claim.pk,
        "digest": claim.digest,
        "currency": claim.currency,
        "claimed": to_text(claim.amount, claim.currency),
        "from": claim.first_on.isoformat(),
        "to": claim.last_on.isoformat(),
        "open": to_text(left, claim.currency),
        "waived": to_text(amount, claim.currency),
        "reason": reason,
    }
