"""What people do with suggestions: take one as it was shown, turn it down, or say a line is no customer's money."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.operations.uses import Use, hold_lines, use_lines
from huikuan.record.cash.domain.applying import ACCEPTED, Seen, portion_of
from huikuan.record.cash.domain.book import Proposal
from huikuan.record.cash.domain.stored import MILLION, Stored, basis_of, digest_of, stored_from
from huikuan.record.cash.models import Application, Rejection, Suggestion
from huikuan.record.cash.operations.applying import apply_payment
from huikuan.record.cash.operations.learning import denied, learn
from huikuan.record.cash.operations.suggestions import leave_out
from huikuan.record.cash.queries.rules import rules_in_force

_LONGEST = 200


def accept_proposal(
    *,
    company: Company,
    line_id: int,
    actor: str,
    at: datetime,
    digest: str = "",
    request_key: str | None = None,
) -> list[int]:
    """Apply a line as it was suggested: the best proposal, or the one with this digest; answers the applications' ids.

    What it rests on is looked at again under the locks: `proposal_stale` names what has changed since. Refuses a line
    nothing is suggested for, unless this very request is why, and what somebody turned down meanwhile.
    """

    def work() -> list[int]:
        hold_lines([line_id])  # whoever turns it down waits, or has done so
        try:
            stored, version = _suggested(company, line_id)
        except Refusal:
            if done := _accepted_before(company, line_id, digest, request_key):
                return done
            raise
        proposal, seen = _chosen(line_id, stored, digest)
        return apply_payment(
            company=company,
            line_id=line_id,
            portions=[portion_of(proposal)],
            basis=basis_of(line_id, proposal, seen, version, kind=ACCEPTED),
            seen=seen,
            request_key=request_key,
            actor=actor,
            at=at,
        )

    return retrying(work)


def reject_proposal(
    *,
    company: Company,
    line_id: int,
    actor: str,
    at: datetime,
    digest: str = "",
    reason: str = "",
    other_customer: bool = False,
) -> int:
    """Say that a line is not what this proposal makes of it; with `other_customer` that its payer does not pay for
    this customer, which matching knows from its next run on. It is no longer among what is suggested, at once.
    Answers the rejection's id; refuses to turn the same down twice."""

    def work() -> int:
        hold_lines([line_id])
        stored, _ = _suggested(company, line_id)
        proposal, seen = _chosen(line_id, stored, digest)
        row = {
            "company_id": company.pk,
            "customer_id": proposal.customer_id,
            "line_id": line_id,
            "digest": digest_of(line_id, proposal, seen),
            "probability_e6": round(proposal.probability * MILLION),
            "reason": tidy(reason)[:_LONGEST],
            "actor": actor,
        }
        rejection = record(Rejection, [row], at=at)[0]
        leave_out(line_id, stored, proposal, suggest=rules_in_force(company.pk, at=at).rules.suggest)
        if other_customer:
            learn(company_id=company.pk, lessons=[denied(line_id, proposal.customer_id)], actor=actor, at=at)
        return rejection

    try:
        return retrying(work)
    except IntegrityError as error:
        if "cash_rejection" not in str(error):
            raise
        raise Refusal("proposal_rejected", line=line_id) from error


def set_aside(*, company: Company, line_id: int, note: str, actor: str, at: datetime) -> int:
    """Say that what is left of a line is no customer's money (interest, a loan, our own transfer), and why; answers
    the use's id, which `banking.operations.uses.free_uses` takes back."""
    said = tidy(note)[:_LONGEST]
    if not said:
        raise Refusal("set_aside_reason_missing")

    def work() -> int:
        held = hold_lines([line_id]).get(line_id)
        if held is None or held.company_id != company.pk:
            raise Refusal("line_not_open", line=line_id)
        used = use_lines(uses=[Use(line_id, held.left, "set_aside", note=said)], actor=actor, at=at)[0]
        Suggestion.objects.filter(line_id=line_id).delete()
        return used

    return retrying(work)


def _accepted_before(company: Company, line_id: int, digest: str, request_key: str | None) -> list[int]:
    """What the same request applied: of a line that is used up nothing is suggested any more."""
    if request_key is None:
        return []
    rows = Application.objects.filter(
        company_id=company.pk, request_key=request_key, line_id=line_id, kind=Application.Kind.ACCEPTED
    )
    return list((rows.filter(digest=digest) if digest else rows).order_by("portion").values_list("id", flat=True))


def _suggested(company: Company, line_id: int) -> tuple[Stored, int | None]:
    found = Suggestion.objects.filter(company_id=company.pk, line_id=line_id).first()
    if found is None:
        raise Refusal("nothing_suggested", line=line_id)
    return stored_from(found.answer), found.policy_version


def _chosen(line_id: int, stored: Stored, digest: str) -> tuple[Proposal, Seen]:
    """The proposal meant, and what of the answer it rests on."""
    for proposal in stored.answer.proposals:
        claims = {part.item_id: stored.seen.claims[part.item_id] for part in proposal.parts}
        seen = Seen(stored.seen.left, claims)
        if not digest or digest_of(line_id, proposal, seen) == digest:
            return proposal, seen
    turned_down = Rejection.objects.filter(line_id=line_id)
    if (turned_down.filter(digest=digest) if digest else turned_down).exists():
        raise Refusal("proposal_rejected", line=line_id)
    raise Refusal("proposal_unknown" if stored.answer.proposals else "nothing_suggested", line=line_id)
