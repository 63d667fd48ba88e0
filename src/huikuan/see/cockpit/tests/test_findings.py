"""The checkup: each rule at its edge, and rule = query = rows on random ledgers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.columns.operations import compact, refresh
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.operations.periods import lock_period
from huikuan.record.receivables.queries.items import ItemFilter, every_item
from huikuan.record.receivables.queries.periods import locked_through
from huikuan.record.receivables.queries.valuation import valuation
from huikuan.record.receivables.tests.ledgers import (
    AT,
    DAYS,
    affiliate,
    clear,
    new_book,
    post,
    rate,
    write_random,
)
from huikuan.record.receivables.tests.ledgers import (
    Book as Written,
)
from huikuan.see.cockpit.domain.findings import (
    RULES,
    WATCHES,
    Book,
    Finding,
    Line,
    Pace,
    Thresholds,
    is_registered,
    month_before,
    paces,
    ranked,
)
from huikuan.see.cockpit.policies import FINDINGS, check_findings
from huikuan.see.cockpit.queries.findings import CONDITIONS, checkup, every_line, open_finding
from huikuan.see.cockpit.web import speaking

EXAMPLES = 40 if os.environ.get("HUIKUAN_PROVE") else 4
DAY = date(2026, 3, 31)

#: Writes what it mirrors, so it commits.
committing = pytest.mark.django_db(transaction=True)


def line(number: int = 1, **given: object) -> Line:
    plain = {
        "item_id": number, "line": 0, "company_id": 1, "customer_id": 1, "kind": "invoice", "side": "debit",
        "currency": "CNY", "document_date": date(2026, 1, 1), "posting_date": date(2026, 1, 1),
        "due_date": date(2026, 1, 31), "open_amount": 100, "value": 100,
    }  # fmt: skip
    return Line(**{**plain, **given})  # type: ignore[arg-type]


def found(code: str, lines: Sequence[Line], **book: object) -> list[int]:
    rows = {**RULES, **WATCHES}[code](Book(DAY, tuple(lines), **book), Thresholds())  # type: ignore[arg-type]
    return [row.item_id for row in rows]


def days_late(number: int, days: int, **given: object) -> Line:
    return line(number, due_date=DAY - timedelta(days=days), **given)


def test_long_overdue_is_more_than_ninety_days() -> None:
    assert found("long_overdue", [days_late(1, 90), days_late(2, 91), line(3, due_date=None)]) == [2]


def test_newly_overdue_was_not_overdue_at_the_end_of_the_month_before() -> None:
    edge = [line(1, due_date=date(2026, 2, 27)), line(2, due_date=date(2026, 2, 28)), days_late(3, 1), days_late(4, 0)]
    assert month_before(DAY) == date(2026, 2, 28)
    assert found("newly_overdue", edge) == [2, 3]


def test_a_customer_exactly_at_the_cap_is_within_it() -> None:
    rest = [line(10 + number, customer_id=10 + number, value=200) for number in range(4)]
    assert found("over_concentration", [line(1, value=200), *rest]) == []
    assert found("over_concentration", [line(1, value=201), *rest]) == [1]


def test_credits_are_usable_where_the_same_account_is_overdue() -> None:
    held = [
        line(1, side="credit", kind="credit_note"),
        line(2, side="credit", currency="USD"),
        line(3, side="credit", company_id=2),
        line(4, side="credit", customer_id=2),
    ]
    assert found("usable_credits", [*held, days_late(9, 1)]) == [1]
    assert found("usable_credits", [*held, days_late(9, 0)]) == []


def test_cash_is_stale_after_thirty_days() -> None:
    lines = [
        line(1, side="credit", kind="receipt", posting_date=DAY - timedelta(days=30)),
        line(2, side="credit", kind="advance", posting_date=DAY - timedelta(days=31)),
        line(3, side="credit", kind="credit_note", posting_date=DAY - timedelta(days=31)),
    ]
    assert found("stale_cash", lines) == [2]


def test_duplicates_are_alike_in_everything_but_their_number() -> None:
    lines = [line(1), line(2), line(3, open_amount=101, value=101), line(4, document_date=date(2026, 1, 2)),
             line(5, kind="retention"), line(6, line=1), line(7, customer_id=2)]  # fmt: skip
    assert found("suspected_duplicates", lines) == [1, 2]


def test_awaiting_is_long_after_half_a_year() -> None:
    lines = [
        line(number, due_date=None, document_date=DAY - timedelta(days=days)) for number, days in ((1, 180), (2, 181))
    ]
    assert found("without_due_date", lines) == [2]


def test_big_customers_need_an_owner_and_a_code() -> None:
    lines = [line(1, value=5_000), line(2, customer_id=2, value=100), line(3, customer_id=3, value=4_900)]
    both = frozenset({1, 2, 3})
    assert found("unknown_big_customers", lines, owned=both, registered=both) == []
    assert found("unknown_big_customers", lines, owned=both, registered=both - {1}) == [1]
    assert found("unknown_big_customers", lines, owned=both - {2}, registered=both) == [2]
    small = [*lines, line(4, customer_id=3, value=1)]
    assert found("unknown_big_customers", small, owned=both - {2}, registered=both) == []


def test_a_foreign_name_needs_no_chinese_register() -> None:
    assert is_registered("Norvik Marine Systems AS", "")
    assert not is_registered("海岳风电", "")
    assert is_registered("海岳风电", "91320900MA1234567X")


def test_retention_is_due_after_its_day() -> None:
    assert found("retention_due", [days_late(1, 1, kind="retention"), days_late(2, 0, kind="retention"), line(3)]) == [
        1
    ]


def test_odd_terms_are_negative_or_very_long() -> None:
    issued = date(2026, 1, 1)
    terms = [line(days + 10, due_date=issued + timedelta(days=days)) for days in (-1, 0, 180, 181)]
    assert found("odd_terms", terms) == [9, 191]


def test_pace_compares_weighted_days() -> None:
    pace = Pace(paid=1_000, days=40_000, paid_before=3_000, days_before=60_000)
    assert pace.slower_by(20)
    assert not pace.slower_by(21)
    assert not Pace(1_000, 40_000).slower_by(1)
    assert found("slowing_customers", [line(1), line(2, customer_id=2)], paces={1: pace}) == [1]


def test_paces_fall_into_two_windows() -> None:
    due = date(2025, 12, 1)
    paid = [
        (1, due, DAY, 10),
        (1, due, DAY - timedelta(days=89), 1),
        (1, due, DAY - timedelta(days=90), 2),
        (1, due, DAY - timedelta(days=359), 3),
        (1, due, DAY - timedelta(days=360), 100),
        (1, due, DAY + timedelta(days=1), 100),
    ]
    pace = paces(paid, DAY, Thresholds())[1]
    assert (pace.paid, pace.paid_before) == (11, 5)
    assert pace.days == 10 * 120 + 1 * 31
    assert pace.days_before == 2 * 30 + 3 * -239


def test_back_dated_means_dated_in_the_locked_period_and_posted_after() -> None:
    locked = {1: date(2026, 1, 31)}
    lines = [
        line(1, document_date=date(2026, 1, 31), posting_date=date(2026, 2, 1)),
        line(2, document_date=date(2026, 1, 31), posting_date=date(2026, 1, 31)),
        line(3, document_date=date(2026, 2, 1), posting_date=date(2026, 2, 1)),
        line(4, company_id=2, document_date=date(2026, 1, 31), posting_date=date(2026, 2, 1)),
    ]
    assert found("back_dated", lines, locked=locked) == [1]


def test_watches_count_by_the_day() -> None:
    lines = [days_late(days + 10, days) for days in (-8, -7, -1, 0, 1, 2)] + [line(99, due_date=None)]
    assert found("due_this_week", lines) == [3, 9]
    assert found("due_today", lines) == [10]
    assert found("overdue_since_yesterday", lines) == [11]
    assert found("awaiting_an_event", lines) == [99]


def test_ten_are_named_the_weightiest_first_other_currencies_last() -> None:
    some = [Finding(f"r{number:02}", "CNY", number, number, 1, 1, 1) for number in range(12)]
    foreign = Finding("without_rate", "USD", 999, 1, 1, 1, 1)
    assert ranked([*some, foreign], "CNY")[0] == foreign
    assert [one.amount for one in ranked([*some, foreign], "CNY")[1:]] == [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]
    assert ranked([some[1], foreign, some[0]], "CNY") == (foreign, some[1])


def book_of(written: Written, as_of: date) -> tuple[Book, str]:
    """What the rules look at, read by other ways than the checkup's query."""
    company = written.company.id
    with every_item(ItemFilter(company_id=company), as_of=as_of, scope=EVERYTHING) as (_, rows):
        listed = list(rows)
    open_currencies = {row.currency for row in listed}
    whole = valuation("CNY", open_currencies, as_of, 2**62)
    named = checkup(company_id=company, as_of=as_of, scope=EVERYTHING).currency
    valued = whole if named == "CNY" else valuation(named, [], as_of, 2**62)
    codes = {one.code: one.pk for one in written.customers}
    lines = tuple(
        Line(row.item_id, row.line, company, codes[row.customer_code], row.kind, row.side, row.currency,
             row.document_date, row.posting_date, row.due_date, row.open_amount,
             valued.value(row.open_amount, row.currency))
        for row in listed
    )  # fmt: skip
    items = {item.pk: item for item in Item.objects.filter(company_id=company)}
    paid = [
        (items[one.debit_id].customer_id, items[one.debit_id].due_date, one.effective_on, amount)
        for one in Settlement.objects.filter(company_id=company)
        if items[one.debit_id].due_date and items[one.credit_id].kind == "receipt"
        if (amount := valued.value(one.debit_amount, items[one.debit_id].currency)) is not None
    ]
    owners: dict[int, str] = {}
    for one in sorted(written.affiliations, key=lambda given: (given.effective_on, given.tx, given.id)):
        if one.dimension == "owner" and one.item is None and one.effective_on <= as_of:
            owners[one.customer] = one.value
    lock = locked_through(company)
    book = Book(
        as_of,
        lines,
        owned=frozenset(customer for customer, name in owners.items() if name),
        registered=frozenset(one.pk for one in written.customers if one.uscc),
        paces=paces(paid, as_of, Thresholds()),
        locked={company: lock} if lock else {},
        unrated=frozenset(one for one in open_currencies if not whole.covers([one])),
    )
    return book, named


