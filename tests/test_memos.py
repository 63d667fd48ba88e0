"""The generator that judges matching: the same seed, the same problem; each truth is whole, to the cent."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "benchmarks"))
from abroad import problem as abroad  # noqa: E402 - programs of their own, not a package
from matching_problems import scene_of  # noqa: E402
from matching_rivals import fuzzy_name, oldest_first  # noqa: E402
from matching_score import merged, score  # noqa: E402
from memo_book import Book, Certainty, Scene, Truth  # noqa: E402
from memo_week import KINDS, MORE, sets_of  # noqa: E402
from memos import scene  # noqa: E402

from huikuan.record.cash.domain.book import Answer, Claim, Part, Payment, Proposal, Verdict  # noqa: E402


@pytest.fixture(scope="module")
def problem() -> Scene:
    return scene(7, lines=400, more=True)


def test_everything_follows_from_the_seed(problem: Scene) -> None:
    assert scene(7, lines=400, more=True) == problem
    assert scene(8, lines=400, more=True).payments != problem.payments
    assert {truth.kind for truth in scene(7, lines=400).truths} <= set(KINDS)


def test_every_kind_is_there_in_about_its_share() -> None:
    made, kinds = scene(3, lines=4_000, more=True), KINDS | MORE
    counts = Counter(truth.kind for truth in made.truths)
    total = sum(kind.share for kind in kinds.values())
    assert len(KINDS) >= 15
    assert set(counts) == set(kinds)
    for name, kind in kinds.items():
        expected = 4_000 * kind.share / total
        # Groups may be wanting in a small book; everything else is within five standard deviations.
        assert abs(counts[name] - expected) <= 5 * max(expected, 25) ** 0.5 or name == "second_of_the_same"


def test_a_truth_conserves_money_and_no_claim_is_paid_beyond_what_is_open(problem: Scene) -> None:
    claims = {claim.item_id: claim for claim in problem.claims}
    closed: Counter[int] = Counter()
    for payment, truth in zip(problem.payments, problem.truths, strict=True):
        assert payment.amount > 0
        assert truth.line_id == payment.line_id
        assert sum(part.amount for part in truth.parts) + truth.rest == payment.amount
        for part in (*truth.parts, *(truth.differences or ())):
            claim = claims[part.item_id]
            assert claim.currency == payment.currency
            assert truth.customer_id in (claim.customer_id, None)
            assert part.amount > 0 if claim.side == "debit" else part.amount < 0
            closed[part.item_id] += abs(part.amount)
    assert all(closed[item] <= claims[item].open_amount for item in closed)
    # Each claim is meant by one payment at most.
    assert max(Counter(part.item_id for truth in problem.truths for part in truth.parts).values()) == 1


def test_a_problem_abroad_conserves_money_too() -> None:
    assert abroad(2, 100) == abroad(2, 100)
    problem = abroad(2, 100)
    paid = {row["payment_id"]: row["amount"] for row in problem["payments"]}
    owed = {row["invoice_id"]: row["amount"] for row in problem["invoices"]}
    by_payment: Counter[str] = Counter()
    by_invoice: Counter[str] = Counter()
    for row in problem["ground_truth"]["applications"]:
        by_payment[row["payment_id"]] += row["applied_amount"]
        by_invoice[row["invoice_id"]] += row["applied_amount"]
    assert all(0 < amount <= paid[number] for number, amount in by_payment.items())
    assert all(abs(amount) <= abs(owed[number]) for number, amount in by_invoice.items())
    # Every payment is applied or known to pay nothing, never both.
    assert sorted([*by_payment, *problem["ground_truth"]["unmatched_payments"]]) == sorted(paid)


def test_what_is_certain_without_a_number_has_one_set_only(problem: Scene) -> None:
    for payment, truth in zip(problem.payments, problem.truths, strict=True):
        if truth.kind.startswith("no_number") and truth.certainty is Certainty.CERTAIN:
            own = [claim for claim in problem.claims if claim.customer_id == truth.customer_id]
            assert sets_of([claim for claim in own if claim.currency == "CNY"], payment.amount) == 1
        if truth.kind in ("twin_invoices", "part_no_number", "stranger_with_number"):
            assert truth.certainty is Certainty.UNKNOWABLE


def test_sets_are_counted_with_credits_taken_off() -> None:
    book = Book(Random(1), 24)
    one = book.customers[0]
    claims = [book.claim(one, amount=amount) for amount in (100, 200, 300, 400)]
    assert sets_of(claims, 500) == 2  # 100 + 400, 200 + 300
    assert sets_of(claims, 1000) == 1
    assert sets_of(claims, 950) == 0
    credit = book.claim(one, amount=50, side="credit")
    assert sets_of([*claims, credit], 950) == 1


def _small() -> Scene:
    """Two payments of one customer: one of its invoice, one nobody could know."""
    book = Book(Random(1), 24)
    claim = book.claim(book.customers[0], amount=100_00)
    lines = tuple(Payment(line, claim.document_date, 100_00, "CNY") for line in (1, 2))
    known = Truth(1, "number_plain", Certainty.CERTAIN, 1, (Part(claim.item_id, 100_00),))
    unknown = Truth(2, "part_no_number", Certainty.UNKNOWABLE, 1, (), 100_00)
    return Scene((claim,), (book.customers[0].party(),), lines, (known, unknown))


def _said(line: int, verdict: Verdict, claim: Claim, amount: int = 100_00) -> Answer:
    return Answer(line, verdict, (Proposal(1, (Part(claim.item_id, amount),), 0.9, 0, ()),))


def test_the_score_counts_what_is_applied_and_what_is_said() -> None:
    problem = _small()
    (claim,) = problem.claims
    found = score(problem, [_said(1, Verdict.APPLIED, claim), _said(2, Verdict.APPLIED, claim)])
    # The second was nobody's to know: half of what was applied is wrong.
    assert (found.all.precision, found.asked().automatic, found.asked().recall) == (0.5, 1.0, 1.0)
    assert [truth.line_id for _, truth, _ in found.wrong] == [2]
    found = score(problem, [_said(1, Verdict.APPLIED, claim, 99_99)])
    assert (found.all.precision, found.asked().automatic, found.all.recall) == (0.0, 0.0, 0.0)
    found = score(problem, [_said(1, Verdict.SUGGESTED, claim), _said(2, Verdict.SUGGESTED, claim)])
    assert (found.all.precision, found.asked().automatic, found.asked().recall) == (1.0, 0.0, 1.0)
    # Said twice at 0.9, meant once.
    assert found.bins[0.9] == [2, 1]
    twice = merged([found, found])
    assert (twice.all.lines, twice.bins[0.9], len(twice.missed)) == (4, [4, 2], 2)


def test_money_on_account_of_the_right_customer_is_no_mistake() -> None:
    problem = _small()
    for customer, right in ((1, 1), (2, 0)):
        answer = Answer(2, Verdict.APPLIED, (Proposal(customer, (), 0.99, 0, (), 100_00),))
        found = score(problem, [answer])
        assert (found.all.applied_pairs, found.all.applied_pairs_right) == (1, right)


def test_the_rivals_do_what_their_description_says() -> None:
    book = Book(Random(1), 24)
    one = book.customers[0]
    old = book.claim(one, amount=100_00, number="26322000000000000001", document_date=book_day(60))
    new = book.claim(one, amount=300_00, number="26322000000087654321", document_date=book_day(30))
    base = Payment(1, book_day(0), 300_00, "CNY", payer_name=one.legal, memo="货款")
    problem = Scene((old, new), (one.party(),), (base,), ())
    (greedy,), (named,) = oldest_first(problem), fuzzy_name(problem)
    first, second = sorted((old, new), key=lambda claim: claim.due_date or claim.document_date)
    paid = min(first.amount, 300_00)
    rest = [Part(second.item_id, 300_00 - paid)] if paid < 300_00 else []
    assert list(greedy.proposals[0].parts) == [Part(first.item_id, paid), *rest]
    assert named.proposals[0].parts == (Part(new.item_id, 300_00),)
    (greedy,) = oldest_first(replace(problem, payments=(replace(base, memo="货款87654321"),)))
    assert greedy.proposals[0].parts == (Part(new.item_id, 300_00),)
    stranger = replace(base, payer_name="河北己辰商贸有限公司")
    assert oldest_first(replace(problem, payments=(stranger,)))[0].verdict is Verdict.LEFT
    assert fuzzy_name(replace(problem, payments=(stranger,)))[0].verdict is Verdict.LEFT


def book_day(before: int) -> date:
    return date(2026, 9, 14) - timedelta(days=before)


def test_a_problem_of_others_is_read_to_the_cent() -> None:
    invoice = {
        "customer_id": "C1", "customer_name": "Northern Lantern Ltd", "invoice_date": "2026-03-17",
        "due_date": "2026-05-16",
    }  # fmt: skip
    payment = {"payment_date": "2026-04-06", "payer_name": "NL Ltd", "reference_info": "CK# 1005"}
    applied = {"payment_id": "P1", "match_type": "credit_memo"}
    read = scene_of(
        {
            "invoices": [
                {**invoice, "invoice_id": "I1", "amount": Decimal("35200.0")},
                {**invoice, "invoice_id": "I2", "amount": Decimal("-12799.3")},
            ],
            "payments": [
                {**payment, "payment_id": "P1", "amount": Decimal("22400.7")},
                {**payment, "payment_id": "P2", "amount": Decimal("1.1")},
            ],
            "remittance_lines": [{"payment_id": "P1", "invoice_ref": "I1", "amount": Decimal("35200.0"), "memo": "x"}],
            "ground_truth": {
                "applications": [
                    {**applied, "invoice_id": "I1", "applied_amount": Decimal("35200.0")},
                    {**applied, "invoice_id": "I2", "applied_amount": Decimal("-12799.3")},
                ]
            },
        }
    )
    assert [(claim.side, claim.open_amount) for claim in read.claims] == [("debit", 3520000), ("credit", 1279930)]
    assert read.truths[0].parts == (Part(1, 3520000), Part(2, -1279930))
    assert (read.truths[0].rest, read.truths[0].kind, read.truths[0].customer_id) == (0, "credit_memo", 1)
    assert (read.truths[1].kind, read.truths[1].receivable) == ("unmatched", False)
    assert [(one.document_number, one.amount) for one in read.advices] == [("I1", 3520000)]
