"""How what was ordered, invoiced and paid reads in a replay: who asked for what on which day, and what it moved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from huikuan.judge.credit.domain.exposure import component_of, order_lines
from huikuan.judge.credit.domain.replay import INVOICE, ORDER, Ask, Change
from huikuan.record.contracts.domain.histories import OrderHistory
from huikuan.record.contracts.domain.orders import DELIVERED, INVOICED


@dataclass(slots=True)
class Debt:
    """An item owed to us, with every move of it: (day, signed minor units, by an item of which kind; '' posted)."""

    item: int
    customer_id: int
    kind: str
    currency: str
    number: str
    document_date: date
    posting_date: date
    due_date: date | None
    moves: list[tuple[date, int, str]]

    @property
    def amount(self) -> int:
        return sum(amount for _, amount, by_kind in self.moves if not by_kind)

    @property
    def reversed(self) -> bool:
        """Entered in error: its mirror took all of it back."""
        return -sum(amount for _, amount, by_kind in self.moves if by_kind == self.kind) == self.amount


@dataclass(frozen=True, slots=True)
class Telling:
    """Rows as asks and changes. `contracts`: item → its contract; a contract is named only of customers who paid
    `advanced`: nothing else nets under one."""

    contracts: Mapping[int, str]
    advanced: Collection[int]

    def credit(self, customer_id: int, kind: str, currency: str, day: date, item: int, amount: int) -> Change:
        """What is held for a customer."""
        component = component_of(kind, "credit") or ""
        return Change(day, customer_id, component, currency, self._contract(customer_id, item), amount)

    def invoice(self, debt: Debt) -> tuple[Ask | None, list[Change]]:
        """An invoice stands for its order: asked for on the day of the document, or of the posting where that came
        sooner; from then on it is bound to be delivered. Nobody asked for what is no sale, or was entered in error."""
        contract = self._contract(debt.customer_id, debt.item)
        day = min(debt.document_date, debt.posting_date)
        ask = Ask(
            debt.item * 2, INVOICE, debt.item, debt.number, debt.customer_id, day, debt.currency, contract,
            debt.amount, debt.amount, has_contract=bool(self.contracts.get(debt.item)),
        )  # fmt: skip
        moves = list(self._moves(debt, ask))
        if debt.kind != "invoice" or debt.reversed:
            return None, moves
        if day < debt.posting_date:
            moves += _bound(ask, [(day, 0, 0), (debt.posting_date, 0, debt.amount)])
        return ask, moves

    def order(self, order: OrderHistory, debts: Sequence[Debt]) -> tuple[Ask, list[Change]]:
        """An order, asked for on its day, or on that of the first of its invoices where that came sooner."""
        day = min([order.ordered_on, *(debt.posting_date for debt in debts)])
        contract = order.contract_number if order.customer_id in self.advanced else ""
        ask = Ask(
            order.order_id * 2 + 1, ORDER, order.order_id, order.number, order.customer_id, day, order.currency,
            contract, order.amount, order.amount, has_contract=bool(order.contract_number),
        )  # fmt: skip
        stood, done = [(day, 0, 0)], {DELIVERED: 0, INVOICED: 0}
        for step in order.steps:
            done[step.what] += step.amount
            stood.append((max(day, step.on), done[DELIVERED], done[INVOICED]))
        return ask, [*_bound(ask, stood), *(move for debt in debts for move in self._moves(debt, ask))]

    def _moves(self, debt: Debt, ask: Ask) -> Iterable[Change]:
        component = component_of(debt.kind, "debit") or ""
        contract = self._contract(debt.customer_id, debt.item)
        for day, amount, _ in debt.moves:
            yield Change(day, debt.customer_id, component, debt.currency, contract, amount, debt.item, ask.key)

    def _contract(self, customer_id: int, item: int) -> str:
        return self.contracts.get(item, "") if customer_id in self.advanced else ""


def _bound(ask: Ask, stood: Sequence[tuple[date, int, int]]) -> list[Change]:
    """What the order itself adds from each day on, on which so much was delivered and invoiced in all."""
    changes: list[Change] = []
    before: list[Change] = []
    for day, delivered, invoiced in stood:
        now = [
            Change(day, ask.customer_id, line.component, ask.currency, ask.contract_number, line.amount, ask=ask.key)
            for line in order_lines(
                ask.customer_id, ask.currency, ask.contract_number, amount=ask.amount, delivered=delivered,
                invoiced=invoiced, released=True,
            )
        ]  # fmt: skip
        changes += [*(replace(one, day=day, amount=-one.amount) for one in before), *now]
        before = now
    return changes
