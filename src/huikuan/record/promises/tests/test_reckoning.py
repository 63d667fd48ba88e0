"""Words about one claim are reckoned together: what is still to pay of it is told once, whatever came and bounced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.bills.operations.moving import Move, pay_bill, present_bill
from huikuan.record.bills.operations.receiving import receive_bill
from huikuan.record.bills.tests.conftest import paper
from huikuan.record.promises.domain.promising import REPLACED, Spoken, Standing, part_state, reckoned, still_to_pay
from huikuan.record.promises.operations.promising import replace_promise
from huikuan.record.promises.queries.promises import PromiseFilter, promises_page
from huikuan.record.promises.tests.conftest import Word, at, day
from huikuan.record.receivables.models import Settlement
from huikuan.record.receivables.operations.reversals import reverse_settlement

OVER, TODAY, TO_COME = day("2026-03-05"), day("2026-03-12"), day("2026-03-20")
#: What may happen to a claim: a word of so much, money, a credit note, or the n-th of them taken back.
HAPPENED = st.lists(
    st.tuples(st.sampled_from(["word", "word", "another day", "money", "credit", "back"]), st.integers(1, 100)),
    max_size=9,
)


class Claim:
    """A claim of 100 as it goes along: what words were given, and what left it."""

    def __init__(self, in_time: bool) -> None:
        self.in_time = in_time
        self.words: list[dict[str, Any]] = []
        self.gone: list[dict[str, Any]] = []

    def left(self, kinds: Sequence[str] = ("money", "credit"), since: int = 0) -> int:
        return sum(one["amount"] for one in self.gone[since:] if one["kind"] in kinds and not one["back"])

    @property
    def open(self) -> int:
        return 100 - self.left()

    def happen(self, kind: str, number: int) -> None:
        amount = min(number, self.open)
        if kind == "back" and self.gone:
            self.gone[number % len(self.gone)]["back"] = True
        elif kind in ("money", "credit") and amount:
            self.gone.append({"kind": kind, "amount": amount, "back": False})
        elif kind in ("word", "another day") and amount:
            self.say(amount, kind == "another day")

    def say(self, amount: int, instead: bool) -> None:
        taken = len(self.words) - 1 if instead and self.words else None
        if taken is not None:
            self.words[taken]["ended"] = REPLACED
        first = self.words[0]["seen"] if self.words else len(self.gone)
        self.words.append({
            "amount": amount, "stood": self.open, "seen": len(self.gone), "ended": "",
            "before": self.left(["money"], first), "instead": [] if taken is None else [taken],
        })  # fmt: skip

    def counted(self, seen: int) -> tuple[date, int, int]:
        """The day of a word, and what came in time and later."""
        came = self.left(["money"], seen)
        return (TO_COME, came, 0) if self.in_time else (OVER, 0, came)

    def told(self) -> list[Spoken]:
        return [
            Spoken(
                Standing(
                    one["amount"], one["stood"], *self.counted(one["seen"]),
                    self.left(["credit"], one["seen"]), one["ended"],
                ),
                one["before"], one["instead"],
            )
            for one in self.words
        ]  # fmt: skip


@given(HAPPENED, st.booleans())
def test_of_a_claim_no_more_is_to_pay_than_is_open_and_no_less_than_any_word_awaits(
    happened: list[tuple[str, int]], in_time: bool
) -> None:
    claim = Claim(in_time)
    for kind, number in happened:
        claim.happen(kind, number)
    words = claim.told()
    if not words:
        return
    alone = [still_to_pay(word.standing, TODAY) for word in words]
    found = reckoned(words, TODAY)
    still = [still_to_pay(part, TODAY) for part in found]
    assert max(alone) <= sum(still) <= claim.open
    assert still[-1] >= alone[-1], "the last word is told whole"
    assert [part_state(part, TODAY) for part in found] == [part_state(word.standing, TODAY) for word in words]
    assert all(0 <= part.elsewhere <= part.unpaid for part in found)
    assert all(0 <= part.shared <= part.paid + part.later for part in found)
    if len(words) == 1:
        assert found == [words[0].standing]


@pytest.fixture
def claim(word: Word) -> int:
    return word.post("invoice", 100_000_00)


def bounced(settlement: int, on: str) -> None:
    reverse_settlement(settlement_id=settlement, reason="bounced", on=day(on), actor="t", at=at(on))


def awaited(word: Word, on: str, *numbers: int) -> list[int]:
    """What is still to pay of each, in yuan; the list's sum is theirs."""
    told = [word.row(number, on).awaited for number in numbers]
    page = promises_page(PromiseFilter(), scope=EVERYTHING, as_of=day(on), limit=50)
    assert page.sums == {"CNY": sum(told)}
    return [amount // 100 for amount in told]


@pytest.mark.django_db
def test_what_bounced_after_the_rest_was_promised_is_to_pay_beside_it(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    settlement = word.pay(claim, 60_000_00, "2026-03-04")
    rest = word.promise((claim, 40_000_00), by="2026-03-25", on="2026-03-06")
    bounced = day("2026-03-15")
    reverse_settlement(settlement_id=settlement, reason="bounced", on=bounced, actor="t", at=at("2026-03-15"))

    def told(on: str) -> tuple[dict[str, int], list[int]]:
        page = promises_page(PromiseFilter(), scope=EVERYTHING, as_of=day(on), limit=50)
        return page.sums, [word.row(number, on).awaited for number in (first, rest)]

    assert told("2026-03-10") == ({"CNY": 40_000_00}, [0, 40_000_00])
    assert told("2026-03-16") == told("2026-03-30") == ({"CNY": 100_000_00}, [60_000_00, 40_000_00])


@pytest.mark.django_db
def test_money_after_two_words_beside_each_other_pays_one_of_them(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    settlement = word.pay(claim, 60_000_00, "2026-03-04")
    rest = word.promise((claim, 40_000_00), by="2026-03-25", on="2026-03-06")
    bounced(settlement, "2026-03-15")
    word.pay(claim, 30_000_00, "2026-03-20")
    assert awaited(word, "2026-03-30", first, rest) == [60_000, 10_000]
    part = word.row(first, "2026-03-30").parts[0]
    assert (part.later, part.shared, part.elsewhere) == (30_000_00, 30_000_00, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(("came", "told"), [(59_999_00, 40_001), (60_000_00, 40_000), (90_000_00, 10_000)])
def test_what_is_paid_by_itself_is_still_to_pay_beside_the_other(word: Word, claim: int, came: int, told: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    settlement = word.pay(claim, 60_000_00, "2026-03-04")
    rest = word.promise((claim, 40_000_00), by="2026-03-25", on="2026-03-06")
    bounced(settlement, "2026-03-15")
    word.pay(claim, came, "2026-03-20")
    assert awaited(word, "2026-03-30", first, rest) == [told, 0]
    anew = replace_promise(
        promise_id=first, by=day("2026-04-20"), said_by="", source="email", actor="t", at=at("2026-03-30")
    )
    assert word.row(anew, "2026-03-30").amount == told * 100


@pytest.mark.django_db
def test_money_in_time_for_both_pays_one_of_them(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-20")
    settlement = word.pay(claim, 60_000_00, "2026-03-04")
    rest = word.promise((claim, 40_000_00), by="2026-03-25", on="2026-03-06")
    bounced(settlement, "2026-03-15")
    word.pay(claim, 30_000_00, "2026-03-16")
    assert awaited(word, "2026-03-17", first, rest) == awaited(word, "2026-03-30", first, rest) == [60_000, 10_000]
    word.pay(claim, 30_000_00, "2026-03-17")
    assert awaited(word, "2026-03-17", first, rest) == [40_000, 0]


@pytest.mark.django_db
def test_a_bill_that_was_paid_and_taken_back_bounces_too(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-07-20", on="2026-05-02")
    bill = receive_bill(
        company=word.company, customer_id=word.customer.id, paper=paper(amount=60_000_00),
        received_on=day("2026-05-20"), claims=[(claim, 60_000_00)], actor="cashier", at=at("2026-07-01"),
    )  # fmt: skip
    present_bill(Move(bill, day("2026-07-05"), "cashier", at("2026-07-08")))
    pay_bill(Move(bill, day("2026-07-08"), "cashier", at("2026-07-08")))
    rest = word.promise((claim, 40_000_00), by="2026-07-30", on="2026-07-10")
    assert awaited(word, "2026-07-11", first, rest) == [0, 40_000]
    bounced(Settlement.objects.get(debit_id=claim).pk, "2026-07-15")
    assert awaited(word, "2026-07-16", first, rest) == awaited(word, "2026-08-30", first, rest) == [60_000, 40_000]


@pytest.mark.django_db
def test_a_bill_in_hand_has_kept_nothing_of_what_is_promised_anew(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    bill = receive_bill(
        company=word.company,
        customer_id=word.customer.id,
        paper=paper(amount=30_000_00),
        received_on=day("2026-03-11"),
        claims=[(claim, 30_000_00)],
        actor="cashier",
        at=at("2026-03-11"),
    )
    second = word.promise((claim, 60_000_00), by="2026-03-20", on="2026-03-12")
    assert bill
    assert awaited(word, "2026-03-13", first, second) == awaited(word, "2026-03-24", first, second) == [0, 60_000]
    assert [word.row(one, "2026-03-24").is_last_word for one in (first, second)] == [False, True]


@pytest.mark.django_db
def test_a_credit_note_taken_back_leaves_what_was_promised_anew(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    settlement = word.pay(claim, 30_000_00, "2026-03-11", kind="credit_note")
    second = word.promise((claim, 60_000_00), by="2026-03-20", on="2026-03-12")
    assert awaited(word, "2026-03-13", first, second) == [0, 60_000]
    bounced(settlement, "2026-03-15")
    assert awaited(word, "2026-03-16", first, second) == [0, 60_000]


@pytest.mark.django_db
def test_a_credit_note_after_a_bounce_lessens_what_is_owed_alone(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    settlement = word.pay(claim, 60_000_00, "2026-03-04")
    rest = word.promise((claim, 40_000_00), by="2026-03-25", on="2026-03-06")
    bounced(settlement, "2026-03-15")
    word.pay(claim, 30_000_00, "2026-03-16", kind="credit_note")
    assert awaited(word, "2026-03-17", first, rest) == [60_000, 10_000]


@pytest.mark.django_db
def test_another_day_for_the_rest_is_no_day_for_what_bounced(word: Word, claim: int) -> None:
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    settlement = word.pay(claim, 60_000_00, "2026-03-04")
    rest = word.promise((claim, 40_000_00), by="2026-03-25", on="2026-03-06")
    bounced(settlement, "2026-03-15")
    moved = word.promise((claim, 40_000_00), by="2026-04-10", on="2026-03-16")
    assert awaited(word, "2026-03-17", first, rest, moved) == [60_000, 0, 40_000]
    assert awaited(word, "2026-04-20", first, rest, moved) == [60_000, 0, 40_000]


@pytest.mark.django_db
def test_what_bounced_before_the_first_word_bounces_beside_both(word: Word, claim: int) -> None:
    early = word.pay(claim, 20_000_00, "2026-03-01")
    first = word.promise((claim, 60_000_00), by="2026-03-05")
    settlement = word.pay(claim, 60_000_00, "2026-03-04")
    bounced(early, "2026-03-06")
    rest = word.promise((claim, 40_000_00), by="2026-03-25", on="2026-03-07")
    bounced(settlement, "2026-03-15")
    assert awaited(word, "2026-03-16", first, rest) == [60_000, 40_000]
