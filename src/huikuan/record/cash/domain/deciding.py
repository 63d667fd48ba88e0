"""What becomes of a payment: applied by itself only where it is sure, alone, and of a kind the company allows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huikuan.kernel.reasons import Reason
from huikuan.kernel.text import plain
from huikuan.record.cash.domain import evidence
from huikuan.record.cash.domain.book import Answer, Earlier, Learned, Payment, Proposal, Verdict
from huikuan.record.cash.domain.payers import Who
from huikuan.record.cash.domain.picks import Pick
from huikuan.record.cash.domain.repeats import repeats
from huikuan.record.cash.domain.rules import Rules

#: Words of payments that are for no invoice, or may be for none.
_OTHER_PURPOSE = re.compile(
    r"押金|保证金|定金|订金|预付|预收|预存|退款|退回|退货|借款|还款|备用金|投资款|利息|工资|罚款|赔偿"
    r"|deposit|prepay|advance|refund|loan|interest|on account|retainer",
    re.IGNORECASE,
)
_REFERRED = frozenset(("advised_whole", "advised_short", "named_whole", "named_short"))
_AGAINST = frozenset(("reference_not_followed",))
_CLOSE = 0.01


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer that may have paid, what speaks for it, and the ways the payment may fall on its claims."""

    customer_id: int
    who: Who
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """A customer, what speaks for it as the payer, and one pick of its claims."""

    customer_id: int
    who: Who
    pick: Pick

    @property
    def score(self) -> float:
        return self.who.score + self.pick.score

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(sign.code for sign in (*self.who.signs, *self.pick.signs))


def decide(
    payment: Payment,
    candidates: Sequence[Candidate],
    rules: Rules,
    learned: Learned,
    *,
    wanted: Mapping[int, int],
    repeated: Earlier | None,
    most: int,
) -> Answer:
    """The answer to a payment from all ways it may be applied."""
    ways = [Way(one.customer_id, one.who, pick) for one in candidates for pick in one.picks]
    ranked = sorted(ways, key=lambda way: (-way.score, way.customer_id, way.pick.paid))
    others = [one.who.score for one in candidates]
    probabilities = evidence.shares([way.score for way in ranked], others, learned.calibration)
    proposals = tuple(
        _proposal(payment, way, probability) for way, probability in zip(ranked[:most], probabilities, strict=False)
    )
    if repeated is not None and not (ranked and _stands_apart(ranked[0], probabilities[0], rules)):
        return _duplicate(payment, repeated, ranked)
    if not ranked:
        return Answer(payment.line_id, Verdict.LEFT, (), (Reason("nothing_fits", met=False),))
    holds = _holds(payment, ranked, probabilities, rules, wanted)
    if not holds:
        return Answer(
            payment.line_id, Verdict.APPLIED, proposals, (_threshold("automatic", probabilities[0], rules.automatic),)
        )
    enough = probabilities[0] >= rules.suggest
    verdict = Verdict.SUGGESTED if enough else Verdict.LEFT
    return Answer(payment.line_id, verdict, proposals, tuple(holds))


def _stands_apart(way: Way, probability: float, rules: Rules) -> bool:
    """Though of the same amount as another payment, this one closes claims of its own exactly."""
    exact = {"amount_exact", "advice_adds_up", "sum_exact"} & way.codes
    whole = not way.pick.rest and "paid_in_part" not in way.codes and "advised_by_amount" not in way.codes
    return (
        bool(exact) and probability >= rules.suggest and (whole or bool(way.codes & _REFERRED and not way.pick.rest))
    )


def _on_account(payment: Payment, customer_id: int, ways: Iterable[Way]) -> Proposal:
    """All of it kept for a customer, unapplied, until somebody knows more."""
    who = next((way.who for way in ways if way.customer_id == customer_id), Who(()))
    probability = round(evidence.alone(who.score), 6)
    return Proposal(customer_id, (), probability, 0, evidence.told(who.signs), rest=payment.amount)


def _duplicate(payment: Payment, repeated: Earlier, ranked: Sequence[Way]) -> Answer:
    """Sent twice, as it seems: left, with its amount proposed on the customer's account."""
    customer_id = repeated.customer_id or (ranked[0].customer_id if ranked else None)
    kept = (_on_account(payment, customer_id, ranked),) if customer_id else ()
    return Answer(payment.line_id, Verdict.LEFT, kept, (repeats(repeated.payment),))


def _holds(
    payment: Payment, ranked: Sequence[Way], probabilities: Sequence[float], rules: Rules, wanted: Mapping[int, int]
) -> list[Reason]:
    """Why the best way is not taken by itself; empty: it is."""
    best, pick = ranked[0], ranked[0].pick
    referred = bool(best.codes & _REFERRED)
    holds = [Reason(code, met=False) for code in dict.fromkeys(pick.holds) if not (code == "over_paid" and referred)]
    if probabilities[0] < rules.automatic:
        holds.append(_threshold("below_automatic", probabilities[0], rules.automatic))
    if pick.alternatives:
        holds.append(Reason("other_sets_fit", met=False, value=str(pick.alternatives), threshold="0"))
    if best.who.stranger:
        holds.append(Reason("third_party_without_mandate", met=False, value=payment.payer_name))
    elif not best.who.sure and not referred:
        holds.append(Reason("payer_not_sure", met=False, value=payment.payer_name))
    if best.codes & _AGAINST and any(sign.code in _AGAINST and sign.weight <= -1 for sign in pick.signs):
        holds.append(Reason("reference_elsewhere", met=False))
    if not referred and (found := _OTHER_PURPOSE.search(plain(payment.memo))):
        holds.append(Reason("other_purpose", met=False, value=found.group()))
    if not referred and pick.differences:
        holds.append(Reason("difference_without_reference", met=False))
    if payment.amount < 0:
        holds.append(Reason("money_out", met=False))
    if taken := sorted({line for item, line in wanted.items() if item in pick.items}):
        holds.append(Reason("wanted_by_another", met=False, value=str(taken[0])))
    return holds


def _threshold(code: str, probability: float, threshold: float) -> Reason:
    return Reason(code, probability >= threshold, f"{probability:.4f}", f"{threshold:g}")


def _proposal(payment: Payment, way: Way, probability: float) -> Proposal:
    turn = 1 if payment.amount > 0 else -1
    pick = way.pick
    return Proposal(
        way.customer_id,
        pick.parts(turn),
        round(probability, 6),
        pick.alternatives,
        evidence.told((*way.who.signs, *pick.signs)),
        turn * pick.rest,
        pick.differences,
    )
