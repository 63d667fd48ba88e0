"""Days that were claimed and turn out to have been paid: seen, given back, and not claimed while money waits."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.interest.domain.computing import DAY, late_interest
from huikuan.record.interest.domain.sheets import digest_of
from huikuan.record.interest.models import Claim, Correction
from huikuan.record.interest.operations.claiming import claim_interest, withdraw_claim
from huikuan.record.interest.operations.correcting import correct_claim
from huikuan.record.interest.operations.parties import record_bankruptcy
from huikuan.record.interest.queries.anew import over_claimed_items
from huikuan.record.interest.queries.claims import OVER, claim, claims
from huikuan.record.interest.tests.conftest import AT, WHO, Late, day, dear, waived
from huikuan.record.receivables.models import Item, OpenItem
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(late: Late) -> int:
    return dear(late)


def claimed(item: int, until: str = "2026-02-28") -> int:
    return claim_interest(item_id=item, until=day(until), **WHO)[0]


def over(number: int) -> int:
    return claim(number, scope=EVERYTHING, at=AT).over_claimed


def test_money_that_came_earlier_than_it_was_applied_shows_what_was_claimed_too_much(late: Late, item: int) -> None:
    number = claimed(item)
    # 58 days of 50.00.
    assert (Claim.objects.get().amount, over(number)) == (2_900_00, 0)
    late.pay(item, 100_000_00, "2026-01-11", applied="2026-03-01")
    # The first ten days alone were late.
    assert over(number) == 2_400_00
    assert over_claimed_items([item, Claim.objects.get().interest_item_id], at=AT) == {
        Claim.objects.get().interest_item_id: 2_400_00
    }
    rows = claims(scope=EVERYTHING, at=AT, state=OVER)
    assert [row.id for row in rows] == [number]
    assert late.accrued(item, "2026-02-28") == 0


def test_it_is_given_back_in_one_act_with_the_computation_anew(late: Late, item: int) -> None:
    number = claimed(item)
    late.pay(item, 40_000_00, "2026-01-11", applied="2026-03-01")
    correct_claim(claim_id=number, **WHO)
    fact, row = Correction.objects.get(), claim(number, scope=EVERYTHING, at=AT)
    # 10 × 50.00 + 48 × 30.00 = 1,940.00 of 2,900.00
    assert (fact.amount, row.corrected, row.over_claimed, row.open_amount, row.state) == (
        960_00, 960_00, 0, 1_940_00, "open"
    )  # fmt: skip
    sheet = json.loads(fact.sheet)
    assert (sheet["amount"], sheet["corrects"]) == ("1940.00", Claim.objects.get().digest)
    assert [(one["to"], one["days"], one["amount"]) for one in sheet["segments"]] == [
        ("2026-01-10", 10, "500.00"), ("2026-02-27", 48, "1440.00")
    ]  # fmt: skip
    assert (fact.digest, row.digest) == (digest_of(fact.sheet), fact.digest)
    credit = Item.objects.get(pk=fact.credit_id)
    assert (credit.kind, credit.obligation, credit.text) == ("credit_note", "FP-1", "LX-FP-1-1")


def test_what_is_right_or_taken_back_is_not_corrected(late: Late, item: int) -> None:
    number = claimed(item)
    before = Leaf.objects.count()
    with pytest.raises(Refusal, match="interest_claim_right"):
        correct_claim(claim_id=number, **WHO)
    assert Leaf.objects.count() == before
    late.pay(item, 100_000_00, "2026-01-11", applied="2026-03-01")
    correct_claim(claim_id=number, **WHO)
    with pytest.raises(Refusal, match="interest_claim_right"):
        correct_claim(claim_id=number, **WHO)
    other = claimed(late.invoice(due="2025-12-31", posted="2025-12-01"))
    withdraw_claim(claim_id=other, reason="算错了", **WHO)
    with pytest.raises(Refusal, match="interest_claim_right"):
        correct_claim(claim_id=other, **WHO)
    assert Correction.objects.count() == 1


def test_of_a_claim_that_was_paid_the_rest_is_the_customers(late: Late, item: int) -> None:
    number = claimed(item)
    row = Claim.objects.get()
    late.settle(late.post("receipt", 2_000_00, "2026-02-28"), row.interest_item_id, 2_000_00, "2026-03-01")
    late.pay(item, 100_000_00, "2026-01-11", applied="2026-03-01")
    correct_claim(claim_id=number, **WHO)
    # Of 2,400.00 given back 900.00 were open; 1,500.00 were paid and are theirs.
    credit = Correction.objects.get().credit_id
    assert {one.item_id: one.open_amount for one in OpenItem.objects.all()} == {credit: 1_500_00}
    assert claim(number, scope=EVERYTHING, at=AT).state == "settled"


def test_a_correction_that_is_reversed_was_none(late: Late, item: int) -> None:
    number = claimed(item)
    settlement = late.pay(item, 100_000_00, "2026-01-11", applied="2026-03-01")
    correct_claim(claim_id=number, **WHO)
    reverse_settlement(settlement_id=settlement, reason="wrong payer", **WHO)
    fact = Correction.objects.get()
    mine = late.settlement_of(fact.credit_id)
    reverse_settlement(settlement_id=mine, reason="wrong payer", **WHO)
    reverse_item(item_id=fact.credit_id, reason="wrong payer", **WHO)
    row = claim(number, scope=EVERYTHING, at=AT)
    assert (row.corrected, row.over_claimed, row.open_amount) == (0, 0, 2_900_00)


def test_what_was_given_back_and_is_borne_again_is_undone_in_the_same_act(late: Late, item: int) -> None:
    number = claimed(item)
    first = late.pay(item, 40_000_00, "2026-01-11", applied="2026-03-01")
    second = late.pay(item, 60_000_00, "2026-01-11", applied="2026-03-01")
    correct_claim(claim_id=number, **WHO)
    row = claim(number, scope=EVERYTHING, at=AT)
    assert (row.corrected, row.open_amount, row.under_claimed) == (2_400_00, 500_00, 0)
    reverse_settlement(settlement_id=second, reason="wrong payer", **WHO)
    # 10 × 50.00 + 48 × 30.00 are borne: 1,440.00 of the 2,400.00 again.
    assert [one.under_claimed for one in claims(scope=EVERYTHING, at=AT, state=OVER)] == [1_440_00]
    correct_claim(claim_id=number, **WHO)
    row = claim(number, scope=EVERYTHING, at=AT)
    assert (row.corrected, row.open_amount, row.over_claimed, row.under_claimed) == (960_00, 1_940_00, 0, 0)
    reverse_settlement(settlement_id=first, reason="wrong payer", **WHO)
    correct_claim(claim_id=number, **WHO)
    row = claim(number, scope=EVERYTHING, at=AT)
    assert (row.corrected, row.open_amount, row.over_claimed, row.under_claimed) == (0, 2_900_00, 0, 0)
    with pytest.raises(Refusal, match="interest_claim_right"):
        correct_claim(claim_id=number, **WHO)
    withdraw_claim(claim_id=number, reason="算错了", **WHO)


def test_a_credit_that_paid_something_else_is_not_undone(late: Late, item: int) -> None:
    number = claimed(item)
    late.settle(
        late.post("receipt", 2_900_00, "2026-02-28"), Claim.objects.get().interest_item_id, 2_900_00, "2026-03-01"
    )
    settlement = late.pay(item, 100_000_00, "2026-01-11", applied="2026-03-01")
    correct_claim(claim_id=number, **WHO)
    assert over_claimed_items([Claim.objects.get().interest_item_id], at=AT) == {}
    credit = Correction.objects.get().credit_id
    late.settle(credit, late.invoice(due="2026-06-30"), 1_00, "2026-03-01")
    reverse_settlement(settlement_id=settlement, reason="wrong payer", **WHO)
    before = Leaf.objects.count()
    with pytest.raises(Refusal, match="item_has_settlements"):
        correct_claim(claim_id=number, **WHO)
    assert Leaf.objects.count() == before


def test_bankruptcy_that_was_accepted_earlier_and_a_claim_that_never_was(late: Late, item: int) -> None:
    number = claimed(item)
    said = {"company": late.company, "customer_id": late.customer.id, "note": "（2026）苏09破申3号", **WHO}
    record_bankruptcy(accepted_on=day("2026-01-21"), **said)
    # Twenty days bore it, 38 did not.
    assert over(number) == 38 * 50_00
    record_bankruptcy(accepted_on=None, **said)
    assert over(number) == 0
    reverse_item(item_id=item, reason="never delivered", **WHO)
    assert over(number) == 2_900_00


def test_what_is_agreed_anew_leaves_what_was_claimed(late: Late, item: int) -> None:
    number = claimed(item)
    late.put_off(item, "2026-06-30")
    assert (over(number), late.accrued(item, "2026-02-28")) == (0, 0)


def test_nothing_is_claimed_while_money_waits_that_came_by_then(late: Late, item: int) -> None:
    receipt = late.post("receipt", 5_000_00, "2026-01-11")
    before = Leaf.objects.count()
    with pytest.raises(Refusal, match="interest_money_waits") as caught:
        claimed(item)
    assert caught.value.where[0].value == f"#{receipt}"
    assert Leaf.objects.count() == before
    # It came after these days, so it cannot change them.
    claimed(item, "2026-01-11")
    late.settle(receipt, item, 5_000_00, "2026-03-01")
    assert Claim.objects.get(pk=claimed(item)).amount == 48 * 47_50


def standing(number: int) -> tuple[int, int, int, int, int]:
    """Waived, given back, too much, too little, open."""
    row = claim(number, scope=EVERYTHING, at=AT)
    return row.waived, row.corrected, row.over_claimed, row.under_claimed, row.open_amount


def test_a_waiver_after_a_correction_leaves_it_right(late: Late, item: int) -> None:
    number = claimed(item)
    late.pay(item, 40_000_00, "2026-01-11", applied="2026-03-01")
    correct_claim(claim_id=number, **WHO)
    waived(number, 500_00)
    # 2,900.00 − 960.00 given back − 500.00 waived
    assert standing(number) == (500_00, 960_00, 0, 0, 1_440_00)
    assert claims(scope=EVERYTHING, at=AT, state=OVER) == []
    with pytest.raises(Refusal, match="interest_claim_right"):
        correct_claim(claim_id=number, **WHO)


def test_a_waiver_before_a_correction_holds_as_one_after_it_does(late: Late, item: int) -> None:
    number = claimed(item)
    waived(number, 500_00)
    late.pay(item, 40_000_00, "2026-01-11", applied="2026-03-01")
    assert standing(number) == (500_00, 0, 960_00, 0, 2_400_00)
    correct_claim(claim_id=number, **WHO)
    assert standing(number) == (500_00, 960_00, 0, 0, 1_440_00)


def test_of_what_was_waived_nothing_is_given_back(late: Late, item: int) -> None:
    number = claimed(item)
    waived(number, 2_700_00)
    late.pay(item, 40_000_00, "2026-01-11", applied="2026-03-01")
    # The days bear 960.00 less, but 200.00 are all that is demanded.
    assert standing(number) == (2_700_00, 0, 200_00, 0, 200_00)
    correct_claim(claim_id=number, **WHO)
    assert standing(number) == (2_700_00, 200_00, 0, 0, 0)
    assert not OpenItem.objects.filter(side="credit").exists()


def test_a_correction_undone_in_part_leaves_the_waiver(late: Late, item: int) -> None:
    number = claimed(item)
    late.pay(item, 40_000_00, "2026-01-11", applied="2026-03-01")
    second = late.pay(item, 60_000_00, "2026-01-11", applied="2026-03-01")
    correct_claim(claim_id=number, **WHO)
    waived(number, 100_00)
    assert standing(number) == (100_00, 2_400_00, 0, 0, 400_00)
    reverse_settlement(settlement_id=second, reason="wrong payer", **WHO)
    assert standing(number) == (100_00, 2_400_00, 0, 1_440_00, 400_00)
    correct_claim(claim_id=number, **WHO)
    assert standing(number) == (100_00, 960_00, 0, 0, 1_840_00)


def test_a_payment_that_bounced_after_the_claim_shows_what_was_claimed_too_little(late: Late, item: int) -> None:
    bounced = late.pay(item, 40_000_00, "2026-01-11")
    number = claimed(item)
    assert standing(number) == (0, 0, 0, 0, 1_940_00)
    reverse_settlement(settlement_id=bounced, reason="bounced", **WHO)
    # 58 × 50.00 are borne.
    assert standing(number) == (0, 0, 0, 960_00, 1_940_00)
    assert [row.id for row in claims(scope=EVERYTHING, at=AT, state=OVER)] == [number]
    before = Leaf.objects.count()
    with pytest.raises(Refusal, match="interest_claim_short") as caught:
        correct_claim(claim_id=number, **WHO)
    assert (caught.value.params["amount"], Leaf.objects.count()) == ("960.00", before)
    reverse_item(item_id=Item.objects.get(kind="receipt").pk, reason="bounced", **WHO)
    withdraw_claim(claim_id=number, reason="退票", **WHO)
    assert standing(claimed(item)) == (0, 0, 0, 0, 2_900_00)


def test_of_what_was_claimed_too_little_what_was_given_back_is_undone(late: Late, item: int) -> None:
    first = late.pay(item, 40_000_00, "2026-01-11")
    number = claimed(item)
    second = late.pay(item, 60_000_00, "2026-01-11", applied="2026-03-01")
    correct_claim(claim_id=number, **WHO)
    assert standing(number) == (0, 1_440_00, 0, 0, 500_00)
    for bounced in (first, second):
        reverse_settlement(settlement_id=bounced, reason="bounced", **WHO)
    row = claim(number, scope=EVERYTHING, at=AT)
    assert (row.under_claimed, row.borne_again) == (2_400_00, 1_440_00)
    correct_claim(claim_id=number, **WHO)
    assert standing(number) == (0, 0, 0, 960_00, 1_940_00)


moves = st.lists(st.tuples(st.integers(0, 58), st.integers(0, 58), st.integers(1, 60_000_00)), max_size=4)
waivers = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 3_000_00)), max_size=2)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves, st.lists(st.integers(1, 57), min_size=1, max_size=3, unique=True), waivers, waivers, st.integers(0, 4))
def test_law_what_stands_after_mending_is_what_the_days_bear_less_what_was_waived(
    late: Late,
    receipts: list[tuple[int, int, int]],
    ends: list[int],
    before: list[tuple[int, int]],
    after: list[tuple[int, int]],
    taken_back: int,
) -> None:
    """Claims until some days, receipts that came any day and were applied later, parts of claims waived before they
    are mended and after, receipts applied wrongly after all: mended, each claim comes to what is computed of its days,
    rounded for itself, less what was waived, and to none is anything left to mend."""
    with transaction.atomic():
        item, begin = dear(late), date(2026, 1, 1)
        numbers = [claimed(item, f"{begin + timedelta(days=days)}") for days in sorted(ends)]
        settled, left = [], 100_000_00
        for came, later_by, amount in receipts:
            if taken := min(amount, left):
                on = begin + timedelta(days=came)
                applied = f"{min(on + timedelta(days=later_by), AT.date())}"
                settled.append(late.pay(item, taken, f"{on}", applied=applied))
                left -= taken
        waive_of(numbers, before)
        mend(numbers)
        waive_of(numbers, after)
        mend(numbers)
        for settlement in settled[:taken_back]:
            reverse_settlement(settlement_id=settlement, reason="wrong payer", **WHO)
        mend(numbers)
        found = late.accrual(item, "2026-02-28")
        for row in (claim(number, scope=EVERYTHING, at=AT) for number in numbers):
            borne = late_interest(
                found.owed, found.governing.rule, found.policies.rates, found.governing.counting,
                row.last_on + DAY, since=row.first_on,
            ).amount  # fmt: skip
            assert row.right
            assert row.open_amount == row.amount - row.corrected - row.waived == max(0, borne - row.waived)
        transaction.set_rollback(True)


def mend(numbers: list[int]) -> None:
    for number in numbers:
        if not claim(number, scope=EVERYTHING, at=AT).right:
            correct_claim(claim_id=number, **WHO)


def waive_of(numbers: list[int], wished: list[tuple[int, int]]) -> None:
    """As much of each wish as is open of the claim."""
    for place, amount in wished:
        number = numbers[place % len(numbers)]
        if most := min(amount, claim(number, scope=EVERYTHING, at=AT).open_amount):
            waived(number, most)
