"""Lists page by keys, the law finds a row that lies, and every command answers in JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest

from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING, Part, Scope
from huikuan.record.contracts.check import unlike_their_facts
from huikuan.record.contracts.models import Contract, SalesOrder
from huikuan.record.contracts.queries.contracts import (
    ContractFilter,
    contract,
    contract_numbered,
    contracts_page,
    every_contract,
)
from huikuan.record.contracts.queries.orders import OrderFilter, every_order, orders_page
from huikuan.record.contracts.tests.conftest import WHO, Register, day
from huikuan.record.customers.operations import affiliate
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def register(transactional_db: None) -> Register:
    return Register()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = cli.main([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_pages_follow_one_another_and_sum_to_the_whole(register: Register) -> None:
    for number in range(5):
        register.contract(f"JL-{number}", amount=100_00 + number, currency="CNY" if number else "USD")
        register.order(f"SO-{number}")
    seen, after = [], ""
    while True:
        page = contracts_page(ContractFilter(), scope=EVERYTHING, after=after, limit=2)
        assert page.count == 5
        assert [(one.currency, one.count, one.amount) for one in page.sums] == [("CNY", 4, 400_10), ("USD", 1, 100_00)]
        seen += [row.number for row in page.rows]
        if page.next is None:
            break
        after = page.next
    assert seen == ["JL-4", "JL-3", "JL-2", "JL-1", "JL-0"]
    assert [row.number for row, _ in every_contract(ContractFilter(), scope=EVERYTHING)] == seen
    assert [row.number for row in every_order(OrderFilter(text="so-3"), scope=EVERYTHING)] == ["SO-3"]
    (sums,) = orders_page(OrderFilter(), scope=EVERYTHING).sums
    assert (sums.count, sums.amount, sums.delivered) == (5, 5 * 200_00, 0)


def test_nobody_reaches_another_companys_rows(register: Register) -> None:
    number = register.contract()
    register.order()
    here = Scope((Part(frozenset({register.company.pk}), None),))
    elsewhere = Scope((Part(frozenset({register.company.pk + 1}), None),))
    assert contract(number, scope=here).number == "JL-001"
    for scope in (elsewhere, NOTHING):
        assert contracts_page(ContractFilter(), scope=scope).count == 0
        assert orders_page(OrderFilter(), scope=scope).count == 0
        assert list(every_contract(ContractFilter(), scope=scope)) == []
        with pytest.raises(Exception, match="contract_unknown"):
            contract(number, scope=scope)


def test_a_salesperson_reaches_the_contracts_of_their_own_customers(register: Register) -> None:
    number = register.contract()
    register.order()
    affiliate(customer_id=register.customer.pk, dimension="owner", value="李沅", effective_on=day("2026-01-01"), **WHO)
    own, other = (Scope((Part(None, frozenset({name})),), day("2026-11-20")) for name in ("李沅", "尹川"))
    assert contract(number, scope=own).number == "JL-001"
    assert [row.number for row in every_order(OrderFilter(), scope=own)] == ["SO-1"]
    assert contracts_page(ContractFilter(), scope=other).count == 0
    assert orders_page(OrderFilter(), scope=other).count == 0
    with pytest.raises(Exception, match="contract_unknown"):
        contract(number, scope=other)
    with pytest.raises(Exception, match="contract_number_unknown"):
        contract_numbered("MAIN", "JL-001", scope=other)


def test_a_contract_is_listed_from_its_signature_on(register: Register) -> None:
    register.contract(signed_on=day("2026-01-10"))
    found = [
        contracts_page(ContractFilter(), scope=EVERYTHING, as_of=day(on)).count for on in ("2026-01-09", "2026-01-10")
    ]
    assert found == [0, 1]


def test_the_law_finds_a_row_that_says_something_else(register: Register) -> None:
    register.contract()
    register.order()
    assert list(unlike_their_facts()) == []
    Contract.objects.update(amount=1)
    SalesOrder.objects.update(delivered_amount=5)
    assert list(unlike_their_facts()) == [
        ("contract JL-001", "amount 100000", "amount 1"),
        ("order SO-1", "delivered_amount 0", "delivered_amount 5"),
    ]


def test_the_commands_of_contracts(register: Register, capsys: pytest.CaptureFixture[str]) -> None:
    register.contract(payment_terms="验收后 30 天")
    code, listed = run(capsys, "contract", "list", "--customer", "K-1", "--find", "jl-0")
    assert (code, listed["count"], listed["next"]) == (0, 1, None)
    assert listed["contracts"][0]["amount"] == "1000.00"
    on = ("--on", "2026-06-15", "--note", "验收单 7")
    code, recorded = run(capsys, "contract", "milestone", "record", "JL-001", "acceptance", *on)
    assert (code, recorded["due_date"]) == (0, "2026-07-15")
    code, again = run(capsys, "contract", "milestone", "record", "JL-001", "acceptance", *on)
    assert (code, again["error"]["code"]) == (1, "milestone_reached_already")
    code, shown = run(capsys, "contract", "show", "JL-001", "--as-of", "2026-11-20")
    assert shown["terms"]["payment_terms"] == "验收后 30 天"
    assert [(one["milestone"], one["amount"], one["due_date"]) for one in shown["milestones"]] == [
        ("signing", "300.00", "2026-01-20"),
        ("acceptance", "500.00", "2026-07-15"),
        ("end_of_warranty", "200.00", None),
    ]
    event = str(recorded["event"])
    code, foreign = run(capsys, "contract", "milestone", "withdraw", event, "--reason", "错", "--actor", "nobody")
    assert (code, foreign["error"]["code"]) == (1, "not_permitted")
    code, back = run(capsys, "contract", "milestone", "withdraw", event, "--reason", "错")
    assert (code, back["event"]) == (0, recorded["event"])
    code, unknown = run(capsys, "contract", "show", "JL-9")
    assert (code, unknown["error"]["code"]) == (1, "contract_number_unknown")
    assert cli.main(["contract", "show", "JL-001"]) == 0
    assert "acceptance 50% CNY 500.00" in capsys.readouterr().out


def test_the_commands_of_orders(register: Register, capsys: pytest.CaptureFixture[str]) -> None:
    register.order()
    code, done = run(capsys, "order", "deliver", "SO-1", "1", "1.5", "--on", "2026-03-01", "--document", "DN-1")
    assert (code, done["delivered"], done["state"]) == (0, "50.00", "partly")
    code, refused = run(capsys, "order", "invoice", "SO-1", "1", "4", "--on", "2026-03-01")
    assert (code, refused["error"]["code"]) == (1, "more_than_ordered")
    code, shown = run(capsys, "order", "show", "SO-1")
    assert [(one["quantity"], one["delivered"]) for one in shown["lines"]] == [("3", "1.5"), ("3", "0")]
    assert shown["done"][0]["document"] == "DN-1"
    code, listed = run(capsys, "order", "list", "--state", "partly")
    assert (code, [row["number"] for row in listed["orders"]]) == (0, ["SO-1"])
    assert cli.main(["order", "show", "SO-1"]) == 0
    assert "1.5" in capsys.readouterr().out
