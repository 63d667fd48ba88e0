"""An answer of matching as it is kept and read again, and the digest that names one proposal of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from huikuan.kernel.reasons import Reason
from huikuan.record.cash.domain.applying import AUTOMATIC, Basis, Seen
from huikuan.record.cash.domain.book import Answer, Difference, Part, Proposal, Verdict

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer with what it rests on: what was open of the line and of each claim it names."""

    answer: Answer
    seen: Seen


def document_of(answer: Answer, seen: Seen) -> dict[str, Any]:
    """Plain values for a JSON document."""
    return {
        "line_id": answer.line_id,
        "verdict": answer.verdict.value,
        "proposals": [asdict(proposal) for proposal in answer.proposals],
        "reasons": [asdict(reason) for reason in answer.reasons],
        "left": seen.left,
        "claims": {str(item_id): amount for item_id, amount in sorted(seen.claims.items())},
    }


def stored_from(document: Mapping[str, Any]) -> Stored:
    """What `document_of` wrote."""
    answer = Answer(
        document["line_id"],
        Verdict(document["verdict"]),
        tuple(_proposal(one) for one in document["proposals"]),
        tuple(Reason(**reason) for reason in document["reasons"]),
    )
    claims = {int(item_id): amount for item_id, amount in document["claims"].items()}
    return Stored(answer, Seen(document["left"], claims))


def digest_of(line_id: int, proposal: Proposal, seen: Seen) -> str:
    """Names a proposal together with what it rests on: another amount open, another digest."""
    document = {
        "line": line_id,
        "left": seen.left,
        "customer": proposal.customer_id,
        "parts": [(part.item_id, part.amount, seen.claims.get(part.item_id)) for part in proposal.parts],
        "differences": [(one.kind, one.item_id, one.amount) for one in proposal.differences],
        "rest": proposal.rest,
    }
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def basis_of(line_id: int, proposal: Proposal, seen: Seen, policy_version: int | None, kind: str = AUTOMATIC) -> Basis:
    """What an application that follows the proposal rests on."""
    return Basis(
        kind=kind,
        probability_e6=round(proposal.probability * MILLION),
        reasons=proposal.reasons,
        policy_version=policy_version,
        digest=digest_of(line_id, proposal, seen),
    )


def seen_for(proposal: Proposal, left: int, open_amounts: Mapping[int, int]) -> Seen:
    """What a proposal rests on: the claims it names, as they are open."""
    return Seen(left, {part.item_id: open_amounts.get(part.item_id, 0) for part in proposal.parts})


def _proposal(document: Mapping[str, Any]) -> Proposal:
    return Proposal(
        customer_id=document["customer_id"],
        parts=tuple(Part(**part) for part in document["parts"]),
        probability=document["probability"],
        alternatives=document["alternatives"],
        reasons=tuple(Reason(**reason) for reason in document["reasons"]),
        rest=document["rest"],
        differences=tuple(Difference(**difference) for difference in document["differences"]),
    )
