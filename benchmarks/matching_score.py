"""How good are answers to payments whose truth is known: precision, recall, automatic share, calibration.

A *pair* is so much of a payment on one item; it is right when item and amount are those of the truth, and the payment
is not one nobody could know. An answer is *wholly* right when its pairs, its rest and its differences are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from memo_book import Certainty, Scene, Truth

from huikuan.record.cash.domain.book import Answer, Payment, Proposal, Verdict

#: Lower edges of the calibration's bins; the first begins at 0.
EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999)


@dataclass
class Tally:
    """Counts over some lines; `paid` and `applied_money` in minor units, whatever the currency."""

    lines: int = 0
    applied: int = 0
    applied_right: int = 0
    suggested: int = 0
    left: int = 0
    pairs: int = 0
    applied_pairs: int = 0
    applied_pairs_right: int = 0
    best_pairs: int = 0
    top3_pairs: int = 0
    paid: int = 0
    applied_money: int = 0

    @property
    def precision(self) -> float:
        """Of the pairs applied by themselves, the share that is right; 1 where nothing was."""
        return self.applied_pairs_right / self.applied_pairs if self.applied_pairs else 1.0

    @property
    def line_precision(self) -> float:
        """Of the lines applied by themselves, the share that is wholly right; 1 where none was."""
        return self.applied_right / self.applied if self.applied else 1.0

    @property
    def automatic(self) -> float:
        """The share of lines applied by themselves and wholly right."""
        return self.applied_right / self.lines if self.lines else 0.0

    @property
    def recall(self) -> float:
        """The share of true pairs in the best proposal, applied or suggested."""
        return self.best_pairs / self.pairs if self.pairs else 1.0

    @property
    def recall3(self) -> float:
        """The share of true pairs in one of the three best proposals."""
        return self.top3_pairs / self.pairs if self.pairs else 1.0


@dataclass
class Score:
    """All lines, by certainty and by kind; what was applied wrongly; how probabilities came true."""

    all: Tally = field(default_factory=Tally)
    by_certainty: dict[Certainty, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_kind: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    receivable: Tally = field(default_factory=Tally)
    no_receivable: Tally = field(default_factory=Tally)
    told_double: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[Payment, Truth, Answer]] = field(default_factory=list)
    missed: list[tuple[Payment, Truth, Answer]] = field(default_factory=list)
    bins: dict[float, list[int]] = field(default_factory=lambda: {edge: [0, 0] for edge in EDGES})
    expected: dict[float, float] = field(default_factory=lambda: dict.fromkeys(EDGES, 0.0))

    def asked(self) -> Tally:
        """The lines that are certain: those one may ask a program to apply."""
        return self.by_certainty[Certainty.CERTAIN]


def score(scene: Scene, answers: Sequence[Answer]) -> Score:
    """Each answer beside its truth."""
    found, by_line = Score(), {answer.line_id: answer for answer in answers}
    for payment, truth in zip(scene.payments, scene.truths, strict=True):
        answer = by_line.get(payment.line_id) or Answer(payment.line_id, Verdict.LEFT, ())
        tallies = [found.all, found.by_certainty[truth.certainty], found.by_kind[truth.kind]]
        tallies.append(found.receivable if truth.receivable else found.no_receivable)
        found.told_double[truth.kind] += told_double(answer)
        right = wholly_right(answer, truth)
        for tally in tallies:
            _count(tally, payment, truth, answer, right)
        if answer.verdict is Verdict.APPLIED and not right:
            found.wrong.append((payment, truth, answer))
        elif answer.verdict is not Verdict.APPLIED and truth.certainty is Certainty.CERTAIN:
            found.missed.append((payment, truth, answer))
        _calibrate(found, answer, truth)
    return found


def told_double(answer: Answer) -> bool:
    """It says, by a reason's code or in the command's words, that the same was paid already, and applies nothing."""
    said = {reason.code for reason in (*answer.reasons, *(of for one in answer.proposals for of in one.reasons))}
    told = any("duplicate" in one or "sent twice" in one for one in said)
    return answer.verdict is not Verdict.APPLIED and told


def wholly_right(answer: Answer, truth: Truth) -> bool:
    """The best proposal is the truth, and it may be applied."""
    if not answer.proposals:
        return False
    best = answer.proposals[0]
    if truth.certainty is Certainty.UNKNOWABLE:
        # Money put on account of the right customer is where it belongs until a person says more.
        return not best.parts and truth.receivable and best.customer_id == truth.customer_id
    return means(best, truth) and (truth.differences is None or _differences(best) == _differences(truth))


def means(proposal: Proposal, truth: Truth) -> bool:
    """The proposal puts the money where the payer meant it."""
    return proposal.customer_id == truth.customer_id and pairs_of(proposal) == pairs_of(truth)


def pairs_of(one: Proposal | Truth) -> set[tuple[int, int]]:
    return {(part.item_id, part.amount) for part in one.parts}


def _differences(one: Proposal | Truth) -> set[tuple[int, int]]:
    return {(part.item_id, part.amount) for part in one.differences or ()}


def _count(tally: Tally, payment: Payment, truth: Truth, answer: Answer, right: bool) -> None:
    tally.lines += 1
    tally.paid += payment.amount
    true, best = pairs_of(truth), answer.proposals[:1]
    tally.pairs += len(true)
    tally.best_pairs += max((len(true & pairs_of(one)) for one in best), default=0)
    tally.top3_pairs += max((len(true & pairs_of(one)) for one in answer.proposals[:3]), default=0)
    if answer.verdict is Verdict.SUGGESTED:
        tally.suggested += 1
    elif answer.verdict is Verdict.LEFT:
        tally.left += 1
    else:
        tally.applied += 1
        tally.applied_right += right
        tally.applied_money += payment.amount
        _count_pairs(tally, truth, answer.proposals[0], right)


def _count_pairs(tally: Tally, truth: Truth, best: Proposal, right: bool) -> None:
    """A proposal without pairs, all of it on account, counts as one."""
    applied = pairs_of(best)
    tally.applied_pairs += len(applied) or 1
    if not applied:
        tally.applied_pairs_right += right
    elif truth.certainty is not Certainty.UNKNOWABLE:
        tally.applied_pairs_right += len(applied & pairs_of(truth))


def _calibrate(found: Score, answer: Answer, truth: Truth) -> None:
    """The probability said, beside whether the payer meant it: also where nobody could know."""
    if not answer.proposals or not truth.placed:
        return
    best = answer.proposals[0]
    edge = max(one for one in EDGES if one <= best.probability)
    found.bins[edge][0] += 1
    found.bins[edge][1] += means(best, truth)
    found.expected[edge] += best.probability


def merged(scores: Sequence[Score]) -> Score:
    """Several runs as one."""
    total = Score()
    for one in scores:
        _add(total.all, one.all)
        _add(total.receivable, one.receivable)
        _add(total.no_receivable, one.no_receivable)
        total.told_double += one.told_double
        for certainty, tally in one.by_certainty.items():
            _add(total.by_certainty[certainty], tally)
        for name, tally in one.by_kind.items():
            _add(total.by_kind[name], tally)
        total.wrong += one.wrong
        total.missed += one.missed
        for edge in EDGES:
            total.bins[edge][0] += one.bins[edge][0]
            total.bins[edge][1] += one.bins[edge][1]
            total.expected[edge] += one.expected[edge]
    return total


def _add(total: Tally, one: Tally) -> None:
    for name, value in vars(one).items():
        setattr(total, name, getattr(total, name) + value)