def grow(written: Written, on: date) -> None:
    """What random facts seldom hold: twins, old claims without a date, retention, odd terms, a slowing payer."""
    twin = {"amount": 7_000, "posting_date": on, "due_date": on - timedelta(days=1)}
    post(written, **twin)
    post(written, **twin)
    post(written, amount=40, posting_date=on, document_date=on - timedelta(days=190))
    post(written, amount=50, kind="retention", posting_date=on, due_date=on)
    for back, late in ((200, 0), (10, 60)):
        due = on - timedelta(days=back + late)
        debit = post(written, amount=900, posting_date=due, due_date=due)
        paid = on - timedelta(days=back)
        cash = post(written, amount=900, side="credit", kind="receipt", posting_date=paid)
        clear(written, cash, debit, 900, paid)


@committing
@pytest.mark.sealed
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_rule_query_and_rows_agree(data: st.DataObject) -> None:
    written = new_book()
    written.customers[0].uscc = "91320900MA1234567X"
    written.customers[0].save()
    if data.draw(st.booleans()):
        rate("USD", 712_345_678, date(2026, 1, 1), quote=written.company.currency)
    write_random(data.draw, written, data.draw(st.integers(4, 24)))
    if data.draw(st.booleans()):
        grow(written, data.draw(DAYS))
    if data.draw(st.booleans()):
        lock_period(company=written.company, through=data.draw(DAYS), actor="test", at=AT)
    data.draw(st.sampled_from([refresh, compact, lambda: None]))()
    as_of = data.draw(DAYS)
    book, named = book_of(written, as_of)
    seen = checkup(company_id=written.company.id, as_of=as_of, scope=EVERYTHING)
    for code, rule in {**RULES, **WATCHES}.items():
        by_currency: dict[str, list[Line]] = {}
        for one in rule(book, Thresholds()):
            by_currency.setdefault(one.currency if code == "without_rate" else named, []).append(one)
        for currency, lines in by_currency.items():
            amount = sum((one.open_amount if code == "without_rate" else one.value) or 0 for one in lines)
            opened = open_finding(
                code, company_id=written.company.id, as_of=as_of, scope=EVERYTHING, only=currency, limit=500
            )
            assert {(row.item_id, row.line) for row in opened.page.rows} == {(one.item_id, one.line) for one in lines}
            assert sum(row.value or 0 for row in opened.page.rows) == amount == opened.finding.amount
            assert opened.page.value_debit + opened.page.value_credit == amount  # type: ignore[operator]
            assert opened.finding.customers == len({one.customer_id for one in lines})
            assert opened.finding in (*seen.findings, *seen.watches) or seen.found > len(seen.findings)
        if not by_currency:
            assert code not in [one.code for one in (*seen.findings, *seen.watches)]


