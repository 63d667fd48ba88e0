"""Contracts and orders out of files: guessed, checked cell by cell, taken once, taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.files import Asked, Imported, RejectedRefusal, import_file
from huikuan.connect.connectors.operations.undo import undo_batch
from huikuan.connect.connectors.presets import load_preset
from huikuan.connect.connectors.tests.ledgers import company
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.record.contracts.domain.interest import LateInterest
from huikuan.record.contracts.models import Contract, Fulfilment, MilestoneEvent, SalesOrder
from huikuan.record.contracts.operations.milestones import record_milestone, withdraw_milestone
from huikuan.record.contracts.queries.progress import order_of
from huikuan.record.contracts.queries.terms import standing, terms_of, versions
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import merge_customers, undo_merge
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
WHO: dict[str, Any] = {"actor": "tester", "at": AT}

CONTRACTS = """合同编号,合同名称,客户编码,客户名称,签订日期,合同金额,币种,付款节点,逾期利率,管辖法院,送达地址
JL-1,主轴总成,C1,江临试制,2026-01-10,"10,000.01",人民币,MILESTONES,日万分之五,江临市法院,江临市 1 号；盐城市 2 号
JL-2,,C2,北麓矿业,2026-02-01,,CNY,,,,
""".replace("MILESTONES", "签订 30% 10天；验收 50% 30天；质保期满 20%")
ORDERS = """订单号,行号,客户编码,客户名称,合同编号,订单日期,产品名称,单位,数量,价税合计,已交货数量,发货日期
SO-1,1,C1,江临试制,JL-1,2026-02-01,主轴,件,3,"10,000.01",1,2026-03-01
SO-1,2,C1,江临试制,JL-1,2026-02-01,轴承,套,2.5,500.00,,
SO-2,1,C2,北麓矿业,,2026-02-02,衬板,块,10,100.00,0,
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def take(tmp_path: Path, kind: str, text: str, **more: Any) -> Imported:
    path = tmp_path / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    return import_file(path, Asked(kind=kind, company=company(), **{**WHO, **more}))


def counts(imported: Imported) -> tuple[int, int, int, int]:
    result = imported.result
    return result.read, result.created, result.duplicates, result.rejected


def test_contracts_come_with_their_clauses_and_milestones_and_once(tmp_path: Path) -> None:
    dry = take(tmp_path, "contracts", CONTRACTS, dry_run=True)
    assert (counts(dry), Contract.objects.count(), Customer.objects.count()) == ((2, 2, 0, 0), 0, 0)
    first = take(tmp_path, "contracts", CONTRACTS)
    assert (counts(first), first.result.customers_created) == ((2, 2, 0, 0), 2)
    contract = Contract.objects.get(number="JL-1")
    terms = terms_of(contract.pk)
    assert (terms.amount, terms.currency, terms.signed_on) == (1_000_001, "CNY", date(2026, 1, 10))
    assert terms.late_interest == LateInterest("daily", 50_000)
    assert terms.service_addresses == ("江临市 1 号", "盐城市 2 号")
    assert [(one.code, one.days) for one in terms.milestones] == [
        ("signing", 10),
        ("acceptance", 30),
        ("end_of_warranty", 0),
    ]
    assert Contract.objects.get(number="JL-2").name == "JL-2"
    before = Leaf.objects.count()
    again = take(tmp_path, "contracts", CONTRACTS)
    assert (counts(again), again.result.batch, Leaf.objects.count()) == ((2, 0, 2, 0), None, before)


def test_other_terms_amend_and_empty_cells_say_nothing(tmp_path: Path) -> None:
    first = take(tmp_path, "contracts", CONTRACTS).result.batch or 0
    contract = Contract.objects.get(number="JL-1").pk
    changed = take(tmp_path, "contracts", "合同编号,客户编码,合同金额\nJL-1,C1,20000\nJL-2,C2,\n")
    assert counts(changed) == (2, 1, 1, 0)
    assert [(one.number, one.effective_on) for one in versions(contract)] == [
        (1, date(2026, 1, 10)),
        (2, date(2026, 11, 20)),
    ]
    assert terms_of(contract, date(2026, 11, 19)).amount == 1_000_001
    now = terms_of(contract)
    assert (now.amount, now.jurisdiction, len(now.milestones)) == (2_000_000, "江临市法院", 3)
    undo_batch(batch_id=changed.result.batch or 0, **WHO)
    assert terms_of(contract).amount == 1_000_001
    undo_batch(batch_id=first, **WHO)
    assert set(Contract.objects.values_list("status", flat=True)) == {"void"}
    assert check_ledger() == []


def test_undone_a_contract_is_void_and_the_same_file_brings_it_back(tmp_path: Path) -> None:
    batch = take(tmp_path, "contracts", CONTRACTS).result.batch or 0
    contract = Contract.objects.get(number="JL-1").pk
    undo_batch(batch_id=batch, **WHO)
    assert set(Contract.objects.values_list("status", flat=True)) == {"void"}
    assert Batch.objects.get(pk=batch).state == "undone"
    with pytest.raises(Refusal, match="batch_undone"):
        undo_batch(batch_id=batch, **WHO)
    assert counts(take(tmp_path, "contracts", CONTRACTS)) == (2, 2, 0, 0)
    assert terms_of(contract).status == "active"
    assert [one.number for one in versions(contract)] == [1, 2, 3]


