"""`huikuan ledger reverse|schedule|milestone`: doors to what the operations do, for whoever may."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.record.receivables.models import Item, OpenItem, Schedule, Settlement
from huikuan.record.receivables.tests.conftest import WHO, Books
from huikuan.shell import cli


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = cli.main(["ledger", *map(str, arguments), "--json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


def sizes() -> tuple[int, int, int]:
    return Item.objects.count(), Settlement.objects.count(), Schedule.objects.count()


def test_a_settlement_then_its_item_are_reversed(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    invoice, receipt = books.post("invoice", 100_00), books.post("receipt", 60_00)
    settlement = books.settle(receipt, invoice, 60_00)
    code, refused = run(capsys, "reverse", "item", invoice, "--reason", "重复录入")
    assert (code, refused["error"]["code"]) == (1, "item_has_settlements")

    code, done = run(capsys, "reverse", "settlement", settlement, "--reason", "认错款")
    assert (code, done["settlement"]) == (0, settlement)
    assert Settlement.objects.get(id=done["reversal"]).credit_amount == -60_00
    assert OpenItem.objects.get(item_id=invoice).open_amount == 100_00

    code, done = run(capsys, "reverse", "item", invoice, "--reason", "重复录入")
    assert (code, done["item"], done["effective_on"]) == (0, invoice, "2026-01-05")
    mirror = Item.objects.get(id=done["mirror"])
    assert (mirror.side, mirror.amount, mirror.reversal_of, mirror.text) == ("credit", 100_00, invoice, "重复录入")
    before = sizes()
    code, refused = run(capsys, "reverse", "item", invoice, "--reason", "重复录入")
    assert (code, refused["error"]["code"], sizes()) == (1, "already_reversed", before)


def test_an_item_falls_due_later_and_when_its_event_happened(books: Books, capsys: pytest.CaptureFixture[str]) -> None:
    invoice = books.post("invoice", 100_00)
    code, done = run(capsys, "schedule", invoice, "--due", "2026-05-31", "--from", "2026-03-01")
    assert (code, done) == (0, {"item": invoice, "version": 1, "due_date": "2026-05-31"})
    row = Schedule.objects.get(item_id=invoice)
    assert (row.amount, row.reason, row.effective_on) == (100_00, "extension", date(2026, 3, 1))

    retention = books.post("retention", 5_00, awaits="warranty_end")
    code, refused = run(capsys, "milestone", "acceptance", retention, "--due", "2026-06-30")
    assert (code, refused["error"]["code"]) == (1, "nothing_awaits")
    code, _ = run(capsys, "milestone", "warranty_end", retention, "--due", "2026-06-30", "--from", "2026-06-01")
    assert (code, OpenItem.objects.get(item_id=retention).due_date) == (0, date(2026, 6, 30))


@pytest.mark.parametrize(
    ("verb", "allowed"),
    [
        ("reverse settlement {settlement} --reason x", "cash_clerk"),
        ("reverse item {free} --reason x", "billing_clerk"),
        ("schedule {invoice} --due 2026-05-31", "billing_clerk"),
    ],
)
def test_whoever_is_named_needs_the_permission(
    verb: str, allowed: str, books: Books, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, role in (("may", allowed), ("seller", "sales")):
        add_user(username=name, password="long enough to pass 7", actor="cli:test", at=WHO["at"])
        grant_role(username=name, role=role, company=None, actor="cli:test", at=WHO["at"])
    invoice, receipt = books.post("invoice", 100_00), books.post("receipt", 60_00)
    numbers = {"invoice": invoice, "settlement": books.settle(receipt, invoice, 60_00), "free": books.post("fee", 1)}
    command, before = verb.format(**numbers).split(), sizes()
    for stranger in ("seller", "nobody"):
        code, refused = run(capsys, *command, "--actor", stranger)
        assert (code, refused["error"]["code"], sizes()) == (1, "not_permitted", before)
    assert run(capsys, *command, "--actor", "may")[0] == 0
    assert sizes() != before
