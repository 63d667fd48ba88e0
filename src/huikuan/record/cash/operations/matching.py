"""A run of matching: what is sure is applied, what is likely is kept as a suggestion, the rest is left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.models import OpenLine
from huikuan.record.cash.domain.applying import Seen, portion_of
from huikuan.record.cash.domain.book import Answer, Verdict
from huikuan.record.cash.domain.stored import MILLION, basis_of, document_of, seen_for
from huikuan.record.cash.models import Suggestion
from huikuan.record.cash.operations.applying import Asked, apply_all
from huikuan.record.cash.queries.matching import Matched, Run, answers

#: Lines applied in one transaction: few enough that nobody waits long for them.
AT_ONCE = 200

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line: its answer as it stands after the run, and the applications it was given."""

    matched: Matched
    answer: Answer
    applications: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Ran:
    """A run: every line that came in, in the order of the bank."""

    outcomes: tuple[Outcome, ...]
    run: Run


def match_lines(
    *, company: Company, actor: str, at: datetime, dry_run: bool = False, progress: Progress | None = None
) -> Ran:
    """Answer every open receipt of the company, apply what is sure and keep what is suggested; with `dry_run` only
    answer.

    Each line is applied whole or not at all, with what it rests on checked again; one that is refused (somebody else
    was quicker) stays a suggestion and says why. Safe to run again at any moment.
    """
    run = answers(company, at=at)
    if dry_run:
        return Ran(tuple(Outcome(one, one.answer) for one in run.matched), run)
    outcomes: list[Outcome] = []
    for start in range(0, len(run.matched), AT_ONCE):
        batch = run.matched[start : start + AT_ONCE]
        outcomes += _applied(company, run, batch, actor, at)
        if progress:
            progress(len(outcomes), len(run.matched))
    _keep(company, run, outcomes, at)
    return Ran(tuple(outcomes), run)


def _applied(company: Company, run: Run, batch: Sequence[Matched], actor: str, at: datetime) -> list[Outcome]:
    """The batch with what is sure of it applied: together where all goes well, else line by line."""
    sure = [one for one in batch if one.answer.verdict == Verdict.APPLIED]
    try:
        ids = apply_all(company=company, asked=[_asked(run, one) for one in sure], actor=actor, at=at)
        done = {one.line.id: Outcome(one, one.answer, tuple(of)) for one, of in zip(sure, ids, strict=True)}
    except Refusal:
        done = {one.line.id: _apply_one(company, run, one, actor, at) for one in sure}
    return [done.get(one.line.id, Outcome(one, one.answer)) for one in batch]


def _apply_one(company: Company, run: Run, one: Matched, actor: str, at: datetime) -> Outcome:
    try:
        ids = apply_all(company=company, asked=[_asked(run, one)], actor=actor, at=at)[0]
    except Refusal as refusal:
        refused = Reason("refused", met=False, value=refusal.code)
        return Outcome(one, replace(one.answer, verdict=Verdict.SUGGESTED, reasons=(*one.answer.reasons, refused)))
    return Outcome(one, one.answer, tuple(ids))


def _asked(run: Run, one: Matched) -> Asked:
    best = one.answer.proposals[0]
    seen = seen_for(best, one.line.left, one.open_amounts)
    return Asked(
        portions=(portion_of(best),),
        line_id=one.line.id,
        basis=basis_of(one.line.id, best, seen, run.rules.version_id),
        seen=seen,
    )


def _keep(company: Company, run: Run, outcomes: Sequence[Outcome], at: datetime) -> None:
    """The suggestions as of this run, in the place of those before; a line used up meanwhile has none."""

    def work() -> None:
        rows = [_suggestion(company, run, one, at) for one in outcomes if one.answer.verdict != Verdict.APPLIED]
        open_now = set(OpenLine.objects.filter(company_id=company.pk).values_list("line_id", flat=True))
        Suggestion.objects.filter(company_id=company.pk).delete()
        Suggestion.objects.bulk_create([row for row in rows if row.line_id in open_now], batch_size=500)

    retrying(work)


def _suggestion(company: Company, run: Run, one: Outcome, at: datetime) -> Suggestion:
    best = one.answer.proposals[0] if one.answer.proposals else None
    seen = Seen(one.matched.line.left, one.matched.open_amounts)
    return Suggestion(
        line_id=one.matched.line.id,
        company_id=company.pk,
        verdict=one.answer.verdict.value,
        customer_id=best.customer_id if best else None,
        probability_e6=round(best.probability * MILLION) if best else 0,
        answer=document_of(one.answer, seen),
        policy_version=run.rules.version_id,
        computed_at=at,
    )