def test_an_imported_day_of_signature_reaches_what_awaits_it_and_goes_with_its_import(tmp_path: Path) -> None:
    """Told, corrected by a second file, and both undone: the milestone follows each step."""

    def reached() -> list[tuple[date, date]]:
        return [(one.happened_on, one.due_date) for one in standing(contract).values()]

    first = take(tmp_path, "contracts", CONTRACTS).result.batch or 0
    contract = Contract.objects.get(number="JL-1").pk
    told = (date(2026, 1, 10), date(2026, 1, 20))
    assert reached() == [told]
    take(tmp_path, "contracts", CONTRACTS)
    assert MilestoneEvent.objects.count() == 1, "the same file again tells nothing"
    second = take(tmp_path, "contracts", "合同编号,客户编码,签订日期\nJL-1,C1,2026-01-12\n").result.batch or 0
    assert reached() == [(date(2026, 1, 12), date(2026, 1, 22))]
    undo_batch(batch_id=second, **WHO)
    assert reached() == [told]
    undo_batch(batch_id=first, **WHO)
    assert reached() == []
    assert check_ledger() == []
    assert counts(take(tmp_path, "contracts", CONTRACTS)) == (2, 2, 0, 0)
    assert reached() == [told]


def test_what_was_built_on_keeps_a_batch_from_being_undone(tmp_path: Path) -> None:
    batch = take(tmp_path, "contracts", CONTRACTS).result.batch or 0
    contract = Contract.objects.get(number="JL-1").pk
    event = record_milestone(contract_id=contract, milestone="acceptance", happened_on=date(2026, 1, 10), **WHO)
    before = Leaf.objects.count()
    with pytest.raises(Refusal) as refused:
        undo_batch(batch_id=batch, **WHO)
    assert refused.value.code == "contracts_have_dependants"
    assert [place.value for place in refused.value.where] == ["JL-1"]
    assert (Leaf.objects.count(), Batch.objects.get(pk=batch).state) == (before, "committed")
    withdraw_milestone(event_id=event, reason="错", **WHO)
    orders = take(tmp_path, "orders", ORDERS).result.batch or 0
    with pytest.raises(Refusal, match="contracts_have_dependants"):
        undo_batch(batch_id=batch, **WHO)
    undo_batch(batch_id=orders, **WHO)
    undo_batch(batch_id=batch, **WHO)
    assert set(Contract.objects.values_list("status", flat=True)) == {"void"}


def test_orders_come_line_by_line_with_what_was_delivered(tmp_path: Path) -> None:
    take(tmp_path, "contracts", CONTRACTS)
    first = take(tmp_path, "orders", ORDERS)
    assert counts(first) == (3, 3, 0, 0)
    order = SalesOrder.objects.get(number="SO-1")
    assert (order.amount, order.delivered_amount, order.state) == (1_050_001, 333_334, "partly")
    assert [(line.line, line.quantity_e4) for line in order_of(order.pk).lines] == [(1, 30_000), (2, 25_000)]
    assert SalesOrder.objects.get(number="SO-2").state == "open"
    before = Leaf.objects.count()
    again = take(tmp_path, "orders", ORDERS)
    assert (counts(again), again.result.batch, Leaf.objects.count()) == ((3, 0, 3, 0), None, before)
    further = ORDERS.replace('"10,000.01",1,2026-03-01', '"10,000.01",3,2026-04-01')
    more = take(tmp_path, "orders", further)
    assert counts(more) == (3, 2, 1, 0)
    order.refresh_from_db()
    assert (order.delivered_amount, order.version) == (1_000_001, 1)
    assert list(Fulfilment.objects.order_by("id").values_list("happened_on", "quantity_e4")) == [
        (date(2026, 3, 1), 10_000),
        (date(2026, 4, 1), 20_000),
    ]
    undo_batch(batch_id=more.result.batch or 0, **WHO)
    order.refresh_from_db()
    assert (order.delivered_amount, order.state) == (333_334, "partly")
    undo_batch(batch_id=first.result.batch or 0, **WHO)
    assert set(SalesOrder.objects.values_list("state", "delivered_amount")) == {("void", 0)}
    assert check_ledger() == []


def test_orders_that_cannot_be_taken_are_listed_and_nothing_is_written(tmp_path: Path) -> None:
    take(tmp_path, "contracts", CONTRACTS)
    take(tmp_path, "orders", ORDERS)
    before = Leaf.objects.count()
    bad = ORDERS.replace("SO-1,1,C1,江临试制,JL-1", "SO-1,1,C2,北麓矿业,JL-1").replace(
        "SO-1,2,C1,江临试制,JL-1", "SO-1,2,C2,北麓矿业,JL-1"
    )
    with pytest.raises(Refusal) as refused:
        take(tmp_path, "orders", bad)
    assert refused.value.code == "agreement_refused"
    assert [(place.row, place.column) for place in refused.value.where] == [(2, "订单号")]
    assert Leaf.objects.count() == before


