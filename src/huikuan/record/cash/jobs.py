"""Matching in the background: after bank statements were read in, or when somebody asks for it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from huikuan.mechanisms.events.subscribers import Announced
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.jobs.work import Work
from huikuan.record.cash.operations.matching import match_lines

MATCH = "cash.match"
#: Events after which there is something to match.
MATCHING = frozenset({"banking.imported", "cash.advised"})


def match(work: Work) -> dict[str, int]:
    """Answer every open receipt of the company; killed, it goes on with what is still open."""
    company = Company.objects.get(pk=work.params["company"])
    ran = match_lines(company=company, actor=SYSTEM, at=work.at, progress=work.progress)
    return dict(Counter(one.answer.verdict.value for one in ran.outcomes))


def ask_to_match(company_id: int, *, at: datetime) -> int:
    """Have the company's receipts matched soon; answers the job's id."""
    return enqueue(MATCH, key=str(company_id), params={"company": company_id}, at=at)


def match_what_came(event: Announced, *, at: datetime) -> None:
    """Have what came in matched: with a statement, or once its payer has said what it is for."""
    if event.company_id is not None:
        ask_to_match(event.company_id, at=at)
