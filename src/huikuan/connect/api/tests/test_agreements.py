"""Contracts, orders and milestones for programs, and nobody else's."""

from __future__ import annotations

from datetime import date

from huikuan.connect.api.tests.conftest import Program, program_of
from huikuan.mechanisms.identity.operations import add_company
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.orders import QUANTITY, Order, OrderLine
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.operations.contracts import create_contract
from huikuan.record.contracts.operations.orders import create_order
from huikuan.record.customers.models import Customer
from huikuan.shell.tests.books import AT, Books


def agreed(books: Books) -> tuple[int, int]:
    """A contract of 1,000.00 in three milestones, and an order below it."""
    customer = Customer.objects.get(code="C0001").pk
    terms = Terms(
        name="主轴总成", currency="CNY", amount=100_000, signed_on=date(2026, 1, 10),
        milestones=tuple(read_milestones("签订 30% 10天；验收 50% 30天；质保期满 20%")),
    )  # fmt: skip
    by = {"company": books.company, "customer_id": customer, "actor": "test", "at": AT}
    contract = create_contract(number="JL-001", terms=terms, **by)
    line = OrderLine(1, "主轴", 3 * QUANTITY, 10_000, "件")
    order = Order(ordered_on=date(2026, 2, 1), currency="CNY", lines=(line,), contract_number="JL-001")
    return contract, create_order(number="SO-1", order=order, **by)


def test_contracts_and_orders_are_read_and_a_milestone_is_reached(program: Program, books: Books) -> None:
    contract, order = agreed(books)
    (row,) = program.pages("/contracts?customer=C0001")
    assert (row["number"], row["amount"], row["signed_on"]) == ("JL-001", "1000.00", "2026-01-10")
    whole = program.get(f"/contracts/{contract}").json()
    assert [one["amount"] for one in whole["milestones"]] == ["300.00", "500.00", "200.00"]
    code = whole["milestones"][1]["code"]
    said = {"milestone": code, "happened_on": "2026-11-01"}
    reached = program.post(f"/contracts/{contract}/milestones", said)
    assert reached.status_code == 201, reached.content
    assert reached.json()["milestones"][1]["due_date"] == "2026-12-01"
    assert program.post(f"/contracts/{contract}/milestones", said).status_code == 422
    assert program.post(f"/contracts/{contract}/milestones", said | {"milestone": "none"}).status_code == 422
    (sold,) = program.pages("/orders")
    assert (sold["id"], sold["amount"], sold["delivered_amount"]) == (order, "100.00", "0.00")
    assert program.get(f"/orders/{order}").json() == sold
    assert program.pages("/statements") == []


def test_of_another_company_they_are_not_there(books: Books, on_the_day: None) -> None:
    contract, order = agreed(books)
    add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
    north = program_of("north", "finance_manager", company="NORTH")
    for address in ("/contracts", "/orders", "/statements"):
        assert north.pages(address) == []
    for address in (f"/contracts/{contract}", f"/orders/{order}", "/statements/1"):
        assert north.get(address).status_code == 404
    said = {"milestone": "signing", "happened_on": "2026-11-01"}
    assert north.post(f"/contracts/{contract}/milestones", said).status_code == 404
