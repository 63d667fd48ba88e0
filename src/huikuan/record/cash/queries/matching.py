"""Asking matching: everything it looks at is read once, then every open line is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.banking.queries.lines import LineRow, open_receipts
from huikuan.record.cash.domain.book import Answer, Claim, Learned, Part, Proposal, Verdict
from huikuan.record.cash.domain.matching import Matcher
from huikuan.record.cash.queries.advices import advices_for
from huikuan.record.cash.queries.claims import claims_of
from huikuan.record.cash.queries.earlier import earlier_payments, payment_of
from huikuan.record.cash.queries.parties import parties_of
from huikuan.record.cash.queries.payers import denied_payers, known_payers
from huikuan.record.cash.queries.rules import RulesInForce, rules_in_force
from huikuan.record.customers.queries.merging import merged


@dataclass(frozen=True, slots=True)
class Matched:
    """A line that came in, what matching says of it, and what is open of the claims when that comes to pass: less by
    what other lines of the run are applied to before."""

    line: LineRow
    answer: Answer
    open_amounts: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Run:
    """All answers of one question, in the order of the bank, with the rules they follow."""

    matched: tuple[Matched, ...]
    claims: Mapping[int, Claim]
    rules: RulesInForce


def answers(company: Company, *, at: datetime, line_ids: Iterable[int] | None = None) -> Run:
    """What matching says of every open receipt of the company (`line_ids`: only told of these, decided among all)."""
    today = business_date(at, company.time_zone)
    rules = rules_in_force(company.pk, at=at)
    with snapshot():
        lines = {line.id: line for line in open_receipts(company.pk)}
        shown = merged()
        since = min([today, *(line.booked_on for line in lines.values())]) - timedelta(days=rules.rules.duplicate_days)
        claims = claims_of(company.pk, shown, since=since)
        told = [payment_of(line, line.left) for line in lines.values()]
        advices, payments = advices_for(company.pk, told, since=since)
        matcher = Matcher(
            claims,
            parties_of(shown, known_payers(company.pk, day=today), day=today),
            rules.rules,
            advices,
            Learned(rejected=denied_payers(company.pk)),
        )
        earlier = earlier_payments(company.pk, since=since)
    found = matcher.match(payments, earlier)
    wanted = None if line_ids is None else set(line_ids)
    all_of = [one for one in _moving(lines, found, claims) if wanted is None or one.line.id in wanted]
    return Run(tuple(all_of), {claim.item_id: claim for claim in claims}, rules)


def _moving(lines: Mapping[int, LineRow], found: Sequence[Answer], claims: Iterable[Claim]) -> list[Matched]:
    """Each answer with what is open when it comes to pass: an applied one once those before it are, a doubtful one
    once all that are sure are."""
    opened = {claim.item_id: claim.open_amount for claim in claims}
    sure = [answer for answer in found if answer.verdict == Verdict.APPLIED]
    at_last = Counter(opened)
    for answer in sure:
        at_last.subtract(_taken(answer.proposals[0]))
    told: list[Matched] = []
    for answer in found:
        named = {part.item_id for proposal in answer.proposals for part in proposal.parts}
        applied = answer.verdict == Verdict.APPLIED
        told.append(
            Matched(lines[answer.line_id], answer, {item: (opened if applied else at_last)[item] for item in named})
        )
        if applied:
            for item, amount in _taken(answer.proposals[0]).items():
                opened[item] -= amount
    return told


def _taken(proposal: Proposal) -> dict[int, int]:
    taken = {part.item_id: _size(part) for part in proposal.parts}
    for difference in proposal.differences:
        taken[difference.item_id] += difference.amount
    return taken


def _size(part: Part) -> int:
    return abs(part.amount)
