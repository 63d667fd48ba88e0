"""Asking matching: everything it looks at is read once, then every open line is answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from huikuan.kernel.dates import business_date
from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.banking.queries.lines import LineRow, open_receipts
from huikuan.record.cash.domain.book import Answer, Claim, Part, Proposal, Verdict
from huikuan.record.cash.domain.matching import Matcher
from huikuan.record.cash.domain.stored import digest_of, seen_for
from huikuan.record.cash.queries.advices import advices_for
from huikuan.record.cash.queries.claims import claims_of
from huikuan.record.cash.queries.earlier import earlier_payments, payment_of
from huikuan.record.cash.queries.holds import held_back, turned_down
from huikuan.record.cash.queries.learned import learned_of
from huikuan.record.cash.queries.parties import parties_of
from huikuan.record.cash.queries.payers import known_payers
from huikuan.record.cash.queries.rules import RulesInForce, rules_in_force
from huikuan.record.customers.queries.merging import merged


@dataclass(frozen=True, slots=True)
class Matched:
    """A line that came in, what matching says of it, and what is open of the claims when that is done or read: those
    that an earlier line of the same run is applied to are less by that; for a suggestion, those any line is."""

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
            learned_of(company.pk, shown, at=at),
        )
        earlier = earlier_payments(company.pk, since=since)
        held, denied = held_back(company.pk, lines), turned_down(company.pk)
    found = [_left_to_people(answer, held.get(answer.line_id)) for answer in matcher.match(payments, earlier)]
    wanted = None if line_ids is None else set(line_ids)
    moving = _moving(lines, found, claims)
    standing = [replace(one, answer=_without(one, denied, rules.rules.suggest)) for one in moving]
    all_of = [one for one in standing if wanted is None or one.line.id in wanted]
    return Run(tuple(all_of), {claim.item_id: claim for claim in claims}, rules)


def _left_to_people(answer: Answer, held: Reason | None) -> Answer:
    """The answer, or where something stands against doing it without a person, the same as a suggestion."""
    if held is None:
        return answer
    verdict = Verdict.SUGGESTED if answer.verdict == Verdict.APPLIED else answer.verdict
    return replace(answer, verdict=verdict, reasons=(*answer.reasons, held))


def _without(one: Matched, denied: Collection[str], suggest: float) -> Answer:
    """The answer without the proposals somebody turned down."""
    answer, line = one.answer, one.line
    kept = tuple(
        proposal
        for proposal in answer.proposals
        if digest_of(line.id, proposal, seen_for(proposal, line.left, one.open_amounts)) not in denied
    )
    if len(kept) == len(answer.proposals):
        return answer
    likely = bool(kept) and kept[0].probability >= suggest
    return replace(answer, proposals=kept, verdict=Verdict.SUGGESTED if likely else Verdict.LEFT)


def _moving(lines: Mapping[int, LineRow], found: Sequence[Answer], claims: Iterable[Claim]) -> list[Matched]:
    """Each answer with what is open once those before it are applied; a suggestion is read when all are."""
    opened = {claim.item_id: claim.open_amount for claim in claims}
    told: dict[int, Matched] = {}
    for answer in found:
        if answer.verdict == Verdict.APPLIED:
            told[answer.line_id] = _matched(lines, answer, opened)
            for item, amount in _taken(answer.proposals[0]).items():
                opened[item] -= amount
    return [told.get(answer.line_id) or _matched(lines, answer, opened) for answer in found]


def _matched(lines: Mapping[int, LineRow], answer: Answer, opened: Mapping[int, int]) -> Matched:
    named = {part.item_id for proposal in answer.proposals for part in proposal.parts}
    return Matched(lines[answer.line_id], answer, {item: opened[item] for item in named})


def _taken(proposal: Proposal) -> dict[int, int]:
    taken = {part.item_id: _size(part) for part in proposal.parts}
    for difference in proposal.differences:
        taken[difference.item_id] += difference.amount
    return taken


def _size(part: Part) -> int:
    return abs(part.amount)
