"""Payments sent twice: the same amount from the same payer for the same claims, within days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from huikuan.record.cash.domain import names
from huikuan.record.cash.domain.book import Earlier, Payment


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
