"""`ledger check` finds every kind of damage; each is done with the guards off and plain SQL."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection

from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store import guards
from huikuan.record.receivables.domain.schedules import Line
from huikuan.record.receivables.models import Item, Schedule, Settlement
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.schedules import record_schedule
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.record.receivables.tests.conftest import WHO, Books
from huikuan.shell.cli import main


@pytest.fixture
def full(books: Books) -> dict[str, int]:
    """A ledger with one of everything; ids by name."""
    books.rate("USD", "2026-01-01", 712_345_000)
    ids = {name: books.post("invoice", 10_000) for name in ("invoice", "undone", "planned")}
    ids["foreign"] = books.post("invoice", 10_000, currency="USD")
    ids["receipt"] = books.post("receipt", 9_000)
    ids["dollars"] = books.post("receipt", 3_333, currency="USD")
    ids["settlement"] = books.settle(ids["receipt"], ids["invoice"], 4_000)
    ids["fx"] = books.settle(ids["dollars"], ids["foreign"], 3_333)
    ids["wrong"] = books.settle(ids["receipt"], ids["invoice"], 1_000)
    ids["negative"] = reverse_settlement(settlement_id=ids["wrong"], reason="x", **WHO)
    ids["mirror"] = reverse_item(item_id=ids["undone"], reason="x", **WHO).mirror_id
    lines = [Line(date(2026, 5, 1), "", 4_000), Line(None, "acceptance", 6_000)]
    record_schedule(item_id=ids["planned"], lines=lines, effective_on=date(2026, 2, 1), reason="plan", **WHO)
    return ids


def harm(sql: str, **ids: int) -> None:
    """Change a fact behind the guards' back: triggers and checks off, one statement, triggers back."""
    with connection.cursor() as cursor:
        for model in (Item, Schedule, Settlement):
            for name in guards.expected(model):
                table = f' ON "{model._meta.db_table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{table}')
        if connection.vendor == "postgresql":
            for name in ("receivables_settlement_sign", "receivables_settlement_fx"):
                cursor.execute(f"ALTER TABLE receivables_settlement DROP CONSTRAINT IF EXISTS {name}")
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute(sql.format(**ids))
        if connection.vendor != "postgresql":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")
    guards.install()


def test_a_sound_ledger_has_no_findings(full: dict[str, int]) -> None:
    assert check_ledger() == []


OPEN, ITEM, SETTLED = (
    "UPDATE receivables_openitem SET",
    "UPDATE receivables_item SET",
    "UPDATE receivables_settlement SET",
)
DAMAGE = [
    (f"{OPEN} open_amount = open_amount - 1 WHERE item_id = {{invoice}}", {"open_amount"}),
    ("DELETE FROM receivables_openitem WHERE item_id = {planned}", {"open_amount", "open_book_amount"}),
    (f"{OPEN} open_book_amount = open_book_amount + 1 WHERE item_id = {{foreign}}", {"open_book_amount"}),
    (f"{OPEN} open_book_amount = NULL WHERE item_id = {{foreign}}", {"open_book_amount"}),
    (f"{OPEN} item_id = 99999 WHERE item_id = {{planned}}", {"open_amount", "open_book_amount", "open_item_unknown"}),
    (f"{OPEN} customer_id = customer_id + 1 WHERE item_id = {{invoice}}", {"open_copy"}),
    (f"{OPEN} due_date = '2026-05-02' WHERE item_id = {{planned}}", {"open_due_date"}),
    (f"{OPEN} due_date = NULL WHERE item_id = {{invoice}}", {"open_due_date"}),
    (
        f"{ITEM} amount = 3999 WHERE id = {{invoice}}",
        {"open_amount", "over_settled", "book_amount"},
    ),
    (f"{SETTLED} debit_amount = 4001 WHERE id = {{settlement}}", {"open_amount", "settlement_amounts"}),
    (f"{SETTLED} fx_amount = fx_amount + 1 WHERE id = {{fx}}", {"settlement_book"}),
    (f"{SETTLED} credit_book_amount = NULL, fx_amount = 0 WHERE id = {{fx}}", {"settlement_book", "open_book_amount"}),
    (f"{ITEM} net_amount = 1, tax_amount = 2 WHERE id = {{invoice}}", {"net_and_tax"}),
    (f"{ITEM} book_amount = book_amount + 1 WHERE id = {{foreign}}", {"book_amount", "open_book_amount"}),
    (f"{ITEM} customer_id = 99999 WHERE id = {{planned}}", {"reference", "open_copy"}),
    (f"{ITEM} company_id = 99999 WHERE id = {{planned}}", {"reference", "open_copy"}),
    (f"{SETTLED} credit_id = 99999 WHERE id = {{fx}}", {"reference", "open_amount", "open_book_amount"}),
    ("UPDATE receivables_schedule SET item_id = 99999", {"reference", "open_due_date"}),
    (f"{SETTLED} customer_id = customer_id + 1 WHERE id = {{settlement}}", {"settlement_customer"}),
    (f"{SETTLED} company_id = company_id + 1 WHERE id = {{settlement}}", {"settlement_company"}),
    (f"{SETTLED} effective_on = '2026-01-04' WHERE id = {{settlement}}", {"effective_too_early"}),
    (f"{SETTLED} effective_on = '2026-01-31' WHERE id = {{negative}}", {"settlement_reversal"}),
    (f"{SETTLED} reversal_of = {{settlement}} WHERE id = {{negative}}", {"settlement_reversal"}),
    (f"{ITEM} posting_date = '2026-01-04' WHERE id = {{mirror}}", {"item_reversal"}),
    (
        f"{SETTLED} debit_amount = 9000, credit_amount = 9000 WHERE reason = 'reversal'",
        {"item_reversal", "open_amount"},
    ),
    ("UPDATE receivables_schedule SET amount = amount + 1 WHERE line = 2", {"schedule_sum"}),
    (
        "UPDATE receivables_schedule SET effective_on = '2026-02-02' WHERE line = 2",
        {"schedule_lines", "open_due_date"},
    ),
    ("UPDATE receivables_schedule SET effective_on = '2026-01-04'", {"schedule_too_early"}),
]


