"""`huikuan bill …`: JSON alone, amounts as decimal strings, refusals change nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from huikuan.record.bills.models import Bill, BillEvent
from huikuan.record.bills.tests.conftest import NUMBER, Till
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = (
    "receive", "MAIN-1", NUMBER, "100000", "--kind", "bank", "--range", "1-10000000", "--drawer", "北麓矿业装备",
    "--acceptor", "江临农村商业银行", "--issued", "2026-01-05", "--matures", "2026-07-05", "--received", "2026-01-20",
)  # fmt: skip


@pytest.fixture
def till(transactional_db: None) -> Till:
    return Till()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["bill", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_bill_from_the_command_line(till: Till, said: Any, tmp_path: Path) -> None:
    claim = till.post("invoice", 80_000_00)
    scan = tmp_path / "票面.pdf"
    scan.write_bytes(b"%PDF-1.4 bill")
    code, told = said(*WORDS, "--claim", f"{claim}=80000", "--file", str(scan))
    (one,) = told["bills"]
    assert (code, one["state"], one["amount"], one["class"], one["range"]) == (
        0, "in_hand", "100000.00", "other_bank", "000000000001-000010000000"
    )  # fmt: skip
    assert Bill.objects.get().file_name == "票面.pdf"
    code, told = said("split", str(one["id"]), "30000", "70000", "--on", "2026-02-01")
    small, large = (piece["id"] for piece in told["bills"])
    assert said("discount", str(small), "--to", "江临银行", "--rate", "1.8", "--on", "2026-04-06")[0] == 0
    moves = said("show", str(small))[1]["moves"]
    assert (moves[-1]["cost"], moves[-1]["net"]) == ("135.00", "29865.00")
    for words in (("present", str(large), "--on", "2026-07-05"), ("pay", str(large), "--on", "2026-07-06")):
        assert said(*words)[0] == 0
    listed = said("list", "--customer", "MAIN-1")[1]["bills"]
    assert [(row["id"], row["state"]) for row in listed] == [(small, "discounted"), (large, "paid")]
    assert [row["id"] for row in said("list", "--state", "passed_on")[1]["bills"]] == [small]
    assert said("list", "--as-of", "2026-01-31")[1]["bills"][0]["id"] == one["id"]
    found = said("calendar", "--as-of", "2026-06-01")[1]["maturing"]
    assert found == [
        {"from": "2026-07-01", "until": "2026-07-31", "currency": "CNY", "count": 1, "amount": "70000.00"}
    ]  # fmt: skip


def test_refusals_write_nothing(till: Till, said: Any) -> None:
    bad = list(WORDS)
    bad[2] = "12345"
    for words, code in (
        (("show", "7"), "bill_unknown"),
        (("present", "7"), "bill_unknown"),
        (tuple(bad), "bill_number_bad"),
        ((*WORDS, "--claim", "x=1"), "bill_claim_bad"),
        ((*WORDS, "--file", "/none"), "bill_file_missing"),
        (("receive", "NOBODY", *WORDS[2:]), "customer_unknown"),
    ):
        exit_code, told = said(*words)
        assert (exit_code, told["error"]["code"]) == (1, code)
    assert (Bill.objects.count(), BillEvent.objects.count()) == (0, 0)
