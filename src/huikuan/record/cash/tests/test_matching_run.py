"""A run of matching through the books: what is sure is applied, the rest is kept, nothing twice."""

from __future__ import annotations

import json
from typing import Any

import pytest

from huikuan.mechanisms.identity.models import Company
from huikuan.record.banking.models import OpenLine
from huikuan.record.cash.domain.book import Verdict
from huikuan.record.cash.domain.stored import stored_from
from huikuan.record.cash.models import Application, Suggestion
from huikuan.record.cash.operations import matching
from huikuan.record.cash.operations.accepting import reject_proposal
from huikuan.record.cash.operations.matching import match_lines
from huikuan.record.cash.operations.undoing import undo_application
from huikuan.record.cash.tests.conftest import WHO, Till, open_amount, sound
from huikuan.record.receivables.models import Item
from huikuan.shell import cli

PAYER = "北麓矿业装备有限公司"


def run(till: Till, **more: Any) -> list[tuple[str, int]]:
    """(verdict, number of applications) of each line."""
    ran = match_lines(company=till.company, **WHO, **more)
    return [(one.answer.verdict.value, len(one.applications)) for one in ran.outcomes]


def test_what_is_sure_is_applied_what_is_doubtful_kept(till: Till) -> None:
    invoice = till.invoice(1_234_56, "HK20260001")
    twins = [till.invoice(5_000_00, f"HK2026001{place}") for place in (1, 2)]
    sure = till.line(1_234_56, counterparty_name=PAYER, memo="货款HK20260001", bank_reference="B1")
    doubtful = till.line(5_000_00, counterparty_name=PAYER, memo="货款")
    assert run(till) == [("applied", 1), ("left", 0)]
    one = Application.objects.get()
    assert (one.line_id, one.kind, one.credit_id) == (sure, "automatic", Item.objects.get(kind="receipt").id)
    assert one.probability_e6 is not None
    assert one.probability_e6 >= 995_000
    assert [reason["code"] for reason in one.reasons]
    assert [open_amount(item) for item in (invoice, *twins)] == [0, 5_000_00, 5_000_00]
    kept = Suggestion.objects.get()
    stored = stored_from(kept.answer)
    assert (kept.line_id, kept.customer_id, stored.answer.verdict) == (doubtful, till.north, Verdict.LEFT)
    assert len(stored.answer.proposals) == 2
    assert stored.seen.left == 5_000_00
    assert set(stored.seen.claims) <= set(twins)
    assert sound()


def test_a_second_run_finds_nothing_more_to_apply(till: Till) -> None:
    till.invoice(1_234_56, "HK20260001")
    till.line(1_234_56, counterparty_name=PAYER, memo="货款HK20260001")
    assert run(till) == [("applied", 1)]
    assert run(till) == []
    assert Application.objects.count() == 1


def test_a_dry_run_writes_nothing(till: Till) -> None:
    till.invoice(1_234_56, "HK20260001")
    till.line(1_234_56, counterparty_name=PAYER, memo="货款HK20260001")
    till.line(7_00, counterparty_name="陌生人")
    assert [verdict for verdict, _ in run(till, dry_run=True)] == ["applied", "left"]
    assert not Application.objects.exists()
    assert not Suggestion.objects.exists()


def test_two_payments_of_one_invoice_each_see_what_the_other_left(till: Till) -> None:
    invoice = till.invoice(3_000_00, "HK20260007")
    till.line(1_000_00, counterparty_name=PAYER, memo="HK20260007 第一笔", bank_reference="B1")
    till.line(2_000_00, counterparty_name=PAYER, memo="HK20260007 尾款", bank_reference="B2")
    assert "applied" in [verdict for verdict, _ in run(till)]
    paid = sum(sum(part["amount"] for part in one.parts) for one in Application.objects.all())
    assert open_amount(invoice) == 3_000_00 - paid
    assert sound()


def test_a_suggestion_rests_on_what_is_open_once_all_that_is_sure_is_applied(till: Till) -> None:
    invoice = till.invoice(3_000_00, "HK20260007")
    doubtful = till.line(1_000_00, counterparty_name="陌生人", memo="代付HK20260007", bank_reference="B1")
    till.line(2_000_00, counterparty_name=PAYER, memo="HK20260007 第一笔", bank_reference="B2")
    assert sorted(run(till)) == [("applied", 1), ("suggested", 0)]
    kept = Suggestion.objects.get()
    assert (kept.line_id, stored_from(kept.answer).seen.claims) == (doubtful, {invoice: 1_000_00})
    assert open_amount(invoice) == 1_000_00


