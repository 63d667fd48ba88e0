"""Statements as factors: ratios and how they stand in the industry, by any day and as known, in one question."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from huikuan.judge.rating.domain.factors import (
    FACTORS,
    RATIO,
    STANDING,
    STATEMENTS,
    FactorValue,
    Reliability,
    standing_name,
)
from huikuan.judge.rating.domain.reading import read
from huikuan.judge.rating.domain.scorecard import score
from huikuan.judge.rating.domain.shipped import DOCUMENT
from huikuan.judge.rating.operations.information import record_information
from huikuan.judge.rating.queries.facts import known_facts
from huikuan.judge.rating.queries.ratios import stated_values
from huikuan.judge.rating.telling import factor_title
from huikuan.judge.rating.tests.conftest import AT, DAY
from huikuan.judge.rating.tests.test_scorecard import LEDGER
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.sealing import seal
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations.merging import merge_customers
from huikuan.record.financials.domain.ratios import RATIOS
from huikuan.record.financials.domain.reference import Reference
from huikuan.record.financials.operations.references import record_references
from huikuan.record.financials.operations.statements import record_statement, withdraw_statement
from huikuan.record.financials.tests.samples import Y2025, small, year_before
from huikuan.record.receivables.tests.ledgers import Book, new_book

WHO: dict[str, Any] = {"actor": "cli:test", "at": AT}
RECEIVED = date(2026, 3, 15)


@pytest.fixture
def book(transactional_db: None) -> Book:
    made = new_book(customers=3)
    Customer.objects.filter(pk=made.customers[0].id).update(industry="机械制造")
    return made


def record(book: Book, customer: int = 0, **changes: Any) -> int:
    return record_statement(customer_id=book.customers[customer].id, statement=small(**changes), **WHO)


def stated(book: Book, customer: int = 0, day: date = DAY, **more: Any) -> dict[str, FactorValue]:
    values = stated_values(as_of=day, customer_ids=[book.customers[customer].id], **more)
    return {one.factor: one for one in values.get(book.customers[customer].id, [])}


def reference(ratio: str, *values: str, **more: Any) -> Reference:
    told = {"industry": "机械制造", "size": "", "year": 2025, "source": "invented", **more}
    return Reference(ratio=ratio, values=tuple(map(Decimal, values)), **told)


def test_every_ratio_is_a_factor_with_its_unit_a_standing_and_words() -> None:
    assert {name for name, factor in FACTORS.items() if factor.group == RATIO} == set(RATIOS)
    assert {name for name, factor in FACTORS.items() if factor.group == STANDING} == set(map(standing_name, RATIOS))
    assert all(FACTORS[name].unit == ratio.unit for name, ratio in RATIOS.items())
    with translation.override("en"):
        assert factor_title("debt_ratio_standing") == "Debt to assets, points in its industry"
    assert len({factor_title(name) for name in FACTORS}) == len(FACTORS)


def test_statements_answer_with_value_day_source_and_reliability(book: Book) -> None:
    assert stated(book) == {}
    record_statement(customer_id=book.customers[0].id, statement=year_before(), **WHO)
    record(book)
    found = stated(book)
    told = {name: str(found[name].value) for name in ("debt_ratio", "quick_ratio", "altman_z", "altman_z_private")}
    assert told == {
        "debt_ratio": "0.600000", "quick_ratio": "1.000000", "altman_z": "3.038600", "altman_z_private": "1.996610"
    }  # fmt: skip
    assert set(found) == set(RATIOS), "no reference values, no standings"
    one = found["receivables_and_inventory_share"]
    assert (one.value, one.source, one.on, one.reliability) == (Decimal("0.700000"), STATEMENTS, Y2025.ends_on, 1)
    record(book, audited=True)
    assert stated(book)["debt_ratio"].reliability == 3
    # A ratio without a value says nothing.
    record(book, amounts={"total_assets": 100_000, "total_liabilities": 0})
    assert set(stated(book)) == {"debt_ratio"}


def test_only_what_was_received_by_the_day_and_known_by_the_head_counts(book: Book) -> None:
    before = seal(AT)
    record(book)
    after = seal(AT + timedelta(hours=1))
    assert stated(book, day=RECEIVED - timedelta(days=1)) == {}
    assert "debt_ratio" in stated(book, day=RECEIVED)
    assert stated(book, known=before) == {}
    record(book, amounts=replace(small(), amounts={"total_assets": 100, "total_liabilities": 90}).amounts)
    assert stated(book)["debt_ratio"].value == Decimal("0.9")
    assert stated(book, known=after)["debt_ratio"].value == Decimal("0.6")
    withdraw_statement(customer_id=book.customers[0].id, period=Y2025, version=2, reason="of another firm", **WHO)
    assert stated(book) == {}


def test_all_customers_in_one_question_are_what_each_is_alone(book: Book) -> None:
    for customer in (0, 1):
        record(book, customer)
    ids = [one.id for one in book.customers]
    record_references(references=[reference("debt_ratio", "0.5", "0.55", "0.6", "0.7", "0.85")], **WHO)
    together = stated_values(as_of=DAY)
    assert together == {ids[number]: list(stated(book, number).values()) for number in (0, 1)}
    with CaptureQueriesContext(
        connection,
    ) as few:
        stated_values(as_of=DAY, customer_ids=ids[:1])
    with CaptureQueriesContext(connection) as many:
        stated_values(as_of=DAY, customer_ids=ids)
    assert len(many) == len(few)
    with CaptureQueriesContext(connection) as none:
        assert stated_values(as_of=DAY, factors={"average_days_late", "bank_reference"}) == {}
    assert len(none) == 0, "what no card asks is not read"
    assert {one.factor for one in stated_values(as_of=DAY, factors={"debt_ratio"})[ids[0]]} == {"debt_ratio"}


def test_a_merged_customers_statements_are_its_successors(book: Book) -> None:
    record(book, 1)
    ids = [one.id for one in book.customers]
    merge_customers(from_id=ids[1], into_id=ids[0], reason="one firm", **WHO)
    assert list(stated_values(as_of=DAY)) == [ids[0]]
    assert "debt_ratio" in stated(book, 0)


@pytest.mark.parametrize(
    ("ratio", "tiers", "points"),
    [
        # Lower is better: 0.6 is the average; turning the list alone would give 100.
        ("debt_ratio", ("0.5", "0.55", "0.6", "0.7", "0.85"), "60"),
        ("debt_ratio", ("0.3", "0.35", "0.4", "0.45", "0.5"), "0"),
        # 20 + 20 × (0.8 − 0.7) ÷ (0.8 − 0.7) at the low tier; two in three of the way from low to average.
        ("receivables_and_inventory_share", ("0.3", "0.4", "0.68", "0.74", "0.9"), "53.33"),
        # Higher is better.
        ("quick_ratio", ("1.5", "1.2", "0.9", "0.6", "0.3"), "66.67"),
        ("quick_ratio", ("0.9", "0.8", "0.7", "0.6", "0.5"), "100"),
    ],
)  # fmt: skip
def test_a_standing_has_points_in_the_industry(book: Book, ratio: str, tiers: tuple[str, ...], points: str) -> None:
    record(book)
    record(book, 1)
    record_references(references=[reference(ratio, *tiers)], **WHO)
    found = stated(book)[standing_name(ratio)]
    assert (found.value, found.source, found.on) == (Decimal(points), STATEMENTS, Y2025.ends_on)
    assert standing_name(ratio) not in stated(book, 1), "of no industry"
    record_references(references=[reference(ratio, *tiers, year=2027)], **WHO)
    assert stated(book)[standing_name(ratio)] == found, "a year to come says nothing yet"


def test_nobody_states_a_standing_and_others_may_state_a_ratio(book: Book) -> None:
    told = {"customer_id": book.customers[0].id, "on": DAY, "source": "third_party", **WHO}
    with pytest.raises(Refusal, match="factor_computed"):
        record_information(factor="debt_ratio_standing", value="90", reliability=Reliability.REPORTED, **told)
    record_information(factor="debt_ratio", value="0.35", reliability=Reliability.SAID, **told)
    record(book)
    values = known_facts(as_of=DAY).of(book.customers[0].id)["debt_ratio"]
    assert [(one.source, str(one.value)) for one in values] == [
        (STATEMENTS, "0.600000"), ("third_party", "0.35")
    ]  # fmt: skip


def test_the_key_accounts_card_weighs_ledger_statements_and_signals(book: Book) -> None:
    """docs/algorithms/scorecard.md: ledger 35 of 45, statements 31 of 40, nothing said 6 of 15."""
    record_statement(customer_id=book.customers[0].id, statement=year_before(), **WHO)
    record(book)
    policy = read(DOCUMENT)
    known = {one.factor: [one] for one in (*LEDGER, *stated(book).values())}
    found = score(policy.cards["key_accounts"], policy.bands, known, as_of=DAY)
    assert [(one.factor, one.points, one.most) for one in found.reasons] == [
        ("average_days_late", 11, 15),
        ("paid_on_time_amount", 8, 10),
        ("overdue_share", 8, 10),
        ("payment_cycle_change", 5, 5),
        ("return_rate", 3, 5),
        ("debt_ratio", 4, 8),
        ("quick_ratio", 7, 7),
        ("altman_z", 8, 8),
        ("cash_flow_ratio", 4, 6),
        ("receivables_turnover", 4, 4),
        ("receivables_and_inventory_share", 1, 4),
        ("return_on_equity", 3, 3),
        ("bank_reference", 3, 7),
        ("third_party_rating", 3, 8),
    ]
    assert (found.score, found.grade, found.known) == (72, "B", 80)
    # Nineteen months after the year they speak of, statements count as not known.
    old = score(policy.cards["key_accounts"], policy.bands, known, as_of=date(2027, 7, 31))
    assert {one.value for one in old.reasons if one.factor in RATIOS} == {None}


def test_the_shipped_cards_give_more_for_the_better_ratio() -> None:
    for card in read(DOCUMENT).cards.values():
        for line in card.lines:
            if line.factor in RATIOS:
                points = [one.points for one in line.bins]
                assert points == sorted(points, reverse=RATIOS[line.factor].lower_is_better), line.factor
