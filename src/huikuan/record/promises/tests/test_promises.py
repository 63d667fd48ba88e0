"""A promise is what the ledger makes of it: kept by money in time, in part, broken; as of any day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.queries.items import open_keys
from huikuan.record.bills.operations.moving import Move, pay_bill, present_bill
from huikuan.record.bills.operations.receiving import receive_bill
from huikuan.record.bills.tests.conftest import paper
from huikuan.record.promises.domain.promising import Standing, part_state, promise_state
from huikuan.record.promises.models import PartEnd, Promise, PromisePart, Verdict
from huikuan.record.promises.operations.promising import replace_promise, withdraw_promise
from huikuan.record.promises.queries import kept_rates, of_customer, standing
from huikuan.record.promises.queries.promises import PromiseFilter, promises_page
from huikuan.record.promises.telling import promise_json
from huikuan.record.promises.tests.conftest import Word, at, day
from huikuan.record.receivables.operations.reversals import reverse_settlement

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(word: Word) -> int:
    return word.post("invoice", 100_000_00)


def refused(code: str, work: Any, *args: Any, **named: Any) -> None:
    before = [model.objects.count() for model in (Promise, PromisePart, PartEnd, Verdict)]
    with pytest.raises(Refusal) as refusal:
        work(*args, **named)
    assert refusal.value.code == code
    assert before == [model.objects.count() for model in (Promise, PromisePart, PartEnd, Verdict)]


def test_kept_by_money_within_the_grace(word: Word, claim: int) -> None:
    number = word.promise((claim, 60_000_00), by="2026-03-10")
    word.pay(claim, 40_000_00, "2026-03-09")
    word.pay(claim, 20_000_00, "2026-03-13")
    states = {on: word.state(number, on) for on in ("2026-03-02", "2026-03-12", "2026-03-13", "2026-12-31")}
    assert states == {"2026-03-02": "open", "2026-03-12": "open", "2026-03-13": "kept", "2026-12-31": "kept"}
    assert word.row(number, "2026-03-12").awaited == 20_000_00


def test_a_day_after_the_grace_it_is_broken_or_kept_in_part(word: Word, claim: int) -> None:
    number = word.promise((claim, 60_000_00), by="2026-03-10")
    assert (word.state(number, "2026-03-13"), word.state(number, "2026-03-14")) == ("open", "broken")
    word.pay(claim, 10_000_00, "2026-03-12")
    assert word.state(number, "2026-03-14") == "partly"
    word.pay(claim, 50_000_00, "2026-03-14")
    late = word.row(number, "2026-03-14")
    assert (late.state, late.paid, late.parts[0].later) == ("partly", 10_000_00, 50_000_00)


def test_what_was_not_paid_is_still_to_pay_though_the_day_is_over(word: Word, claim: int) -> None:
    other = word.post("invoice", 40_000_00)
    broken = word.promise((claim, 60_000_00), by="2026-03-10")
    partly = word.promise((other, 30_000_00), by="2026-03-10")
    word.pay(other, 10_000_00, "2026-03-09")
    word.pay(other, 5_000_00, "2026-03-20")

    def told(number: int) -> tuple[str, int, int, int]:
        row = word.row(number, "2026-03-20")
        return row.state, row.short, row.awaited, row.parts[0].unpaid

    assert told(broken) == ("broken", 60_000_00, 60_000_00, 60_000_00)
    assert told(partly) == ("partly", 20_000_00, 15_000_00, 15_000_00), "5,000 came late"
    page = promises_page(PromiseFilter(), scope=EVERYTHING, as_of=day("2026-03-20"), limit=50)
    assert page.sums == {"CNY": 75_000_00}
    assert [promise_json(row)["awaited"] for row in page.rows] == ["60000.00", "15000.00"]


def test_what_is_promised_anew_is_still_to_pay_once(word: Word, claim: int) -> None:
    """What was broken stays broken, and is awaited by the later word alone."""
    other = word.post("invoice", 40_000_00)
    first = word.promise((claim, 60_000_00), (other, 40_000_00), by="2026-03-05")
    second = word.promise((claim, 60_000_00), by="2026-03-20", on="2026-03-12")

    def told(on: str) -> tuple[dict[str, int], list[tuple[str, int, list[int], list[int]]]]:
        page = promises_page(PromiseFilter(), scope=EVERYTHING, as_of=day(on), limit=50)
        shown = [word.row(row.id, on) for row in page.rows]
        assert [replace(row, said_by="") for row in shown] == page.rows, "the list, the file and its page say the same"
        assert [promise_json(row)["awaited"] for row in shown] == [to_text(row.awaited, "CNY") for row in page.rows]
        return page.sums, [
            (row.state, row.awaited, [part.unpaid for part in row.parts], [part.elsewhere for part in row.parts])
            for row in page.rows
        ]

    assert told("2026-03-11") == (
        {"CNY": 100_000_00}, [("broken", 100_000_00, [60_000_00, 40_000_00], [0, 0])]
    )  # fmt: skip
    assert told("2026-03-12") == (
        {"CNY": 100_000_00},
        [("broken", 40_000_00, [0, 40_000_00], [60_000_00, 0]), ("open", 60_000_00, [60_000_00], [0])],
    )
    assert word.row(first, "2026-03-12").short == 100_000_00
    assert kept_rates(word.company.id, day("2026-03-24"))[word.customer.id].broken == 2
    # Broken as well, the later word is the one that is still awaited; each day as it stood then.
    assert told("2026-03-24")[0] == {"CNY": 100_000_00}
    third = anew(second, "2026-04-10", on="2026-03-25")
    assert [word.row(one, "2026-03-25").awaited for one in (first, second, third)] == [40_000_00, 0, 60_000_00]
    assert told("2026-03-24")[0] == told("2026-03-25")[0] == {"CNY": 100_000_00}


def test_who_takes_the_later_word_back_leaves_the_broken_one_to_pay(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    second = word.promise((claim, 50_000_00), by="2026-03-20", on="2026-03-12")
    third = anew(second, "2026-03-25", on="2026-03-13")
    _withdraw(third, on="2026-03-14")
    assert [word.row(first, on).awaited for on in ("2026-03-12", "2026-03-13", "2026-03-14")] == [
        10_000_00,
        10_000_00,
        60_000_00,
    ]
    page = promises_page(PromiseFilter(), scope=EVERYTHING, as_of=day("2026-03-14"), limit=50)
    assert page.sums == {"CNY": 60_000_00}


def test_another_day_is_named_for_what_a_smaller_broken_word_leaves(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    small = word.promise((claim, 20_000_00), by="2026-03-20", on="2026-03-12")
    refused("promise_not_open", anew, first, "2026-04-10", on="2026-03-13")
    assert [word.row(one, "2026-03-13").is_last_word for one in (first, small)] == [False, True]
    assert [word.row(one, "2026-03-24").is_last_word for one in (first, small)] == [True, True]
    third = anew(first, "2026-04-10", on="2026-03-24")
    assert [word.row(one, "2026-03-24").awaited for one in (first, small, third)] == [0, 20_000_00, 40_000_00]
    assert [word.row(one, "2026-03-24").is_last_word for one in (first, small, third)] == [False, False, True]


def test_a_credit_note_is_no_payment_of_what_was_promised(word: Word, claim: int) -> None:
    """60,000 broken, a credit note of 30,000 on the claim, 60,000 promised anew: 60,000 are owed of it, once."""
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    word.pay(claim, 30_000_00, "2026-03-11", kind="credit_note")
    second = word.promise((claim, 60_000_00), by="2026-03-20", on="2026-03-12")
    assert [word.row(one, "2026-03-13").awaited for one in (first, second)] == [0, 60_000_00]


def test_another_day_is_named_of_the_last_word_alone(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    word.promise((claim, 20_000_00), by="2026-03-20", on="2026-03-12")
    refused("promise_not_open", anew, first, "2026-03-25", on="2026-03-13")


def test_a_smaller_word_kept_leaves_the_rest_to_pay(word: Word, claim: int) -> None:
    """Whoever promises and pays a small part of what was broken has not paid the rest, and may promise it."""
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    small = word.promise((claim, 20_000_00), by="2026-03-20", on="2026-03-12")
    word.pay(claim, 20_000_00, "2026-03-15")

    def told(on: str) -> tuple[dict[str, int], list[int]]:
        page = promises_page(PromiseFilter(), scope=EVERYTHING, as_of=day(on), limit=50)
        return page.sums, [word.row(number, on).awaited for number in (first, small)]

    assert told("2026-03-13") == ({"CNY": 60_000_00}, [40_000_00, 20_000_00])
    assert told("2026-03-15") == ({"CNY": 40_000_00}, [40_000_00, 0])
    third = anew(first, "2026-04-10", on="2026-03-30")
    assert (word.row(third, "2026-03-30").amount, told("2026-03-30")) == (40_000_00, ({"CNY": 40_000_00}, [0, 0]))


def test_what_was_promised_anew_is_asked_for_once_however_many(word: Word, django_assert_max_num_queries: Any) -> None:
    claims = [word.post("invoice", 100_00) for _ in range(8)]
    for claim in claims:
        word.promise((claim, 100_00), by="2026-03-05")
        word.promise((claim, 100_00), by="2026-03-20", on="2026-03-12")
    with django_assert_max_num_queries(12):
        page = promises_page(PromiseFilter(), scope=EVERYTHING, as_of=day("2026-03-13"), limit=50)
    assert (page.count, page.sums) == (16, {"CNY": 800_00})


def test_a_credit_beside_the_promised_part_leaves_it_unpaid_when_it_is_broken(word: Word, claim: int) -> None:
    number = word.promise((claim, 30_000_00), by="2026-03-10")
    word.pay(claim, 50_000_00, "2026-03-05", kind="credit_note")
    row = word.row(number, "2026-03-14")
    assert (row.state, row.short, row.awaited) == ("broken", 30_000_00, 30_000_00)


def test_money_booked_late_that_came_in_time_keeps_it(word: Word, claim: int) -> None:
    number = word.promise((claim, 60_000_00), by="2026-03-10")
    word.pay(claim, 60_000_00, "2026-03-11", applied="2026-03-20")
    assert (word.state(number, "2026-03-19"), word.state(number, "2026-03-20")) == ("broken", "kept")


def test_what_was_paid_before_keeps_no_promise(word: Word, claim: int) -> None:
    word.pay(claim, 40_000_00, "2026-02-20")
    number = word.promise((claim, 60_000_00), by="2026-03-10")
    assert word.state(number, "2026-03-14") == "broken"


def test_taking_back_a_payment_from_before_breaks_nothing(word: Word, claim: int) -> None:
    earlier = word.pay(claim, 40_000_00, "2026-02-20")
    number = word.promise((claim, 60_000_00), by="2026-03-10")
    word.pay(claim, 60_000_00, "2026-03-10")
    reverse_settlement(settlement_id=earlier, reason="mistake", actor="tester", at=at("2026-03-12"))
    assert word.state(number, "2026-03-14") == "kept"


def test_a_receipt_that_is_taken_back_turns_kept_into_broken(word: Word, claim: int) -> None:
    number = word.promise((claim, 60_000_00), by="2026-03-10")
    settlement = word.pay(claim, 60_000_00, "2026-03-09")
    assert word.judge("2026-03-10") == {"kept": 1, "broken": 0}
    reverse_settlement(
        settlement_id=settlement, reason="bounced", on=day("2026-03-16"), actor="tester", at=at("2026-03-16")
    )
    assert (word.state(number, "2026-03-15"), word.state(number, "2026-03-16")) == ("kept", "broken")
    assert word.judge("2026-03-16") == {"kept": 0, "broken": 1}
    assert word.judge("2026-03-17") == {"kept": 0, "broken": 0}
    assert word.told() == ["promises.made", "promises.kept", "promises.broken"]


def test_a_credit_note_leaves_less_to_pay_and_keeps_nothing(word: Word, claim: int) -> None:
    number = word.promise((claim, 100_000_00), by="2026-03-10")
    word.pay(claim, 30_000_00, "2026-03-05", kind="credit_note")
    assert word.row(number, "2026-03-05").awaited == 70_000_00
    word.pay(claim, 70_000_00, "2026-03-10")
    assert word.state(number, "2026-03-14") == "kept"
    other = word.post("invoice", 500_00)
    gone = word.promise((other, 500_00), by="2026-03-10")
    word.pay(other, 500_00, "2026-03-05", kind="credit_note")
    assert word.state(gone, "2026-03-14") == "lapsed"


def test_a_credit_note_beside_the_promised_part_lessens_nothing(word: Word, claim: int) -> None:
    number = word.promise((claim, 30_000_00), by="2026-03-10")
    word.pay(claim, 50_000_00, "2026-03-05", kind="credit_note")
    assert word.row(number, "2026-03-05").awaited == 30_000_00


def test_a_bill_is_no_cash_before_it_is_paid(word: Word) -> None:
    claim = word.post("invoice", 100_000_00)
    number = word.promise((claim, 100_000_00), by="2026-07-05", on="2026-05-02")
    bill = receive_bill(
        company=word.company,
        customer_id=word.customer.id,
        paper=paper(),
        received_on=day("2026-05-20"),
        claims=[(claim, 100_000_00)],
        actor="cashier",
        at=at("2026-11-02"),
    )
    assert word.row(number, "2026-07-05").awaited == 100_000_00
    present_bill(Move(bill, day("2026-07-05"), "cashier", at("2026-11-02")))
    pay_bill(Move(bill, day("2026-07-08"), "cashier", at("2026-11-02")))
    assert [word.state(number, on) for on in ("2026-07-07", "2026-07-08", "2026-07-09")] == ["open", "kept", "kept"]


def test_a_later_promise_takes_the_place_of_an_open_one(word: Word, claim: int) -> None:
    other = word.post("invoice", 5_000_00)
    first = word.promise((claim, 60_000_00), (other, 5_000_00), by="2026-03-10")
    second = word.promise((claim, 50_000_00), by="2026-03-20", on="2026-03-08")
    assert [part.state for part in word.row(first, "2026-03-08").parts] == ["replaced", "open"]
    assert [part.state for part in word.row(first, "2026-03-07").parts] == ["open", "open"]
    assert word.row(first, "2026-03-08").replaced_by == second
    found = standing(word.company.id, day("2026-03-08"))
    assert {item: (one.promise_id, one.amount, one.by) for item, one in found.items()} == {
        claim: (second, 50_000_00, day("2026-03-20")),
        other: (first, 5_000_00, day("2026-03-10")),
    }


def test_what_was_broken_stays_broken_when_it_is_promised_anew(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-10")
    word.pay(claim, 10_000_00, "2026-03-10")
    word.judge("2026-03-14")
    second = replace_promise(
        promise_id=first, by=day("2026-03-25"), said_by="", source="email", actor="collector", at=at("2026-03-15")
    )
    assert (word.state(first, "2026-03-15"), word.state(second, "2026-03-15")) == ("partly", "open")
    assert word.row(second, "2026-03-15").amount == 50_000_00


def test_another_day_is_for_no_more_than_is_still_to_pay(word: Word, claim: int) -> None:
    """Money that came late was not in time, and is paid all the same."""
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    word.pay(claim, 50_000_00, "2026-03-12")
    row = word.row(first, "2026-03-15")
    assert (row.state, row.short, row.awaited) == ("broken", 60_000_00, 10_000_00)
    assert word.row(anew(first, "2026-03-25", on="2026-03-15"), "2026-03-15").amount == 10_000_00


def test_another_day_leaves_out_the_claims_that_were_promised_by_themselves_since(word: Word, claim: int) -> None:
    other = word.post("invoice", 5_000_00)
    first = word.promise((claim, 60_000_00), (other, 5_000_00), by="2026-03-10")
    word.promise((claim, 50_000_00), by="2026-03-20", on="2026-03-08")
    second = word.row(anew(first, "2026-03-25", on="2026-03-09"), "2026-03-09")
    assert [(part.item_id, part.amount) for part in second.parts] == [(other, 5_000_00)]
    refused("promise_not_open", anew, first, "2026-03-26", on="2026-03-09")


def anew(number: int, by: str, on: str) -> int:
    """Another day for what is still to pay of a promise."""
    return replace_promise(promise_id=number, by=day(by), said_by="", source="email", actor="collector", at=at(on))


def test_withdrawn_while_it_is_open_and_not_after(word: Word, claim: int) -> None:
    number = word.promise((claim, 60_000_00), by="2026-03-10")
    refused("promise_reason_missing", _withdraw, number, note=" ")
    refused("promise_not_open", _withdraw, number, on="2026-03-14")
    _withdraw(number, on="2026-03-05")
    assert (word.state(number, "2026-03-04"), word.state(number, "2026-03-05")) == ("open", "withdrawn")
    refused("promise_not_open", _withdraw, number)
    assert standing(word.company.id, day("2026-03-05")) == {}


def _withdraw(number: int, on: str = "2026-03-05", note: str = "误听") -> None:
    withdraw_promise(promise_id=number, note=note, actor="collector", at=at(on))


def test_refusals_change_nothing(word: Word, claim: int) -> None:
    receipt = word.post("receipt", 100_00)
    theirs = word.post("invoice", 100_00, customer_id=word.other.id)
    dollars = word.post("invoice", 100_00, currency="USD")
    refused("promise_claims_missing", word.promise, by="2026-03-10")
    refused("promise_claims_missing", word.promise, (claim, 1), (claim, 2), by="2026-03-10")
    refused("promise_claim_unfit", word.promise, (receipt, 1), by="2026-03-10")
    refused("promise_claim_unfit", word.promise, (theirs, 1), by="2026-03-10")
    refused("promise_more_than_open", word.promise, (claim, 100_000_01), by="2026-03-10")
    refused("promise_amount_bad", word.promise, (claim, 0), by="2026-03-10")
    refused("promise_currencies", word.promise, (claim, 1), (dollars, 1), by="2026-03-10")
    refused("promise_day_over", word.promise, (claim, 1), by="2026-03-01")
    refused("promise_day_far", word.promise, (claim, 1), by="2026-06-01")
    refused("promise_source_unknown", word.promise, (claim, 1), by="2026-03-10", source="dream")
    refused("promise_source_unknown", word.promise, (claim, 1), by="2026-03-10", source="portal")
    refused("promise_source_unknown", word.promise, (claim, 1), by="2026-03-10", source="portal", actor="cli:desk")
    word.promise((claim, 60_000_00), by="2026-03-10")
    refused("promise_said_already", word.promise, (claim, 60_000_00), by="2026-03-10", on="2026-03-03")


def test_a_broken_one_is_work_until_it_is_kept_or_promised_anew(word: Word, claim: int) -> None:
    word.promise((claim, 60_000_00), by="2026-03-10")
    assert word.judge("2026-03-14") == {"kept": 0, "broken": 1}
    item = WorkItem.objects.get(kind="promises.broken")
    assert (item.role, item.shown["amount"], item.shown["paid"]) == ("collector", "CNY 60000.00", "CNY 0.00")
    word.promise((claim, 60_000_00), by="2026-03-20", on="2026-03-15")
    assert open_keys("promises.broken") == {}
    word.judge("2026-03-24")
    assert len(open_keys("promises.broken")) == 1
    word.pay(claim, 60_000_00, "2026-03-19", applied="2026-03-25")
    assert word.judge("2026-03-25") == {"kept": 1, "broken": 0}
    assert open_keys("promises.broken") == {}


def test_kept_rates_of_everybody_in_one_question(word: Word, django_assert_max_num_queries: Any) -> None:
    for number, (kept, by) in enumerate([(True, "2026-03-05"), (False, "2026-03-06"), (True, "2026-03-07")]):
        item = word.post("invoice", 100_00 + number)
        word.promise((item, 100_00), by=by)
        if kept:
            word.pay(item, 100_00, "2026-03-04")
    theirs = word.post("invoice", 100_00, customer_id=word.other.id)
    word.promise((theirs, 100_00), by="2026-03-05", customer=word.other.id)
    with django_assert_max_num_queries(2):
        found = kept_rates(word.company.id, day("2026-03-20"))
    assert {one: (kept.kept, kept.partly, kept.broken, kept.share_e4) for one, kept in found.items()} == {
        word.customer.id: (2, 0, 1, 6_667),
        word.other.id: (0, 0, 1, 0),
    }
    assert kept_rates(word.company.id, day("2026-03-04"))[word.customer.id].share_e4 == 10_000
    assert kept_rates(word.company.id, day("2027-03-20")) == {}


def test_the_list_and_one_customers_promises(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-10")
    second = word.promise((word.post("invoice", 70_00), 70_00), by="2026-03-05")
    page = promises_page(PromiseFilter(), scope=EVERYTHING, as_of=day("2026-03-09"), limit=1)
    assert ([row.id for row in page.rows], page.count, page.sums) == ([second], 2, {"CNY": 60_070_00})
    rest = promises_page(PromiseFilter(), scope=EVERYTHING, as_of=day("2026-03-09"), after=page.next, limit=1)
    assert ([row.id for row in rest.rows], rest.next, rest.rows[0].said_by) == ([first], "", "")
    chosen = PromiseFilter(state="open", text="北麓")
    assert [row.id for row in promises_page(chosen, scope=EVERYTHING, as_of=day("2026-03-09"), limit=9).rows] == [
        first
    ]
    assert [row.id for row in of_customer(word.customer.id, EVERYTHING, as_of=day("2026-03-09"))] == [second, first]


# The laws, over random lives of one claim.

_START = date(2026, 3, 2)
_MOVES = st.lists(
    st.tuples(st.sampled_from(["receipt", "credit_note", "back"]), st.integers(1, 40), st.integers(0, 20)), max_size=6
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=_MOVES, looked=st.integers(0, 20))
def test_a_day_is_not_changed_by_what_takes_effect_after_it(word: Word, moves: Any, looked: int) -> None:
    """The same question about the same day, asked before and after later entries, has the same answer."""
    claim = word.post("invoice", 100)
    number = word.promise((claim, 60), by="2026-03-10")
    then = str(_START + timedelta(days=looked))
    live: list[tuple[int, int]] = []
    left = 100
    for kind, amount, offset in sorted(moves, key=lambda move: move[2]):
        before = word.row(number, then)
        on = _START + timedelta(days=offset)
        if kind == "back":
            if live:
                settlement, given_back = live.pop()
                reverse_settlement(settlement_id=settlement, reason="x", on=on, actor="t", at=at(str(on)))
                left += given_back
        elif amount <= left:
            live.append((word.pay(claim, amount, str(on), kind=kind), amount))
            left -= amount
        if offset > looked:
            assert word.row(number, then) == before


@given(
    st.lists(
        st.builds(
            Standing,
            st.integers(1, 100),
            st.integers(100, 200),
            st.dates(date(2026, 1, 1), date(2026, 1, 9)),
            st.integers(0, 120),
            st.integers(0, 50),
            st.integers(0, 200),
            st.sampled_from(["", "", "", "replaced", "withdrawn"]),
        ),
        min_size=1,
        max_size=4,
    ),
    st.dates(date(2026, 1, 1), date(2026, 1, 12)),
)
def test_a_promise_is_told_by_its_parts(parts: list[Standing], on: date) -> None:
    states = [part_state(part, on) for part in parts]
    told = promise_state(parts, on)
    assert (told == "open") == ("open" in states)
    if told == "kept":
        assert set(states) <= {"kept", "lapsed", "replaced", "withdrawn"}
        assert "kept" in states
    if told == "broken":
        assert "kept" not in states
        assert "partly" not in states
