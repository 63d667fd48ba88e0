"""The law of contracts and orders: each row says what its facts say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from huikuan.record.contracts.domain.orders import Done, order_from
from huikuan.record.contracts.domain.terms import Version, governing, terms_from
from huikuan.record.contracts.models import Contract, ContractVersion, Fulfilment, SalesOrder, SalesOrderVersion
from huikuan.record.contracts.operations.contracts import row_of as contract_row
from huikuan.record.contracts.operations.orders import row_of as order_row
from huikuan.record.contracts.queries.terms import standing_of_many

_AT_ONCE = 2_000


def unlike_their_facts() -> Iterator[tuple[str, str, str]]:
    """(what, as its facts say, as its row says) of every contract and order where these differ."""
    for contracts in _slices(Contract):
        versions: dict[int, list[Version]] = {}
        for fact in ContractVersion.objects.filter(contract_id__in=contracts).order_by("version"):
            version = Version(fact.version, fact.effective_on, terms_from(fact.content))
            versions.setdefault(fact.contract_id, []).append(version)
        happened = standing_of_many(contracts)
        for number, row in contracts.items():
            known = versions.get(number, [])
            said = (
                {"version": known[-1].number, **contract_row(governing(known).terms, happened.get(number, ()))}
                if known
                else {}
            )
            yield from _compared(f"contract {row.number}", row, said)
    for orders in _slices(SalesOrder):
        done: dict[int, list[Done]] = {}
        for one in Fulfilment.objects.filter(order_id__in=orders).order_by("tx", "id"):
            done.setdefault(one.order_id, []).append(Done(one.line, one.what, one.quantity_e4, one.amount))
        latest = {
            fact.order_id: fact for fact in SalesOrderVersion.objects.filter(order_id__in=orders).order_by("version")
        }
        for number, order in orders.items():
            state = latest.get(number)
            said = (
                {"version": state.version, **order_row(order_from(state.content), done.get(number, []))}
                if state
                else {}
            )
            yield from _compared(f"order {order.number}", order, said)


def _slices(model: Any) -> Iterator[dict[int, Any]]:
    """The rows of a table by id, a few thousand at a time."""
    after = 0
    while found := list(model.objects.filter(pk__gt=after).order_by("pk")[:_AT_ONCE]):
        yield {row.pk: row for row in found}
        after = found[-1].pk


def _compared(what: str, row: Any, said: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    if not said:
        yield what, "a first version", "none"
        return
    wrong = [name for name, value in said.items() if getattr(row, name) != value]
    if wrong:
        yield (
            what,
            ", ".join(f"{name} {said[name]}" for name in wrong),
            ", ".join(f"{name} {getattr(row, name)}" for name in wrong),
        )
