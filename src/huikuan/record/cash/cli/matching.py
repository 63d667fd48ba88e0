"""`huikuan bank match`: what came in finds what it pays."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.commanding import commander
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.cash.cli.answers import finish, reason_text, tell
from huikuan.record.cash.domain.book import Claim, Proposal
from huikuan.record.cash.operations.matching import Outcome, match_lines
from huikuan.record.customers.queries import named_by_id
from huikuan.record.customers.queries.customers import Named

#: Digits of a probability that mean anything.
_DIGITS = 6


def add_matching(actions: Any) -> None:
    """Add `match` to the verbs of `huikuan bank`."""
    match = finish(
        actions.add_parser("match", help=_("apply what is sure of the money that came in, suggest what is likely")),
        _match,
    )
    match.add_argument("--dry-run", action="store_true", help=_("only say what would be done"))


def _match(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, Permission.SETTLE, company_id=company.pk, at=at)
    ran = match_lines(company=company, actor=actor, at=at, dry_run=options.dry_run)
    named = named_by_id({one.customer_id for outcome in ran.outcomes for one in outcome.answer.proposals})
    lines = [_outcome_json(outcome, ran.run.claims, named) for outcome in ran.outcomes]
    counts = Counter(line["decision"] for line in lines)
    said = _("%(applied)s applied, %(suggested)s suggested, %(left)s left") % {
        name: counts[name] for name in ("applied", "suggested", "left")
    }
    tell(options, {"lines": lines}, [said])
    return 0


def _outcome_json(outcome: Outcome, claims: Mapping[int, Claim], named: Mapping[int, Named]) -> dict[str, Any]:
    """A line's keys; the best proposal first, a netted credit with an amount below zero."""
    line, answer = outcome.matched.line, outcome.answer
    return {
        "line": line.id,
        "bank_reference": line.bank_reference,
        "booked_on": line.booked_on.isoformat(),
        "amount": to_text(line.left, line.currency),
        "currency": line.currency,
        "decision": answer.verdict.value,
        "proposals": [_proposal_json(one, line.currency, claims, named) for one in answer.proposals],
        "reasons": [reason_text(reason) for reason in answer.reasons],
        "applications": list(outcome.applications),
    }


def _proposal_json(
    proposal: Proposal, currency: str, claims: Mapping[int, Claim], named: Mapping[int, Named]
) -> dict[str, Any]:
    return {
        "customer": named[proposal.customer_id].code,
        "items": [
            {"document_no": claims[part.item_id].document_number, "amount": to_text(part.amount, currency)}
            for part in proposal.parts
        ],
        "probability": round(proposal.probability, _DIGITS),
        "alternatives": proposal.alternatives,
        "reasons": [reason_text(reason) for reason in proposal.reasons],
        "rest": to_text(proposal.rest, currency),
        "differences": [
            {
                "kind": one.kind,
                "document_no": claims[one.item_id].document_number,
                "amount": to_text(one.amount, currency),
            }
            for one in proposal.differences
        ],
    }