def test_of_customers_that_are_one_a_file_names_either(tmp_path: Path) -> None:
    take(tmp_path, "contracts", CONTRACTS)
    take(tmp_path, "orders", ORDERS)
    one, other = Customer.objects.get(code="C1"), Customer.objects.get(code="C2")
    # Each recorded under its own code stands, and is amended, under the other's.
    contracts = "合同编号,客户编码,合同金额\nJL-1,C2,20000\n"
    orders = ORDERS.replace("C1,江临试制", "C2,北麓矿业").replace("500.00", "600.00")
    before = Leaf.objects.count()
    for kind, text in (("contracts", contracts), ("orders", orders)):
        with pytest.raises(Refusal):
            take(tmp_path, kind, text)
    assert Leaf.objects.count() == before
    merge = merge_customers(from_id=one.pk, into_id=other.pk, reason="同一户", **WHO)
    assert counts(take(tmp_path, "contracts", contracts)) == (1, 1, 0, 0)
    assert counts(take(tmp_path, "orders", orders)) == (3, 2, 1, 0)
    assert (Contract.objects.get(number="JL-1").customer_id, Contract.objects.count()) == (one.pk, 2)
    assert SalesOrder.objects.get(number="SO-1").customer_id == one.pk
    # What was registered under the one's contract while they were one still rests on it.
    fresh = ORDERS.replace("SO-1", "SO-3").replace("C1,江临试制", "C2,北麓矿业")
    take(tmp_path, "orders", fresh)
    assert SalesOrder.objects.get(number="SO-3").customer_id == other.pk
    undo_merge(merge_id=merge, reason="看错了", **WHO)
    assert check_ledger() == []


BAD_CONTRACTS = """合同编号,客户编码,签订日期,终止日期,合同金额,付款节点,逾期利率,管辖法院,仲裁机构,状态
,C1,2026-01-10,,1,,,,,
B-1,C1,2026-13-10,,1,,,,,
B-2,C1,2026-01-10,2026-01-09,1,,,,,
B-3,C1,,,-5,,,,,
B-4,C1,,,1,签订 30%；验收 60%,,,,
B-5,C1,,,1,,按约定,,,
B-6,C1,,,1,,,江临市法院,江临仲裁委,
B-7,C1,,,1,,,,,梦想
B-8,C1,,,1.001,,,,,
"""


def test_every_bad_cell_of_a_contract_is_named_once(tmp_path: Path) -> None:
    mapping = load_preset("template-contracts")
    with pytest.raises(RejectedRefusal) as refused:
        take(tmp_path, "contracts", BAD_CONTRACTS, mapping=mapping)
    named = [(cell.row, cell.column, cell.code) for cell in refused.value.checked.bad]
    assert named == [
        (2, "合同编号", "missing"),
        (3, "签订日期", "date_impossible"),
        (4, "终止日期", "contract_ends_early"),
        (5, "合同金额", "amount_zero"),
        (6, "付款节点", "milestones_unreadable"),
        (7, "逾期利率", "late_interest_unreadable"),
        (8, "仲裁机构", "court_or_arbitration"),
        (9, "状态", "contract_status_unknown"),
        (10, "合同金额", "amount_too_fine"),
    ]
    assert Contract.objects.count() == 0


BAD_ORDERS = """订单号,行号,客户编码,订单日期,产品名称,数量,价税合计,已交货数量
O-1,a,C1,2026-02-01,主轴,1,1,
O-2,1,C1,2026-02-01,主轴,0,1,
O-3,1,C1,2026-02-01,主轴,1,1,2
O-4,1,C1,2026-02-01,主轴,1,0,
O-5,1,C1,2026-02-01,,1,1,
O-6,1,C1,2026-02-01,主轴,1,1,
O-6,2,C2,2026-02-01,主轴,1,1,
"""


def test_every_bad_cell_of_an_order_is_named_once(tmp_path: Path) -> None:
    with pytest.raises(RejectedRefusal) as refused:
        take(tmp_path, "orders", BAD_ORDERS, mapping=load_preset("template-orders"))
    named = [(cell.row, cell.column, cell.code) for cell in refused.value.checked.bad]
    assert named == [
        (2, "行号", "line_unreadable"),
        (3, "数量", "quantity_unreadable"),
        (4, "已交货数量", "more_than_ordered"),
        (5, "价税合计", "amount_zero"),
        (6, "产品名称", "missing"),
        (7, "客户编码", "order_differs"),
        (8, "客户编码", "order_differs"),
    ]
    assert SalesOrder.objects.count() == 0


def test_english_headers_are_guessed_too(tmp_path: Path) -> None:
    text = "Contract No,Customer ID,Signing Date,Contract Amount,Milestones\n"
    text += "E-1,C1,2026-01-10,100.00,signing 40% +5; delivery 60%\n"
    assert counts(take(tmp_path, "contracts", text)) == (1, 1, 0, 0)
    assert [one.event for one in terms_of(Contract.objects.get().pk).milestones] == ["signing", "delivery"]
