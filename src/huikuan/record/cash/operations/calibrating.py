"""Bringing the threshold to what experience supports: as a draft of the policy, which others approve."""

from __future__ import annotations

from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.operations import draft
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.cash.domain.feedback import ENOUGH, supported_threshold
from huikuan.record.cash.domain.stored import MILLION
from huikuan.record.cash.policies import CASH_MATCHING
from huikuan.record.cash.queries.feedback import proved

#: So much of what is applied by itself has to be right (× 10^6).
WANTED_E6 = 999_000
_DIGITS = 3


def draft_threshold(*, company: Company, actor: str, at: datetime) -> int:
    """Draft the company's matching policy with the lowest automatic threshold that its own decisions support; answers
    the version's id. Refuses where too little was decided, and where that is the threshold in force."""
    threshold = supported_threshold(proved(frozenset({company.pk})), wanted_e6=WANTED_E6)
    if threshold is None:
        raise Refusal("feedback_too_little", enough=ENOUGH)
    said = f"{threshold / MILLION:.{_DIGITS}f}"
    document = dict(in_force(CASH_MATCHING.name, company_id=company.pk, at=at).document)
    if document["automatic"] == said:
        raise Refusal("threshold_stands", threshold=said)
    document["automatic"] = said
    return draft(kind=CASH_MATCHING.name, company_id=company.pk, document=document, actor=actor, at=at)
