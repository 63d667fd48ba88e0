"""Picks by the amount alone, where no number says what is paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import log

from huikuan.record.cash.domain import evidence
from huikuan.record.cash.domain.by_number import picks_less
from huikuan.record.cash.domain.by_sum import picks_by_sum
from huikuan.record.cash.domain.evidence import Sign
from huikuan.record.cash.domain.picks import Desk, Pick, usual_discount, usual_share

_MOST_SHARES = 12
_EARLIEST = 0.1
_GUESSED = ("paid_in_part",)


def picks_by_amount(desk: Desk) -> Iterator[Pick]:
    """One claim of the amount, or less what may be between; several that add up to it; a share of one."""
    debts = [item for item in desk.pool.debts if desk.known(item)]
    exact = [item for item in debts if desk.open(item) == desk.amount]
    equal = sum(1 for item, amount in desk.pool.at_first.items() if amount == desk.amount and desk.known(item))
    weight = evidence.single(desk.amount, max(1, desk.pool.near(desk.amount)))
    for item in exact:
        signs = [Sign("amount_exact", weight), *desk.misspelt(item), *desk.punctual(item), *_first(desk, item, exact)]
        yield desk.pick({item: desk.amount}, signs, alternatives=max(equal, len(exact)) - 1)
    known = [item for item in desk.pool.signed if desk.known(item)]
    if len(known) > 1:
        at_first = {item: amount for item, amount in desk.pool.at_first.items() if desk.known(item)}
        yield from picks_by_sum(desk, known, {}, Sign("sum_exact", 7.0), least=2, at_first=at_first)
    if exact:
        return
    for item in desk.pool.debts:
        if not desk.known(item) and desk.open(item) == desk.amount:
            yield desk.pick(
                {item: desk.amount},
                [Sign("amount_exact", weight), Sign("document_later", -3.0)],
                holds=("document_later",),
            )
    for item in debts:
        for pick in picks_less(desk, {item: desk.open(item)}):
            yield replace(pick, signs=(*pick.signs, Sign("without_reference", -0.5)))
    yield from _shares(desk, debts)


def _first(desk: Desk, item: int, equal: list[int]) -> list[Sign]:
    """Of equal claims the one due before all others is the one that is usually paid."""
    before_all = all(desk.due(item) < desk.due(other) for other in equal if other != item)
    return [Sign("earliest_due", _EARLIEST)] if len(equal) > 1 and before_all else []


def _shares(desk: Desk, debts: list[int]) -> Iterator[Pick]:
    """Less a deduction the text tells; a usual share; or, where nothing fits, the earliest due in part, a guess."""
    for item in debts:
        if (short := desk.open(item) - desk.amount) in desk.told_amounts:
            yield desk.pick({item: desk.amount}, [Sign("deduction_told", 4.5, desk.money(short))], holds=_GUESSED)
    usual = {item: share for item in debts if (share := usual_share(desk.amount, desk.open(item))) is not None}
    for item, share in list(usual.items())[:_MOST_SHARES]:
        discount = usual_discount(desk.amount, desk.open(item))
        code, weight = ("usual_discount", 1.5) if discount else ("usual_share", -2.5)
        signs = [Sign(code, weight - log(len(usual)), f"{share / 10:g}"), *desk.misspelt(item)]
        yield desk.pick({item: desk.amount}, signs, holds=_GUESSED)
    if not usual and debts and desk.open(debts[0]) > desk.amount:
        signs = [Sign("earliest_in_part", -6.0 if len(debts) > 1 else -5.0)]
        yield desk.pick({debts[0]: desk.amount}, signs, holds=_GUESSED)