@committing
def test_a_worked_ledger() -> None:
    """The example of docs/algorithms/findings.md."""
    book = new_book(customers=3)
    first, second, third = (one.id for one in book.customers)
    for customer in (first, second, third):
        affiliate(book, customer, "owner", "郑可", date(2025, 1, 1))
    Customer.objects.filter(pk__in=[first, second, third]).update(uscc="91320900MA1234567X")
    post(book, amount=50_000, posting_date=date(2025, 11, 1), due_date=date(2025, 12, 30))
    post(book, amount=20_000, posting_date=date(2026, 2, 1), due_date=date(2026, 3, 20))
    twin = {"amount": 15_000, "customer_id": second, "posting_date": date(2026, 3, 1), "due_date": date(2026, 4, 30)}
    post(book, **twin)
    post(book, **twin)
    post(book, amount=9_000, side="credit", kind="receipt", posting_date=date(2026, 2, 20))
    post(book, amount=700, currency="KWD", customer_id=third, posting_date=date(2026, 3, 1), due_date=date(2026, 4, 1))
    refresh()
    seen = checkup(company_id=book.company.id, as_of=DAY, scope=EVERYTHING, currency="CNY")
    assert (seen.total, seen.found) == (100_000, 7)
    assert [(one.code, one.currency, one.amount, one.lines, one.largest) for one in seen.findings] == [
        ("without_rate", "KWD", 700, 1, third),
        ("over_concentration", "CNY", 100_000, 4, first),
        ("long_overdue", "CNY", 50_000, 1, first),
        ("suspected_duplicates", "CNY", 30_000, 2, second),
        ("newly_overdue", "CNY", 20_000, 1, first),
        ("stale_cash", "CNY", 9_000, 1, first),
        ("usable_credits", "CNY", 9_000, 1, first),
    ]
    with every_line(
        "suspected_duplicates", company_id=book.company.id, as_of=DAY, scope=EVERYTHING, currency="CNY"
    ) as (
        unit,
        count,
        rows,
    ):
        assert (unit, count, sum(row.value or 0 for row in rows)) == ("CNY", 2, 30_000)
    past = checkup(company_id=book.company.id, as_of=date(2025, 12, 31), scope=EVERYTHING, currency="CNY")
    assert [one.code for one in past.findings] == ["newly_overdue", "over_concentration"]


@pytest.mark.django_db
def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        open_finding("everything", company_id=new_book().company.id, as_of=DAY, scope=EVERYTHING)
    assert refused.value.code == "finding_unknown"


def test_thresholds_are_checked_one_by_one() -> None:
    check_findings(FINDINGS.default)
    assert Thresholds.of(FINDINGS.default, 20) == Thresholds()
    for name in FINDINGS.default:
        for bad in (0, 1.5, True, "9", None, 99_999):
            with pytest.raises(Refusal) as refused:
                check_findings({**FINDINGS.default, name: bad})
            assert [place.column for place in refused.value.where] == [name]
    with pytest.raises(Refusal):
        check_findings({**FINDINGS.default, "other": 1})


def test_every_rule_has_a_title_a_sentence_and_a_next_step() -> None:
    codes = {*RULES, *WATCHES}
    assert set(CONDITIONS) == set(speaking.TITLES) == set(speaking.RULES) == set(speaking.STEPS) == codes
    assert all(speaking.rule_text(code, Thresholds()) for code in codes)
