"""Payments sent twice: the same amount from the same payer for the same claims, within days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from huikuan.kernel.reasons import Reason
from huikuan.record.cash.domain import names
from huikuan.record.cash.domain.book import Answer, Earlier, Part, Payment, Proposal, Verdict

#: Why a payment waits that says too little, but nothing else than its repeat says.
_SAYS_LITTLE = frozenset(
    (
        "automatic",
        "below_automatic",
        "payer_not_sure",
        "other_sets_fit",
        "more_sets_may_fit",
        "sum_by_chance",
        "number_misspelt",
        "advice_unclear",
    )
)
_SURELY_NAMED = frozenset(("advised_whole", "advised_short", "named_whole", "named_short"))
_NAMED = _SURELY_NAMED | {"advised_core", "advised_tail", "named_core", "named_tail"}
_SAYS_OTHERWISE = frozenset(
    ("reference_not_followed", "advice_not_followed", "reference_unknown", "document_settled", "document_later")
)


class Repeats:
    """What was paid so far, by amount."""

    def __init__(self, earlier: Iterable[Earlier], days: int) -> None:
        self._days = days
        self._by_amount: dict[tuple[str, int], list[Earlier]] = defaultdict(list)
        for one in earlier:
            self.add(one)

    def add(self, one: Earlier) -> None:
        self._by_amount[one.payment.currency, one.payment.amount].append(one)

    def of(self, payment: Payment, payers: Mapping[int, float], settled: frozenset[int]) -> Earlier | None:
        """The payment this one may repeat: of the same amount, near in time, by the same payer, for the same claims
        (`settled`: what this one names and finds settled)."""
        for one in reversed(self._by_amount.get((payment.currency, payment.amount), ())):
            apart = abs((payment.booked_on - one.payment.booked_on).days)
            if apart > self._days or one.payment.line_id == payment.line_id:
                continue
            if settled & one.item_ids:
                return one
            if _same_payer(payment, one.payment) or payers.get(one.customer_id or 0, 0.0) > 0:
                return one
        return None


def _same_payer(one: Payment, other: Payment) -> bool:
    if one.payer_account and one.payer_account == other.payer_account:
        return True
    name = names.bare(one.payer_name)
    return bool(name) and name == names.bare(other.payer_name)


def repeats(payment: Payment) -> Reason:
    """The reason told of a payment that seems to be `payment` sent again."""
    told = {"line": str(payment.line_id), "booked_on": payment.booked_on.isoformat()}
    return Reason("duplicate_payment", met=False, value=payment.bank_reference, params=told)


def in_turn(
    payments: Sequence[Payment], given: Mapping[int, Answer], first: Mapping[int, Answer]
) -> dict[int, Answer]:
    """The answers `given`, but of a payment and its repeats the one of the earliest day takes the claims, whichever of
    them says best what they are; the later ones are told as sent again.

    `first`: the answer each would have had alone: who comes first must not say anything else than the one that took
    the claims. `payments`: by day.
    """
    turned = dict(given)
    for taker, others in _groups(payments, given, first):
        for earliest in (one for one in others if one.booked_on < taker.booked_on):
            if answer := _instead(first[earliest.line_id], given[taker.line_id], taker):
                left = given[earliest.line_id]
                again = [one.line_id for one in (taker, *others) if one is not earliest]
                turned |= {line: replace(left, line_id=line, reasons=(repeats(earliest),)) for line in again}
                turned[earliest.line_id] = replace(answer, line_id=earliest.line_id)
                break
    return turned


def _groups(
    payments: Sequence[Payment], given: Mapping[int, Answer], first: Mapping[int, Answer]
) -> list[tuple[Payment, list[Payment]]]:
    """Each payment of the run that was applied, with those told as the same sent again, by day; and those of its
    amount that name the same claims, whenever they were sent."""
    applied = [one for one in payments if given[one.line_id].verdict == Verdict.APPLIED]
    taken = {(one.currency, one.amount, _what(given[one.line_id].proposals[0])): one.line_id for one in applied}
    groups: dict[int, list[Payment]] = defaultdict(list)
    for payment in payments:
        taker = payment.line_id
        while taker in given and (repeated := _repeated(given[taker])) is not None:
            taker = repeated
        if taker not in given:
            continue
        alone = first[payment.line_id].proposals
        if given[taker].verdict == Verdict.LEFT and alone and _codes(alone[0]) & _NAMED:
            taker = taken.get((payment.currency, payment.amount, _what(alone[0])), taker)
        if taker != payment.line_id:
            groups[taker].append(payment)
    return [(one, groups[one.line_id]) for one in applied if one.line_id in groups]


def _repeated(answer: Answer) -> int | None:
    """The line a payment was told to repeat."""
    told = [int(reason.params["line"]) for reason in answer.reasons if reason.code == "duplicate_payment"]
    return told[0] if told else None


def _instead(alone: Answer, taking: Answer, taker: Payment) -> Answer | None:
    """What becomes of a payment whose repeat was applied, once it comes first: what its repeat says, where it has that
    among its own proposals and nothing is against it; what it says alone, where it names the same claims surely; None:
    it means something else."""
    best = taking.proposals[0]
    if all(reason.code in _SAYS_LITTLE for reason in alone.reasons) and any(
        _same(one, best) for one in alone.proposals
    ):
        told = {"line": str(taker.line_id), "booked_on": taker.booked_on.isoformat()}
        return replace(taking, reasons=(*taking.reasons, Reason("repeat_says_more", met=True, params=told)))
    named = alone.verdict == Verdict.SUGGESTED and _codes(alone.proposals[0]) & _SURELY_NAMED
    return alone if named and _same(alone.proposals[0], best) else None


def _same(one: Proposal, other: Proposal) -> bool:
    """The same claims are paid, and no number says that they are not meant."""
    return _what(one) == _what(other) and not _codes(one) & _SAYS_OTHERWISE


def _what(proposal: Proposal) -> tuple[int, frozenset[Part]]:
    return proposal.customer_id, frozenset(proposal.parts)


def _codes(proposal: Proposal) -> set[str]:
    return {reason.code for reason in proposal.reasons}
