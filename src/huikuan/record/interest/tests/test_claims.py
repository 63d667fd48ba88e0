"""Claims: an item with its computation, never twice for a day; waived by authority and booked."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import count

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.queries import requests_about
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.interest.domain.sheets import digest_of
from huikuan.record.interest.models import Claim, Waiver
from huikuan.record.interest.operations.claiming import claim_interest, withdraw_claim
from huikuan.record.interest.operations.parties import declare_parties, record_bankruptcy
from huikuan.record.interest.operations.waiving import ask_waiver
from huikuan.record.interest.queries.claims import claims
from huikuan.record.interest.tests.conftest import AT, WHO, Late, approve, day, dear
from huikuan.record.receivables.models import Item, OpenItem
from huikuan.record.receivables.queries.ledger import item as item_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(late: Late) -> int:
    return dear(late)


def claim(item: int, until: str) -> list[int]:
    """Each call at a moment of its own, as in life: which claims one call made is told by that."""
    moment = AT + timedelta(seconds=next(_CALLS))
    return claim_interest(item_id=item, until=day(until), actor=WHO["actor"], at=moment)


_CALLS = count()


def test_a_claim_is_an_item_with_its_sheet(late: Late, item: int) -> None:
    (number,) = claim(item, "2026-01-31")
    found = Claim.objects.get(pk=number)
    assert (str(found.first_on), str(found.last_on), found.amount) == ("2026-01-01", "2026-01-30", 30 * 50_00)
    posted = item_of(found.interest_item_id)
    assert (posted.kind, posted.amount, posted.document_number, posted.obligation, posted.contract_number) == (
        "interest", 1_500_00, "LX-FP-1-1", "FP-1", "HT-1"
    )  # fmt: skip
    sheet = json.loads(found.sheet)
    assert (sheet["amount"], sheet["rule"], sheet["owed"][0]["due"]) == ("1500.00", "0.0005/day", "2025-12-31")
    assert found.digest == digest_of(found.sheet)


def test_no_day_is_claimed_twice(late: Late, item: int) -> None:
    first = claim(item, "2026-01-31")
    assert claim(item, "2026-01-31") == first
    assert late.accrued(item, "2026-01-31") == 0
    assert late.accrued(item, "2026-02-10") == 10 * 50_00
    (second,) = claim(item, "2026-02-10")
    days = [(str(one.first_on), str(one.last_on)) for one in Claim.objects.order_by("sequence")]
    assert days == [("2026-01-01", "2026-01-30"), ("2026-01-31", "2026-02-09")]
    with pytest.raises(Refusal, match="interest_nothing_to_claim"):
        claim(item, "2026-01-15")
    assert Item.objects.filter(kind="interest").count() == 2
    assert Claim.objects.get(pk=second).sequence == 2


def test_a_claim_taken_back_frees_its_days_alone(late: Late, item: int) -> None:
    (first,) = claim(item, "2026-01-11")
    claim(item, "2026-01-21")
    withdraw_claim(claim_id=first, reason="算错了", **WHO)
    assert late.accrued(item, "2026-01-21") == 10 * 50_00
    again = claim(item, "2026-01-31")
    days = [(str(one.first_on), str(one.last_on)) for one in Claim.objects.filter(pk__in=again).order_by("first_on")]
    assert days == [("2026-01-01", "2026-01-10"), ("2026-01-21", "2026-01-30")]
    with pytest.raises(Refusal, match="interest_reason_missing"):
        withdraw_claim(claim_id=first, reason=" ", **WHO)


def test_a_gap_before_a_standing_claim_is_claimed_no_further_than_asked(late: Late, item: int) -> None:
    """January and February are claimed, January is taken back: until a day of January only the days before it."""
    (january,) = claim(item, "2026-02-01")
    claim(item, "2026-02-28")
    withdraw_claim(claim_id=january, reason="算错了", **WHO)
    assert (late.accrued(item, "2026-01-11"), late.accrued(item, "2026-02-28")) == (500_00, 1_550_00)
    found = Claim.objects.get(pk=claim(item, "2026-01-11")[0])
    assert (found.amount, str(found.first_on), str(found.last_on)) == (500_00, "2026-01-01", "2026-01-10")
    assert late.accrued(item, "2026-02-28") == 21 * 50_00


def test_asked_again_the_claims_of_the_last_call_answer(late: Late, item: int) -> None:
    """January and February are claimed, January is taken back: asked twice until the same day, the gap both times."""
    (january,) = claim(item, "2026-02-01")
    (february,) = claim(item, "2026-02-28")
    assert claim(item, "2026-02-28") == [february]
    withdraw_claim(claim_id=january, reason="算错了", **WHO)
    gap = claim(item, "2026-02-28")
    assert claim(item, "2026-02-28") == gap
    assert january not in gap
    assert february not in gap
    assert claim(item, "2026-02-01") == gap


def test_asked_again_the_claims_of_a_call_answer_though_more_was_claimed_since(late: Late, item: int) -> None:
    late.amend("HT-1", "日万分之三", "2026-02-01")
    made = claim(item, "2026-02-11")
    later = claim(item, "2026-02-15")
    assert (len(made), len(later)) == (2, 1)
    assert [claim(item, until) for until in ("2026-02-11", "2026-02-15", "2026-02-01")] == [made, later, made[:1]]
    with pytest.raises(Refusal, match="interest_nothing_to_claim"):
        claim(item, "2026-02-13")


def test_asked_again_of_what_was_paid_before_the_day_it_is_the_same_claim(late: Late, item: int) -> None:
    """Paid in full on 01-20: asked until 02-11 the last day claimed is 01-19, both times."""
    late.pay(item, 100_000_00, "2026-01-20")
    made = claim(item, "2026-02-11")
    assert str(Claim.objects.get(pk=made[0]).last_on) == "2026-01-19"
    assert claim(item, "2026-02-11") == made
    with pytest.raises(Refusal, match="interest_nothing_to_claim"):
        claim(item, "2026-01-11")


def test_a_gap_before_a_standing_claim_ends_with_bankruptcy(late: Late, item: int) -> None:
    (january,) = claim(item, "2026-02-01")
    claim(item, "2026-02-28")
    withdraw_claim(claim_id=january, reason="算错了", **WHO)
    record_bankruptcy(
        company=late.company, customer_id=late.customer.id, accepted_on=day("2026-01-11"), note="法院", **WHO
    )
    assert late.accrued(item, "2026-02-28") == 500_00
    gap = claim(item, "2026-02-28")
    assert Claim.objects.get(pk=gap[0]).amount == 500_00
    # All it bore until then is that; a day within the gap was never the end of a claim.
    assert claim(item, "2026-01-31") == gap
    with pytest.raises(Refusal, match="interest_nothing_to_claim"):
        claim(item, "2026-01-05")


def test_each_rule_is_claimed_for_its_own_days(late: Late, item: int) -> None:
    late.amend("HT-1", "日万分之三", "2026-02-01")
    made = [Claim.objects.get(pk=number) for number in claim(item, "2026-02-11")]
    assert [(f"{one.first_on}", f"{one.last_on}", one.rule, one.amount) for one in made] == [
        ("2026-01-01", "2026-01-31", "0.0005/day", 1_550_00), ("2026-02-01", "2026-02-10", "0.0003/day", 300_00)
    ]  # fmt: skip
    assert [json.loads(one.sheet)["rule"] for one in made] == ["0.0005/day", "0.0003/day"]
    assert (late.accrued(item, "2026-02-11"), late.accrued(item, "2026-02-12")) == (0, 30_00)
    assert all(found.right for found in claims(scope=EVERYTHING, at=AT))
    assert claim(item, "2026-02-11") == [one.pk for one in made]


def test_a_day_that_is_not_over_is_not_claimed(late: Late, item: int) -> None:
    # Today is 2026-03-01: money that comes today is paid today, and today bears nothing.
    with pytest.raises(Refusal, match="interest_day_not_over"):
        claim(item, "2026-03-02")
    assert Claim.objects.count() == 0
    claim(item, "2026-03-01")
    assert str(Claim.objects.get().last_on) == "2026-02-28"


def test_bankruptcy_stops_it_and_may_be_taken_back(late: Late, item: int) -> None:
    said = {"company": late.company, "customer_id": late.customer.id, **WHO}
    record_bankruptcy(accepted_on=day("2026-01-11"), note="（2026）苏09破申3号", **said)
    assert late.accrued(item, "2026-02-28") == 10 * 50_00
    record_bankruptcy(accepted_on=None, note="申请已撤回", **said)
    assert late.accrued(item, "2026-02-28") == 58 * 50_00
    with pytest.raises(Refusal, match="interest_ahead"):
        record_bankruptcy(accepted_on=AT.date() + timedelta(days=1), note="法院", **said)


def test_what_was_declared_of_a_contract_goes_before_what_was_of_all(late: Late) -> None:
    late.contract("HT-2", "")
    plainly, under = late.invoice(), late.invoice(contract_number="HT-2")
    said = {"company": late.company, "customer_id": late.customer.id, **WHO}
    declare_parties(buyer="government", seller_declared=True, **said)
    declare_parties(buyer="other", seller_declared=False, contract_number="HT-2", **said)
    assert late.accrual(plainly, "2025-06-30").governing.basis == "sme"
    assert late.accrued(plainly, "2025-06-30") == 182_000_00
    assert late.accrual(under, "2025-06-30").governing.basis == "law"
    with pytest.raises(Refusal, match="interest_buyer_unknown"):
        declare_parties(buyer="somebody", seller_declared=True, **said)


def test_a_waiver_is_asked_for_and_changes_nothing_yet(late: Late, item: int) -> None:
    (number,) = claim(item, "2026-01-31")
    request = ask_waiver(claim_id=number, amount=500_00, reason="长期合作", **WHO)
    assert OpenItem.objects.get(kind="interest").open_amount == 1_500_00
    assert [one.id for one in requests_about("interest.waiver", [late.customer.id])] == [request]
    for amount in (0, 1_500_01):
        with pytest.raises(Refusal, match="interest_waiver_bad"):
            ask_waiver(claim_id=number, amount=amount, reason="长期合作", **WHO)


def test_an_approved_waiver_is_booked_at_once(late: Late, item: int) -> None:
    (number,) = claim(item, "2026-01-31")
    approve(ask_waiver(claim_id=number, amount=500_00, reason="长期合作", **WHO))
    assert OpenItem.objects.get(kind="interest").open_amount == 1_000_00
    waiver = Waiver.objects.get()
    assert (waiver.amount, waiver.reason, item_of(waiver.credit_id).kind) == (500_00, "长期合作", "discount")
    assert late.accrued(item, "2026-01-31") == 0
    with pytest.raises(Refusal, match="interest_waiver_bad"):
        ask_waiver(claim_id=number, amount=1_000_01, reason="长期合作", **WHO)


def test_a_payment_meanwhile_voids_what_the_approver_saw(late: Late, item: int) -> None:
    (number,) = claim(item, "2026-01-31")
    request = ask_waiver(claim_id=number, amount=500_00, reason="长期合作", **WHO)
    late.pay(Claim.objects.get().interest_item_id, 600_00, "2026-03-01")
    with pytest.raises(Refusal, match="request_shown_has_changed"):
        approve(request)
    assert (Waiver.objects.count(), OpenItem.objects.get(kind="interest").open_amount) == (0, 900_00)
