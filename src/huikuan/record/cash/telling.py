"""What matching answered, an application and remittance advice, as commands and programs are told: amounts as decimal
strings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.money import to_text
from huikuan.kernel.reasons import Reason
from huikuan.record.cash.domain.advising import Advised
from huikuan.record.cash.domain.book import Proposal
from huikuan.record.cash.messages import REFUSED
from huikuan.record.cash.operations.advising import Taken
from huikuan.record.cash.operations.matching import Outcome, Ran
from huikuan.record.cash.queries.advices import Linked
from huikuan.record.cash.queries.applications import ApplicationRow
from huikuan.record.cash.queries.suggested import Suggested
from huikuan.record.cash.reasons import MATCHING
from huikuan.record.customers.queries import named_by_id
from huikuan.record.customers.queries.customers import Named
from huikuan.record.receivables.models import Item

#: Digits of a probability that mean anything.
_DIGITS = 6


def ran_json(ran: Ran) -> list[dict[str, Any]]:
    """Every line of a run, in the order of the bank."""
    named = named_by_id({one.customer_id for outcome in ran.outcomes for one in outcome.answer.proposals})
    numbers = {item_id: claim.document_number for item_id, claim in ran.run.claims.items()}
    return [_outcome_json(outcome, numbers, named) for outcome in ran.outcomes]


def suggested_json(made: Suggested, currency: str) -> list[dict[str, Any]]:
    """The proposals kept for a line, the best first, each with the digest accepting it names it by."""
    items = {part.item_id for one in made.proposals for part in one.parts}
    items |= {each.item_id for one in made.proposals for each in one.differences}
    numbers = dict(Item.objects.filter(id__in=items).values_list("id", "document_number"))
    named = named_by_id({one.customer_id for one in made.proposals})
    return [
        {**_proposal_json(one, currency, numbers, named), "digest": made.digest(place)}
        for place, one in enumerate(made.proposals)
    ]


def application_json(row: ApplicationRow) -> dict[str, Any]:
    """An application's keys: amounts as decimal strings, a netted credit below zero."""
    return {
        "application": row.id,
        "line": row.line_id,
        "credit": row.credit_id,
        "customer": row.customer_code,
        "kind": row.kind,
        "currency": row.currency,
        "amount": to_text(row.amount, row.currency),
        "rest": to_text(row.rest, row.currency),
        "items": [
            {
                "document_no": part.document_number,
                "item": part.item_id,
                "amount": to_text(part.amount, row.currency),
                "short": part.short or None,
            }
            for part in row.parts
        ],
        "differences": [
            {
                "kind": each.kind,
                "document_no": each.document_number,
                "item": each.item_id,
                "amount": to_text(each.amount, each.currency),
            }
            for each in row.differences
        ],
        "effective_on": row.effective_on.isoformat(),
        "order": row.ordered_by,
        "order_reason": row.order_reason or None,
        "probability": None if row.probability_e6 is None else row.probability_e6 / 1_000_000,
        "actor": row.actor,
        "undone": row.undone,
    }


def taken_json(taken: Taken, links: Sequence[Linked]) -> dict[str, Any]:
    """What a sheet of remittance advice brought, and of each line whether its payment and document are known."""
    return {
        "sheet": taken.sheet_id,
        "new": taken.new,
        "known": taken.known,
        "lines": [_advised_json(line, link) for line, link in zip(taken.lines, links, strict=True)],
    }


def reason_text(reason: Reason) -> str:
    """A reason in words; of one this version has no words for, its code."""
    words = REFUSED if reason.code == "refused" else MATCHING.get(reason.code)
    return _(words) % {**reason.params, "value": reason.value, "threshold": reason.threshold} if words else reason.code


def _advised_json(line: Advised, link: Linked) -> dict[str, Any]:
    return {
        "row": line.row,
        "bank_reference": line.bank_reference,
        "document_no": line.document_number,
        "amount": None if line.amount is None else to_text(line.amount, line.currency),
        "currency": line.currency,
        "payment": "known" if link.payment else "waits",
        "document": "known" if link.document else "unknown",
    }


def _outcome_json(outcome: Outcome, numbers: Mapping[int, str], named: Mapping[int, Named]) -> dict[str, Any]:
    """A line's keys; the best proposal first, a netted credit with an amount below zero."""
    line, answer = outcome.matched.line, outcome.answer
    return {
        "line": line.id,
        "bank_reference": line.bank_reference,
        "booked_on": line.booked_on.isoformat(),
        "amount": to_text(line.left, line.currency),
        "currency": line.currency,
        "decision": answer.verdict.value,
        "proposals": [_proposal_json(one, line.currency, numbers, named) for one in answer.proposals],
        "reasons": [reason_text(reason) for reason in answer.reasons],
        "applications": list(outcome.applications),
    }


def _proposal_json(
    proposal: Proposal, currency: str, numbers: Mapping[int, str], named: Mapping[int, Named]
) -> dict[str, Any]:
    return {
        "customer": named[proposal.customer_id].code,
        "items": [
            {"document_no": numbers[part.item_id], "amount": to_text(part.amount, currency)} for part in proposal.parts
        ],
        "probability": round(proposal.probability, _DIGITS),
        "alternatives": proposal.alternatives,
        "reasons": [reason_text(reason) for reason in proposal.reasons],
        "rest": to_text(proposal.rest, currency),
        "differences": [
            {
                "kind": one.kind,
                "document_no": numbers[one.item_id],
                "amount": to_text(one.amount, currency),
            }
            for one in proposal.differences
        ],
    }
