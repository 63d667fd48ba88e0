"""Picks of the claims that numbers in the payment's texts name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from huikuan.record.cash.domain import evidence
from huikuan.record.cash.domain.book import Difference
from huikuan.record.cash.domain.by_sum import picks_by_sum
from huikuan.record.cash.domain.evidence import Sign
from huikuan.record.cash.domain.numbers import Strength
from huikuan.record.cash.domain.picks import DISCOUNT, FEE, TOLERANCE, Desk, Pick, usual_discount, usual_share
from huikuan.record.cash.domain.pools import Named
from huikuan.record.cash.domain.writing import how_many


def picks_by_number(desk: Desk) -> Iterator[Pick]:
    """The claims named one by one, together; then those a contract or an order names many of."""
    sure = [named for named in desk.pool.named if named.strength > Strength.NEAR]
    if items := list(dict.fromkeys(named.items[0] for named in sure if len(named.items) == 1)):
        yield from _named(desk, items)
        written = [named.items[0] for named in sure if len(named.items) == 1 and named.strength >= Strength.SHORT]
        if written and len(set(written)) < len(items):
            yield from _named(desk, list(dict.fromkeys(written)))
    for named in sure:
        if len(named.items) > 1:
            yield from _grouped(desk, named)


def _named(desk: Desk, items: list[int]) -> Iterator[Pick]:
    """Named claims paid exactly, less what may be between, with credits, with others, in part, or too much."""
    whole = {item: desk.open(item) for item in items}
    total = sum(whole.values())
    if total == desk.amount:
        yield desk.pick(whole, [Sign("amount_exact", evidence.single(desk.amount, len(items)))])
        return
    yield from picks_less(desk, whole)
    others = [item for item in desk.pool.signed if item not in whole]
    if total > desk.amount:
        credit = [item for item in others if desk.open(item) < 0]
        at_first = {item: amount for item, amount in desk.pool.at_first.items() if amount < 0 and item not in whole}
        yield from picks_by_sum(desk, credit, whole, Sign("credits_netted", 5.0), at_first=at_first)
        yield from _in_part(desk, items)
        return
    at_first = {item: amount for item, amount in desk.pool.at_first.items() if item not in whole}
    yield from picks_by_sum(desk, others, whole, Sign("others_make_up", 4.0), at_first=at_first)
    if total > 0:
        rest = desk.amount - total
        holds = ("over_paid", "fewer_than_told") if len(items) < how_many(desk.payment.memo) else ("over_paid",)
        yield desk.pick(whole, [desk.over_paid(rest, total)], rest, holds=holds)


def picks_less(desk: Desk, whole: Mapping[int, int]) -> Iterator[Pick]:
    """The claims are closed, less a discount of the terms, a bank's fee or a small difference."""
    short = sum(whole.values()) - desk.amount
    if short <= 0:
        return
    discounts = {item: amount for item in whole if (amount := desk.discount(item))}
    if short == sum(discounts.values()):
        differences = tuple(Difference(DISCOUNT, item, amount) for item, amount in discounts.items())
        paid = {item: amount - discounts.get(item, 0) for item, amount in whole.items()}
        yield desk.pick(paid, [Sign("discount_in_terms", 5.0, desk.money(short))], 0, differences)
        return
    # All of it is taken from the largest claim: by that one it is bounded, as it is when it is written off.
    largest = max(whole, key=lambda item: (whole[item], -item))
    off = desk.rules.off(whole[largest], desk.payment.currency)
    kind, weight = (TOLERANCE, 4.0) if short <= off else (FEE, 2.5)
    if short <= max(off, desk.rules.fee(whole[largest], desk.payment.currency)) and whole[largest] > short:
        paid = {**whole, largest: whole[largest] - short}
        holds = ("fee_or_discount",) if usual_discount(desk.amount, sum(whole.values())) else ()
        difference = Difference(kind, largest, short)
        yield desk.pick(paid, [Sign(kind, weight, desk.money(short))], 0, (difference,), holds=holds)


def _in_part(desk: Desk, items: list[int]) -> Iterator[Pick]:
    """Named claims paid as far as the money goes, credits first, then in the order named; the last one in part."""
    left, paid = desk.amount, {}
    for item in sorted(items, key=lambda item: desk.open(item) > 0):
        if part := min(desk.open(item), left):
            paid[item] = part
            left -= part
    if left:
        return
    alone = len(items) == 1
    signs = [Sign("paid_in_part", -1.0 if alone else -2.5, desk.money(desk.amount))]
    if alone and (share := usual_share(desk.amount, desk.open(items[0]))) is not None:
        signs.append(Sign("usual_share", 0.5, f"{share / 10:g}"))
    by_itself = alone and desk.rules.parts and _nothing_else_fits(desk, items[0])
    yield desk.pick(paid, signs, holds=() if by_itself else ("paid_in_part",))


def _nothing_else_fits(desk: Desk, item: int) -> bool:
    """No other claim is for exactly the amount: else the number may be a slip of the pen."""
    return all(other == item or amount != desk.amount for other, amount in desk.pool.signed.items())


def _grouped(desk: Desk, named: Named) -> Iterator[Pick]:
    """A contract or an order names several claims: those of them the amount fits, else the earliest due in part."""
    items = [item for item in named.items if desk.open(item) > 0]
    exact = [item for item in items if desk.open(item) == desk.amount]
    for item in exact:
        sign = Sign("amount_exact", evidence.single(desk.amount, len(exact)))
        yield desk.pick({item: desk.amount}, [sign, *desk.punctual(item)], alternatives=len(exact) - 1)
    if exact or not items or sum(map(desk.open, items)) < desk.amount:
        return
    yield from picks_by_sum(desk, items, {}, Sign("sum_exact", 5.0))
    first = min(items, key=lambda item: (desk.due(item), item))
    if desk.open(first) > desk.amount:
        signs = [Sign("paid_in_part", -1.0, desk.money(desk.amount))]
        yield desk.pick({first: desk.amount}, signs, holds=("paid_in_part",))
