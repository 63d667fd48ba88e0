"""`huikuan bank apply|undo`: JSON alone, amounts as decimal strings, refusals change nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from huikuan.record.banking.models import OpenLine
from huikuan.record.cash.models import Application
from huikuan.record.cash.tests.conftest import Till, open_amount, sound
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def till(transactional_db: None) -> Till:
    return Till()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["bank", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_line_is_applied_by_its_reference_and_undone(till: Till, said: Any) -> None:
    invoice, note = till.invoice(100_00, "F1"), till.post("credit_note", 30_00, document_number="C1")
    till.line(90_00, bank_reference="B7")
    code, told = said(
        *("apply", "B7", "--customer", "MAIN-N", "--item", "F1=100", "--item", "C1=-30", "--rest-on-account")
    )
    assert code == 0
    (one,) = told["applications"]
    assert (one["customer"], one["amount"], one["rest"], one["kind"]) == ("MAIN-N", "90.00", "20.00", "manual")
    assert [(each["document_no"], each["amount"]) for each in one["items"]] == [("F1", "100.00"), ("C1", "-30.00")]
    assert [open_amount(item) for item in (invoice, note)] == [0, 0]
    code, told = said("undo", str(one["application"]), "--reason", "paid for another")
    assert (code, told["undone"]) == (0, "paid for another")
    assert [open_amount(item) for item in (invoice, note)] == [100_00, 30_00]
    code, told = said("undo", str(one["application"]), "--reason", "again")
    assert (code, told["error"]["code"]) == (1, "application_undone")
    assert sound()


def test_without_items_the_law_is_followed_and_a_number_or_hash_names_the_line(till: Till, said: Any) -> None:
    later, earlier = till.invoice(50_00, "F2", day="2026-02-01"), till.invoice(50_00, "F1")
    line, other = till.line(60_00), till.line(10_00)
    code, told = said("apply", f"#{line}", "--customer", "MAIN-N")
    assert (code, told["applications"][0]["order"]) == (0, "law")
    assert [open_amount(item) for item in (earlier, later)] == [0, 40_00]
    code, told = said("apply", str(other), "--customer", "MAIN-N", "--item", f"#{later}", "--short", f"#{later}=price")
    assert (code, told["applications"][0]["items"][0]["short"]) == (0, "price")


def test_money_on_account_is_applied_by_its_item(till: Till, said: Any) -> None:
    till.line(60_00, bank_reference="B1")
    code, told = said("apply", "B1", "--customer", "MAIN-N", "--rest-on-account")
    credit = told["applications"][0]["credit"]
    invoice = till.invoice(50_00, "F1")
    code, told = said("apply", f"item:{credit}", "--customer", "MAIN-N", "--item", "F1")
    assert (code, told["applications"][0]["line"]) == (0, None)
    assert [open_amount(item) for item in (invoice, credit)] == [0, 10_00]


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["B9", "--customer", "MAIN-N"], "line_name_unknown"),
        (["B1", "--customer", "NOBODY"], "customer_unknown"),
        (["B1", "--customer", "MAIN-N", "--item", "F9"], "claim_name_unknown"),
        (["B1", "--customer", "MAIN-N", "--item", "F2"], "claim_named_by_several"),
        (["B1", "--customer", "MAIN-N", "--item", "F1=1,0"], "amount_unreadable"),
        (["B1", "--customer", "MAIN-N", "--item", "F1"], "rest_not_said"),
        (["B2", "--customer", "MAIN-N", "--item", "F1"], "line_named_twice"),
        (["B1", "--customer", "MAIN-N", "--item", "F1", "--short", "F1=weather"], "short_reason_unknown"),
        (["B1", "--customer", "MAIN-N", "--item", "F1", "--write-off", "F1=gift:1"], "difference_kind_unknown"),
        (["B1", "--customer", "MAIN-N", "--item", "F1", "--write-off", "F1"], "option_unreadable"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_name(till: Till, said: Any, words: list[str], refusal: str) -> None:
    till.invoice(50_00, "F1")
    till.invoice(50_00, "F2")
    till.invoice(50_00, "F2")
    for reference in ("B1", "B2", "B2"):
        till.line(60_00, bank_reference=reference)
    code, told = said("apply", *words)
    assert (code, told["error"]["code"]) == (1, refusal)
    assert not Application.objects.exists()
    assert OpenLine.objects.count() == 3


def test_a_line_takes_back_what_was_applied(till: Till, said: Any) -> None:
    invoice = till.invoice(100_00, "F1")
    original, back = till.line(100_00, "2026-02-10", bank_reference="B7"), till.line(-100_00, bank_reference="B8")
    number = said("apply", "B7", "--customer", "MAIN-N")[1]["applications"][0]["application"]
    code, told = said("return", "B8", "--of", "B7", "--reason", "退汇")
    assert (code, told["line"], told["original"], told["undone"]) == (0, back, original, [number])
    assert (open_amount(invoice), OpenLine.objects.count()) == (100_00, 0)
    assert said("return", "B8", "--of", "B7")[1] == {**told, "undone": []}
    code, told = said("return", "B7", "--of", "B8")
    assert (code, told["undone"]) == (0, [])
    assert sound()
