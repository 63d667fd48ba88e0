"""A dry run of a small company's year: exact figures, orders with their invoices, kept and had again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.utils import translation

from huikuan.judge.credit.cli.dry_run import changed
from huikuan.judge.credit.domain.limits import GRANTED, Limit
from huikuan.judge.credit.models import DryRun
from huikuan.judge.credit.operations.dry_runs import (
    Question,
    dry_run,
    own_limits,
    propose_enforcing,
    rules_to_try,
    terms_to_try,
)
from huikuan.judge.credit.policies import CREDIT_RULES
from huikuan.judge.credit.queries.dry_runs import DryRunRow, Figures, dry_run_with_id, orders_of, report_of
from huikuan.judge.credit.queries.terms_then import Basis
from huikuan.judge.credit.telling.dry_runs import average_days, headline
from huikuan.judge.credit.tests.conftest import WHO, Trade, day, person
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.record.contracts.domain.orders import QUANTITY
from huikuan.record.contracts.operations.orders import record_invoicing
from huikuan.shell.cli import main

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def trade(transactional_db: None, data_folder: Path) -> Trade:
    return Trade()


def of(customer: int, amount: int, currency: str = "CNY") -> dict[int, Limit]:
    return {customer: Limit(GRANTED, currency, amount)}


def run(
    trade: Trade, since: str = "2025-03-02", until: str = "2026-03-01", actor: str = "cli:root", **more: Any
) -> int:
    policy = rules_to_try(trade.company, at=AT, document=more.pop("document", None))
    question = Question(
        day(since), day(until), policy, terms_to_try(trade.company, at=AT), Basis("carried", more.pop("own", {})),
        **more,
    )  # fmt: skip
    return dry_run(company=trade.company, question=question, actor=actor, clock=lambda: AT)


def found(number: int) -> tuple[DryRunRow, pl.DataFrame]:
    row = dry_run_with_id(number, scope=EVERYTHING)
    return row, orders_of(row, scope=EVERYTHING)


def invoice(trade: Trade, amount: int, on: str, paid: str = "", days: int = 30, **more: Any) -> int:
    """An invoice due after so many days, and the money for it, if it came."""
    item = trade.post("invoice", amount, on, due_date=day(on) + timedelta(days=days), **more)
    if paid:
        money = trade.post("receipt", amount, paid, currency=more.get("currency", "CNY"))
        trade.settle(money, item, amount, paid)
    return item


def test_the_year_in_figures(trade: Trade) -> None:
    """A limit of 1,000.00. Held: 600.00 paid in time, 700.00 paid 40 days late, 500.00 written off, 900.00 open and
    not late yet; let through: 900.00 (warned) and 100.00, paid late."""
    invoice(trade, 900_00, "2025-04-01", paid="2025-05-10")
    invoice(trade, 600_00, "2025-04-02", paid="2025-05-02")
    invoice(trade, 700_00, "2025-04-03", paid="2025-06-12")
    lost = invoice(trade, 500_00, "2025-04-04")
    gone = trade.post("write_off", 500_00, "2025-12-01", side="credit")
    trade.settle(gone, lost, 500_00, "2025-12-01")
    invoice(trade, 100_00, "2025-07-01", paid="2025-12-01")
    invoice(trade, 950_00, "2026-02-01")
    invoice(trade, 900_00, "2026-02-02")
    row, frame = found(run(trade, own=of(trade.north, 1_000_00)))
    assert frame["decision"].to_list() == ["warn", "hold", "hold", "hold", "approve", "warn", "hold"]
    report = report_of(row, frame)
    assert report.together == Figures(
        "CNY", orders=7, amount=4_650_00, held=4, held_amount=2_700_00, warned=2, warned_amount=1_850_00,
        lost=500_00, late=700_00, late_days=700_00 * 40, at_risk=600_00, unknown=900_00, missed=1,
        missed_amount=100_00,
    )  # fmt: skip
    assert (report.reasons, report.invoices, report.apart) == ((("over_limit", 4),), 7, ())
    assert average_days(report.together) == "40.0"
    with translation.override("en"):
        said = headline(row, report.together)
    assert said == (
        "With these rules from 2025-03-02 to 2026-03-01: 4 orders held, CNY 1,200.00 of later losses and delays"
        " avoided, CNY 600.00 of sales at risk."
    )
    told = json.loads(frame.filter(pl.col("decision") == "hold")["content"][0])
    assert told["reasons"][0] == {
        "rule": "over_limit", "decision": "hold", "group": "", "value": 1_500_00, "threshold": 1_000_00, "says": ""
    }  # fmt: skip


def test_what_is_held_adds_up_to_the_cent_also_across_currencies(trade: Trade) -> None:
    """A limit of nothing holds all. USD 0.05 late and 0.05 in time at 7.10 are 0.36 and 0.36, together 0.72; converted
    whole, the 0.10 would be 0.71."""
    trade.rate("USD", "2026-01-01", 710_000_000)
    invoice(trade, 1_00, "2025-04-01", paid="2025-05-01")
    invoice(trade, 5, "2025-04-02", paid="2025-07-31", currency="USD")
    invoice(trade, 5, "2025-04-03", paid="2025-05-03", currency="USD")
    row, frame = found(run(trade, own=of(trade.north, 0)))
    report = report_of(row, frame)
    both, dollars = report.together, report.by_currency[1]
    assert (dollars.currency, dollars.held_amount, dollars.late, dollars.at_risk) == ("USD", 10, 5, 5)
    assert (both.held, both.late, both.at_risk, both.held_amount) == (3, 36, 1_36, 1_72)


def test_an_order_asks_for_its_invoices_and_what_is_held_takes_them_along(trade: Trade) -> None:
    first = trade.order("SO-1", 900_00, ordered_on=day("2025-05-01"), contract_number="HT-1")
    trade.order("SO-2", 800_00, ordered_on=day("2025-05-02"), contract_number="HT-2")
    invoice(trade, 900_00, "2025-05-20", contract_number="HT-1", document_number="FP-1", paid="2025-06-01")
    said = {"invoiced_on": day("2025-05-20"), "document_number": "FP-1"}
    record_invoicing(order_id=first, line=1, quantity_e4=10 * QUANTITY, **said, **WHO)
    invoice(trade, 800_00, "2025-05-25", contract_number="HT-2", paid="2025-09-20")
    invoice(trade, 150_00, "2025-05-26", paid="2025-06-20")
    _, frame = found(run(trade, own=of(trade.north, 1_000_00)))
    rows = {row["number"] or "invoice": row for row in frame.iter_rows(named=True)}
    assert {name: (row["document"], row["decision"], row["after"]) for name, row in rows.items()} == {
        "SO-1": ("order", "warn", 900_00),
        "SO-2": ("order", "hold", 1_700_00),
        # 900.00 are out still; nothing of what was held is.
        "invoice": ("invoice", "hold", 1_050_00),
    }
    assert (rows["SO-1"]["in_time"], rows["SO-2"]["late"], rows["invoice"]["in_time"]) == (900_00, 800_00, 150_00)


def test_an_invoice_named_by_the_orders_invoicing_is_the_orders(trade: Trade) -> None:
    order = trade.order("SO-1", 900_00, ordered_on=day("2025-05-01"))
    invoice(trade, 900_00, "2025-05-20", document_number="FP-7")
    record_invoicing(
        order_id=order, line=1, quantity_e4=10 * QUANTITY, invoiced_on=day("2025-05-20"), document_number="FP-7", **WHO
    )
    _, frame = found(run(trade, own=of(trade.north, 10_000_00)))
    assert frame.select("document", "number", "after").rows() == [("order", "SO-1", 900_00)]


def test_newcomers_are_not_judged_and_others_by_what_they_carried(trade: Trade) -> None:
    invoice(trade, 400_00, "2025-01-10", paid="2025-02-01")
    for on, paid in (("2025-03-20", "2025-04-01"), ("2025-06-20", "2025-07-01"), ("2025-06-21", "")):
        invoice(trade, 300_00, on, paid=paid)
    _, frame = found(run(trade))
    # On 1 March it was known for 50 days, on 1 June for 142: at most 400.00 had been out, and A gives a fifth more.
    assert frame["decision"].to_list() == ["", "approve", "hold"]
    assert frame.select("grade", "limit", "after").rows()[1:] == [("A", 480_00, 300_00), ("A", 480_00, 600_00)]


def test_it_is_kept_and_had_again(trade: Trade) -> None:
    invoice(trade, 900_00, "2025-04-01", paid="2025-05-10")
    invoice(trade, 600_00, "2025-04-02")
    own = of(trade.north, 1_000_00)
    first = DryRun.objects.get(pk=run(trade, own=own))
    # What is recorded afterwards, also of the past, changes nothing that was told.
    again = DryRun.objects.get(pk=run(trade, own=own))
    assert (first.rows_sha256, own_limits(first.limits)) == (again.rows_sha256, own)
    invoice(trade, 10, "2025-04-01")
    other = DryRun.objects.get(pk=run(trade, own=own))
    assert other.rows_sha256 != first.rows_sha256
    assert report_of(*found(first.pk)) == report_of(*found(again.pk))
    assert Event.objects.filter(kind="credit.dry_run_finished").count() == 3


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"since": "2026-03-02"}, "dry_run_period_bad"), ({"until": "2026-03-02"}, "dry_run_period_bad"),
        ({"since": "2020-01-01"}, "dry_run_period_bad"), ({"late_over": 366}, "dry_run_days_bad"),
        ({"actor": "nobody"}, "not_permitted"), ({"document": {"mode": "observe"}}, "policy_document_bad"),
    ],
)  # fmt: skip
def test_what_is_refused_writes_nothing(trade: Trade, more: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        run(trade, **more)
    assert refused.value.code == code
    assert (DryRun.objects.count(), Event.objects.filter(kind="credit.dry_run_finished").count()) == (0, 0)


def test_whom_the_scope_does_not_reach_there_is_none(trade: Trade) -> None:
    number = run(trade)
    with pytest.raises(Refusal) as refused:
        dry_run_with_id(number, scope=NOTHING)
    assert refused.value.code == "dry_run_unknown"


def test_enforcing_takes_the_rules_that_were_tried(trade: Trade) -> None:
    person("chen", "credit_analyst")
    document = {**CREDIT_RULES.default, "block_over": 120}
    number = run(trade, document=document, actor="chen")
    row = dry_run_with_id(number, scope=EVERYTHING)
    assert not row.as_shipped
    version = propose_enforcing(company=trade.company, run_id=number, document=row.document, actor="chen", at=AT)
    tried = rules_to_try(trade.company, at=AT, version_id=version)
    assert tried.document == {**document, "mode": "enforce"}


def test_rules_are_changed_by_name() -> None:
    wanted = changed(CREDIT_RULES.default, ["block_over=120", "order.overdue_days=15", "order.missing_contract=true"])
    assert (wanted["block_over"], wanted["order"]["overdue_days"], wanted["order"]["missing_contract"]) == (
        120,
        15,
        True,
    )
    assert CREDIT_RULES.default["block_over"] == 100
    for wrong in ("block=1", "order.days=1", "mode.x=1", "nothing"):
        with pytest.raises(Refusal) as refused:
            changed(CREDIT_RULES.default, [wrong])
        assert refused.value.code == "dry_run_rule_bad"


def test_the_command_takes_limits_from_a_file(
    trade: Trade, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    invoice(trade, 900_00, "2026-01-05")
    invoice(trade, 200_00, "2026-01-06")
    limits = tmp_path / "limits.csv"
    limits.write_text('customer,limit\nMAIN-N,"1,000.00"\n', encoding="utf-8")
    asked = ["credit", "dry-run", "--from", "2026-01-01", "--until", "2026-02-01", "--rows", "--json"]
    assert main([*asked, "--limits", str(limits)]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["totals"]["held"], body["totals"]["held_amount"], body["own_limits"]) == (1, "200.00", 1)
    assert [(row["decision"], row["amount"], row["exposure"]) for row in body["rows"]] == [
        ("warn", "900.00", "900.00"), ("hold", "200.00", "1100.00")
    ]  # fmt: skip
    assert body["held_orders_leave_later_exposure"] is True
    limits.write_text("customer,limit\nNOBODY,5\n", encoding="utf-8")
    assert main([*asked, "--limits", str(limits)]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "dry_run_limits_bad"
    assert DryRun.objects.count() == 1