@pytest.mark.parametrize(("sql", "kinds"), DAMAGE)
def test_damage_is_found(full: dict[str, int], sql: str, kinds: set[str]) -> None:
    harm(sql, **full)
    assert {finding.kind for finding in check_ledger()} == kinds


def test_swapped_sides_are_found(full: dict[str, int]) -> None:
    harm(
        "UPDATE receivables_settlement SET credit_id = {invoice}, debit_id = {receipt} WHERE id = {settlement}", **full
    )
    assert "settlement_side" in {finding.kind for finding in check_ledger()}


def test_a_posting_after_the_lock_is_found_and_one_before_is_not(books: Books) -> None:
    before = books.post("invoice", 100, "2026-01-05")
    lock_period(company=books.company, through=date(2026, 1, 31), **WHO)
    after = books.post("invoice", 100, "2026-02-05")
    assert check_ledger() == []
    harm(
        "UPDATE receivables_item SET posting_date = '2026-01-31', tx = (SELECT max(tx) + 1 FROM receivables_item)"
        " WHERE id = {after}",
        after=after,
    )
    harm("UPDATE receivables_openitem SET posting_date = '2026-01-31' WHERE item_id = {after}", after=after)
    assert [(finding.kind, finding.where) for finding in check_ledger()] == [
        ("posted_into_locked_period", f"item {after}")
    ]
    assert before < after


def test_a_day_on_which_too_much_was_settled_is_found(books: Books) -> None:
    """Two settlements of the whole, the first reversed later: right in the end, wrong in between."""
    invoice, receipt = books.post("invoice", 100), books.post("receipt", 200)
    first = books.settle(receipt, invoice, 100, "2026-01-10")
    negative = reverse_settlement(settlement_id=first, reason="x", **WHO)
    second = books.settle(receipt, invoice, 100, "2026-01-20")
    harm("UPDATE receivables_settlement SET effective_on = '2026-02-01' WHERE id = {negative}", negative=negative)
    found = [(finding.kind, finding.where, finding.expected, finding.found) for finding in check_ledger()]
    assert found == [("over_settled_on_a_day", f"item {invoice}", "1.00", "2.00")]
    assert second > first


def test_a_dropped_guard_is_found(full: dict[str, int]) -> None:
    table = ' ON "receivables_item"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "receivables_item_no_update"{table}')
    assert [(finding.kind, finding.where) for finding in check_ledger()] == [
        ("guard_missing", "receivables_item.receivables_item_no_update")
    ]


def test_the_command_answers_in_json_and_by_exit_code(
    full: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"ok": True, "findings": []}
    harm("UPDATE receivables_openitem SET open_amount = 5999 WHERE item_id = {invoice}", **full)
    assert main(["ledger", "check", "--json"]) == 1
    where = f"item {full['invoice']}"
    assert json.loads(capsys.readouterr().out) == {
        "ok": False,
        "findings": [{"kind": "open_amount", "where": where, "expected": "60.00", "found": "59.99"}],
    }


def test_rates_and_periods_on_the_command_line(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    Company.objects.create(code="MAIN", name="江临精工")
    assert main(["rates", "add", "USD", "7.1234", "--date", "2026-01-01", "--source", "示例", "--json"]) == 0
    row = {"currency": "USD", "quote": "CNY", "date": "2026-01-01", "rate": "7.1234", "source": "示例"}
    assert json.loads(capsys.readouterr().out) == row
    assert main(["rates", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"rates": [row]}
    assert main(["period", "lock", "2026-01-31", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["locked_through"] == "2026-01-31"
    assert main(["period", "lock", "2026-01-31", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "period_already_locked"
    assert main(["period", "unlock", "--reason", "audit", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["locked_through"] is None
    assert main(["period", "status", "--company", "NONE", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "company_unknown"
