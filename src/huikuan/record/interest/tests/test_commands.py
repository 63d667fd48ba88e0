"""`huikuan interest …`: the worked numbers, JSON alone, and refusals that say where and how to mend it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from huikuan.record.interest.models import Claim, Declaration
from huikuan.record.interest.tests.conftest import Late
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)

MILLION = ("--principal", "1000000", "--due", "2024-06-30", "--until", "2025-06-30")


@pytest.fixture
def late(transactional_db: None) -> Late:
    return Late()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["interest", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        (("--rule", "lpr*1.5"), "47441.10"),
        (("--rule", "lpr*1.5", "--base", "360"), "48100.00"),
        (("--rule", "lpr*1.5", "--fixed-at-breach"), "51608.22"),
        (("--rule", "0.0005/day"), "182000.00"),
        (("--rule", "lpr+30%", "--fixed-at-breach"), "44727.12"),
        (("--rule", "0.0005/day", "--paid", "2024-07-11=400000", "2024-07-21=600000"), "8000.00"),
        (("--rule", "0.0005/day", "--paid", "2024-07-11=400000", "--paid", "2024-07-21=600000.00"), "8000.00"),
    ],
)
def test_the_worked_numbers(said: Any, words: tuple[str, ...], amount: str) -> None:
    code, told = said(*MILLION, *words)
    assert (code, told["amount"]) == (0, amount)


def test_the_segments(said: Any) -> None:
    assert said(*MILLION, "--rule", "lpr*1.5")[1]["segments"][0] == {
        "from": "2024-07-01",
        "to": "2024-07-21",
        "days": 21,
        "principal": "1000000.00",
        "rate": "0.05175",
        "amount": "2977.40",
    }


def test_a_document_by_its_own_days_and_rule(late: Late, said: Any) -> None:
    late.contract("HT-1", "LPR×1.5")
    item = late.invoice(contract_number="HT-1", document_number="FP-1")
    late.pay(item, 400_000_00, "2024-07-22")
    code, told = said("--item", "FP-1", "--until", "2024-07-23")
    # 21 days of 5.175 % on the million and one of 5.025 % on what was left
    assert (code, told["amount"], told["basis"], told["rule"]) == (0, "3060.00", "clause", "lpr*1.5")
    assert told["unclaimed"] == "3060.00"
    assert said("--item", f"#{item}", "--until", "2024-07-23", "--rule", "0.0005/day")[1]["amount"] == "10800.00"


def test_instalments_of_a_document_are_summed(late: Late, said: Any) -> None:
    for due in ("2024-06-30", "2024-07-10"):
        late.invoice(100_000_00, due, document_number="FP-2")
    code, told = said("--item", "FP-2", "--until", "2024-07-16", "--rule", "0.0005/day")
    assert (code, told["amount"]) == (0, "1000.00")
    assert [one["days"] for one in told["segments"]] == [15, 5]


@pytest.mark.parametrize(
    ("words", "code", "column"),
    [
        ((*MILLION, "--rule", "12"), "interest_rule_unreadable", "rule"),
        (MILLION, "usage", "rule"),
        (("--principal", "5", "--until", "2025-06-30", "--rule", "0.1"), "usage", "due"),
        (("--principal", "x", "--due", "2024-06-30", "--until", "2025-06-30", "--rule", "0.1"), "amount_unreadable",
         "principal"),
        (("--principal", "-5", "--due", "2024-06-30", "--until", "2025-06-30", "--rule", "0.1"),
         "amount_not_above_zero", "principal"),
        (("--principal", "5", "--due", "30.6.2024", "--until", "2025-06-30", "--rule", "0.1"), "usage", "due"),
        ((*MILLION[:-1], "2025-02-30", "--rule", "0.1"), "usage", "until"),
        ((*MILLION, "--rule", "0.1", "--paid", "2024-07-01"), "interest_payment_unreadable", "paid"),
        ((*MILLION, "--rule", "0.1", "--paid", "2024-07-01=0.001"), "amount_too_fine", "paid"),
        ((*MILLION, "--rule", "0.1", "--paid", "2024-07-01=1000000.01"), "interest_overpaid", "paid"),
        ((*MILLION[:-1], "2024-06-29", "--rule", "0.1"), "interest_not_due", "until"),
        (("--item", "FP-9", "--until", "2025-06-30"), "interest_document_unknown", "item"),
        (("--item", "FP-9", "--until", "2025-06-30", "--due", "2025-01-01"), "interest_known_of_document", "due"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_where_it_stands(late: Late, said: Any, words: Any, code: str, column: str) -> None:
    exit_code, told = said(*words)
    assert (exit_code, told["error"]["code"]) == ((2 if code == "usage" else 1), code)
    assert told["error"]["where"][0]["column"] == column


def test_a_document_two_customers_have_is_named_by_item(late: Late, said: Any) -> None:
    items = [late.invoice(document_number="FP-3", customer_id=who.id) for who in (late.customer, late.other)]
    exit_code, told = said("--item", "FP-3", "--until", "2025-06-30")
    assert (exit_code, told["error"]["code"]) == (1, "interest_document_shared")
    assert [one["value"] for one in told["error"]["where"]] == [f"#{item}" for item in items]


def test_wrong_use_is_exit_code_two(late: Late, said: Any) -> None:
    for words in (("--until", "2025-06-30"), (*MILLION, "--rule", "0.1", "--base", "366")):
        assert said(*words)[0] == 2


def owing(late: Late) -> int:
    """50.00 a day from 2026-01-01 on."""
    late.contract("HT-1", "日万分之五")
    return late.invoice(100_000_00, "2025-12-31", contract_number="HT-1", document_number="FP-1", posted="2025-12-01")


def test_from_what_is_borne_to_a_claim_given_back_and_taken_back(late: Late, said: Any) -> None:
    item, code = owing(late), late.customer.code
    found = said("accrued", code, "--until", "2026-02-28")[1]
    assert (found["items"][0]["document_no"], found["unclaimed"]) == ("FP-1", {"CNY": "2900.00"})
    (row,) = said("claim", "FP-1", "--until", "2026-02-28")[1]["claims"]
    assert (row["from"], row["to"], row["amount"], row["over_claimed"], row["state"]) == (
        "2026-01-01", "2026-02-27", "2900.00", "0.00", "open"
    )  # fmt: skip
    assert said("claim", "FP-1", "--until", "2026-02-28")[1]["claims"] == [row]
    number = str(row["id"])
    assert said("correct", number)[1]["error"]["code"] == "interest_claim_right"
    late.pay(item, 40_000_00, "2026-01-11", applied="2026-03-01")
    assert [one["over_claimed"] for one in said("claims", "--state", "over")[1]["claims"]] == ["960.00"]
    exit_code, row = said("correct", number)
    assert (exit_code, row["corrected"], row["over_claimed"], row["open"]) == (0, "960.00", "0.00", "1940.00")
    exit_code, told = said("waive", number, "--amount", "100", "--reason", "长期合作")
    assert (exit_code, told["state"]) == (0, "waiting")
    # What is settled of it stands in the way.
    exit_code, told = said("withdraw", number, "--reason", "算错了")
    assert (exit_code, told["error"]["code"]) == (1, "item_has_settlements")
    other = late.invoice(due="2025-12-31", posted="2025-12-01")
    (again,) = said("claim", f"#{other}", "--until", "2026-02-28")[1]["claims"]
    assert said("withdraw", str(again["id"]), "--reason", "算错了")[1]["state"] == "withdrawn"
    assert said("claims", "--customer", code, "--state", "withdrawn")[1]["claims"][0]["id"] == again["id"]


def test_facts_of_a_customer_from_the_command_line(late: Late, said: Any, tmp_path: Path) -> None:
    item, code = late.invoice(document_number="FP-7"), late.customer.code
    assert said("declare", code, "--buyer", "government", "--file", "nowhere")[1]["error"]["code"] == (
        "interest_file_missing"
    )
    proof = tmp_path / "声明函.pdf"
    proof.write_bytes(b"%PDF-1.4")
    assert said("declare", code, "--buyer", "government", "--seller-declared", "--file", str(proof))[0] == 0
    assert Declaration.objects.get().file_name == "声明函.pdf"
    assert said("--item", "FP-7", "--until", "2025-06-30")[1]["basis"] == "sme"
    assert (
        said("bankruptcy", code, "--on", "2024-07-11", "--note", "（2024）苏09破申3号")[1]["accepted_on"]
        == "2024-07-11"
    )
    # Ten days of 0.05 % on 1,000,000.00.
    assert late.accrued(item, "2025-06-30") == 5_000_00
    assert said("bankruptcy", code, "--none", "--note", "申请已撤回")[1]["accepted_on"] is None
    assert late.accrued(item, "2025-06-30") == 182_000_00


def test_refusals_of_the_words(late: Late, said: Any) -> None:
    owing(late)
    late.post("receipt", 5_00, "2026-01-11")
    for words, code in (
        (("claim", "FP-9"), "interest_document_unknown"),
        (("claim", "FP-1", "--until", "2026-02-28"), "interest_money_waits"),
        (("claim", "FP-1", "--until", "2099-01-01"), "interest_day_not_over"),
        (("withdraw", "9", "--reason", "x"), "interest_claim_unknown"),
        (("correct", "9"), "interest_claim_unknown"),
        (("accrued", "NOBODY"), "customer_unknown"),
        (("bankruptcy", "NOBODY", "--none", "--note", "x"), "customer_unknown"),
    ):
        exit_code, told = said(*words)
        assert (exit_code, told["error"]["code"]) == (1, code)
    assert said()[0] == 2
    assert Claim.objects.count() == 0