def test_one_line_refused_stays_a_suggestion_and_the_others_are_applied(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody was quicker with one invoice between the answer and the deed."""
    quick, slow = till.invoice(1_234_56, "HK20260001"), till.invoice(2_345_67, "HK20260002")
    till.line(1_234_56, counterparty_name=PAYER, memo="货款HK20260001")
    till.line(2_345_67, counterparty_name=PAYER, memo="货款HK20260002")
    asked = matching.answers

    def answer_then_lose(company: Company, **more: Any) -> Any:
        found = asked(company, **more)
        till.apply(till.line(1_234_56), (quick, 1_234_56))
        return found

    monkeypatch.setattr(matching, "answers", answer_then_lose)
    assert run(till) == [("suggested", 0), ("applied", 1)]
    assert open_amount(slow) == 0
    kept = stored_from(Suggestion.objects.get().answer)
    assert [(reason.code, reason.value) for reason in kept.answer.reasons][-1] == ("refused", "proposal_stale")
    assert sound()


def test_money_and_invoices_of_another_company_are_not_looked_at(till: Till) -> None:
    other = Till("OTHER", "6222010100000002")
    other.invoice(1_234_56, "HK20260001")
    till.line(1_234_56, counterparty_name=PAYER, memo="货款HK20260001")
    assert [verdict for verdict, _ in run(till)] != ["applied"]


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_it_did(transactional_db: None, capsys: pytest.CaptureFixture[str]) -> None:
    till = Till()
    till.invoice(1_234_56, "HK20260001")
    till.post("credit_note", 34_56, document_number="HC20260001")
    till.line(1_200_00, counterparty_name=PAYER, memo="HK20260001,HC20260001", bank_reference="B1")
    till.line(-5_00, bank_reference="OUT")
    for words in (["--dry-run"], []):
        capsys.readouterr()
        assert cli.main(["bank", "match", *words, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        (line,) = told["lines"]
        assert (line["bank_reference"], line["amount"], line["decision"]) == ("B1", "1200.00", "applied")
        best = line["proposals"][0]
        assert best["customer"] == "MAIN-N"
        assert {one["document_no"]: one["amount"] for one in best["items"]} == {
            "HK20260001": "1234.56",
            "HC20260001": "-34.56",
        }
        assert best["probability"] >= 0.995
        assert isinstance(best["alternatives"], int)
        assert all(isinstance(reason, str) for reason in best["reasons"])
    assert sound()


def test_what_somebody_undid_is_only_suggested_from_then_on(till: Till) -> None:
    till.invoice(1_234_56, "HK20260001")
    till.line(1_234_56, counterparty_name=PAYER, memo="货款HK20260001")
    assert run(till) == [("applied", 1)]
    undo_application(application_id=Application.objects.get().id, reason="wrong", **WHO)
    assert run(till) == [("suggested", 0)]
    assert last_reasons() == ["undone_before"]


def test_what_somebody_turned_down_is_not_proposed_again(till: Till) -> None:
    twins = [till.invoice(5_000_00, f"HK2026001{place}") for place in (1, 2)]
    line = till.line(5_000_00, counterparty_name=PAYER, memo="货款")
    run(till)
    first, second = stored_from(Suggestion.objects.get().answer).answer.proposals
    reject_proposal(company=till.company, line_id=line, **WHO)
    assert run(till) == [("left", 0)]
    assert stored_from(Suggestion.objects.get().answer).answer.proposals == (second,)
    assert {part.item_id for one in (first, second) for part in one.parts} == set(twins)
    # Nor is another way applied without a person, however sure.
    till.apply(till.line(5_000_00), (second.parts[0].item_id, 5_000_00))
    assert run(till) == [("left", 0)]


def test_money_the_bank_takes_back_is_not_applied(till: Till) -> None:
    """冲账: the receipt and the line that takes it back, in one file; a reversal of money that went out."""
    till.invoice(1_234_56, "HK20260001")
    said = {"counterparty_name": PAYER, "memo": "货款HK20260001"}
    line = till.line(1_234_56, **said)
    back = till.line(-1_234_56, counterparty_name="", reversal=True)
    assert run(till) == [("suggested", 0)]
    assert last_reasons() == ["taken_back"]
    OpenLine.objects.filter(line_id=line).delete()
    till.line(1_234_56, **said, reversal=True)
    assert run(till) == [("suggested", 0)]
    assert last_reasons() == ["reversal"]
    # What went out before the money came in takes nothing back.
    OpenLine.objects.exclude(line_id=back).delete()
    till.line(1_234_56, day="2026-03-02", **said)
    assert run(till) == [("applied", 1)]


def last_reasons() -> list[str]:
    return [reason.code for reason in stored_from(Suggestion.objects.get().answer).answer.reasons][-1:]
