"""Statements as facts: recorded, corrected, taken back; what is refused changes nothing; as of a day, as known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.files.operations import keep_bytes
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING, Part, Scope
from huikuan.record.customers.operations import affiliate
from huikuan.record.customers.operations.merging import merge_customers, undo_merge
from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.statements import PROVEN, REPORTED, SAID, Statement
from huikuan.record.financials.models import StatementVersion
from huikuan.record.financials.operations.statements import withdraw_statement
from huikuan.record.financials.queries.ratios import figures_of, ratios_of
from huikuan.record.financials.queries.statements import (
    checked,
    statement_rows,
    statement_version,
    statements_of,
    versions_of,
)
from huikuan.record.financials.tests.conftest import TODAY, WHO, Files
from huikuan.record.financials.tests.samples import Y2024, Y2025, small, with_amounts, year_before

pytestmark = pytest.mark.django_db


def stand(files: Files, **asked: Any) -> list[tuple[Period, int]]:
    found = statements_of(files.customer.pk, **{"scope": EVERYTHING, "as_of": TODAY, **asked})
    return [(row.period, row.version) for row in found]


def test_what_was_stated_comes_back_exactly(files: Files) -> None:
    stated = small(currency="USD", unit="wan", audited=True, source="public", note="合并报表")
    assert files.record(stated) == 1
    (row,) = statements_of(files.customer.pk, scope=EVERYTHING, as_of=TODAY)
    assert row.statement == stated
    assert (row.actor, row.withdrawn, row.sha256) == ("tester", False, "")
    fact = StatementVersion.objects.get()
    assert Leaf.objects.filter(kind="financials_statementversion", subject_id=fact.pk).count() == 1
    told = Event.objects.get(kind="financials.recorded")
    assert (told.customer_id, told.payload["version"]) == (files.customer.pk, 1)


def test_a_correction_is_a_new_version_and_the_old_one_stays(files: Files) -> None:
    files.two_years()
    corrected = with_amounts(small(), cash=130, other_current_assets=50, closing_cash=None, opening_cash=None)
    assert files.record(corrected, seen=1) == 2
    assert stand(files) == [(Y2025, 2), (Y2024, 1)]
    told = versions_of(files.customer.pk, scope=EVERYTHING)
    assert [(row.period, row.version, row.statement.closing("cash")) for row in told] == [
        (Y2025, 2, 130_00),
        (Y2025, 1, 140_00),
        (Y2024, 1, 90_00),
    ]
    assert files.record(corrected) == 2  # said again: nothing is written
    assert StatementVersion.objects.count() == 3


def test_the_database_refuses_to_change_a_statement(files: Files) -> None:
    files.record(small())
    with pytest.raises(Exception, match="financials_statementversion"), connection.cursor() as cursor:
        cursor.execute("UPDATE financials_statementversion SET content = '{}'")


def test_who_read_an_older_version_is_refused(files: Files) -> None:
    files.record(small())
    with pytest.raises(Refusal) as refusal:
        files.record(small(note="again"), seen=0)
    assert (refusal.value.code, refusal.value.params["now"]) == ("financials_changed_since", 1)
    assert StatementVersion.objects.count() == 1


def test_figures_that_do_not_agree_need_a_reason(files: Files) -> None:
    off = with_amounts(small(), closing_cash=150)
    with pytest.raises(Refusal) as refusal:
        files.record(off)
    assert (refusal.value.code, refusal.value.params["count"]) == ("financials_inconsistent", 1)
    (place,) = refusal.value.where
    assert (place.column, place.value) == ("closing 期末现金余额", "150.00")
    assert "140.00" in place.fix
    assert "10.00" in place.fix
    assert (StatementVersion.objects.count(), Event.objects.filter(kind__startswith="financials").count()) == (0, 0)
    assert files.record(replace(off, kept_reason="as the tax office has it")) == 1
    (row,) = statements_of(files.customer.pk, scope=EVERYTHING, as_of=TODAY)
    assert row.statement.kept_reason == "as the tax office has it"
    assert row.statement.reliability == SAID
    # Figures that agree need none, and keep none.
    files.record(small(kept_reason="whatever", audited=True))
    (row,) = statements_of(files.customer.pk, scope=EVERYTHING, as_of=TODAY)
    assert (row.statement.kept_reason, row.statement.reliability) == ("", PROVEN)
    assert small(source="public").reliability == REPORTED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"format": "own"}, "financials_format_unknown"),
        ({"period": Period(date(2025, 12, 30))}, "financials_end_bad"),
        ({"period": Period(date(2025, 12, 31), 13)}, "financials_months_bad"),
        ({"period": Period(date(2025, 12, 31), 0)}, "financials_months_bad"),
        ({"received_on": date(2025, 12, 31)}, "financials_received_early"),
        ({"received_on": TODAY + timedelta(days=1)}, "financials_received_late"),
        ({"currency": "cny"}, "currency_bad"),
        ({"unit": "dozen"}, "financials_unit_unknown"),
        ({"source": "hearsay"}, "financials_source_unknown"),
        ({"note": "x" * 201}, "financials_text_too_long"),
        ({"amounts": {}}, "financials_empty"),
        ({"amounts": {"goodwill": 1}}, "financials_line_unknown"),
        ({"amounts": {"cash": 10**16}}, "amount_too_large"),
        ({"opening": {"revenue": 1}}, "financials_opening_of_flow"),
    ],
)
def test_what_no_statement_can_say_is_refused(files: Files, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        files.record(small(**changes))
    assert refusal.value.code == code
    assert StatementVersion.objects.count() == 0


def test_an_unknown_customer_is_refused(files: Files) -> None:
    with pytest.raises(Refusal, match="customer_unknown"):
        files.record(small(), customer_id=987)


def test_taken_back_they_do_not_count_and_stay_readable(files: Files) -> None:
    files.two_years()
    asked = {"customer_id": files.customer.pk, "period": Y2025, **WHO}
    other = Period(Y2025.ends_on, 6)
    for wrong, code in (
        ({"reason": " ", "version": 1}, "financials_reason_missing"),
        ({"reason": "x", "version": 2}, "financials_changed_since"),
        ({"reason": "x", "version": 1, "period": other}, "financials_unknown"),
    ):
        with pytest.raises(Refusal) as refusal:
            withdraw_statement(**{**asked, **wrong})
        assert refusal.value.code == code
    assert StatementVersion.objects.count() == 2
    assert withdraw_statement(**asked, reason="of another firm", version=1) == 2
    assert stand(files) == [(Y2024, 1)]
    last, *_ = versions_of(files.customer.pk, scope=EVERYTHING)
    assert (last.version, last.withdrawn, last.statement.note) == (2, True, "of another firm")
    assert last.statement.amounts == small().amounts
    with pytest.raises(Refusal, match="financials_unknown"):
        withdraw_statement(**asked, reason="again", version=2)
    assert files.record(small()) == 3
    assert stand(files) == [(Y2025, 3), (Y2024, 1)]


def test_as_of_a_day_only_what_had_been_received_counts(files: Files) -> None:
    files.two_years()
    files.record(small(received_on=date(2026, 6, 1), note="audited later", audited=True))
    received = small().received_on
    assert stand(files, as_of=received - timedelta(days=1)) == [(Y2024, 1)]
    assert stand(files, as_of=received) == [(Y2025, 1), (Y2024, 1)]
    assert stand(files, as_of=date(2026, 6, 1)) == [(Y2025, 2), (Y2024, 1)]


@pytest.mark.django_db(transaction=True)
def test_as_known_only_what_was_written_below_the_horizon_counts(files: Files) -> None:
    files.two_years()
    first, second = StatementVersion.objects.order_by("pk").values_list("tx", flat=True)
    assert stand(files, known=first) == []
    assert stand(files, known=second) == [(Y2024, 1)]
    assert stand(files, known=second + 1) == [(Y2025, 1), (Y2024, 1)]
    assert len(versions_of(files.customer.pk, scope=EVERYTHING, known=second)) == 1


def test_the_original_is_kept_with_them_and_follows_a_correction(files: Files) -> None:
    original = keep_bytes(b"paper")
    files.record(small(), original=original, file_name="2025 年报.xlsx")
    files.record(small(note="typed again"))
    rows = versions_of(files.customer.pk, scope=EVERYTHING)
    assert [(row.sha256, row.file_name) for row in rows] == [(original.sha256, "2025 年报.xlsx")] * 2


def test_nobody_reaches_another_scopes_statements(files: Files) -> None:
    files.two_years()
    affiliate(customer_id=files.customer.pk, dimension="owner", value="li", effective_on=date(2026, 1, 1), **WHO)
    fact = StatementVersion.objects.order_by("pk").first()
    assert fact is not None
    mine, theirs = (Scope((Part(None, frozenset({owner})),), on=TODAY) for owner in ("li", "wang"))
    assert len(statements_of(files.customer.pk, scope=mine, as_of=TODAY)) == 2
    assert statement_version(fact.pk, scope=mine).customer_id == files.customer.pk
    for scope in (theirs, NOTHING):
        assert statements_of(files.customer.pk, scope=scope, as_of=TODAY) == []
        assert versions_of(files.customer.pk, scope=scope) == []
        assert statement_rows(scope=scope) == []
        assert ratios_of([files.customer.pk], scope=scope, as_of=TODAY) == {}
        assert figures_of([files.customer.pk], scope=scope, as_of=TODAY) == {}
        with pytest.raises(Refusal, match="financials_version_unknown"):
            statement_version(fact.pk, scope=scope)


def test_checks_look_at_the_period_before(files: Files) -> None:
    files.record(with_amounts(year_before(), cash=80, other_current_assets=10))
    files.record(small())
    rows = statements_of(files.customer.pk, scope=EVERYTHING, as_of=TODAY)
    assert [(one.rule, one.line, one.difference) for one in checked(rows[0], rows)] == [("carried", "cash", 10_00)]
    assert checked(rows[1], rows) == ()


def test_ratios_of_many_are_those_of_the_latest_year(files: Files, django_assert_num_queries: Any) -> None:
    files.two_years()
    half = Statement(Period(date(2026, 6, 30), 6), "small", date(2026, 8, 1),
                     amounts={"current_assets": 300, "current_liabilities": 100})  # fmt: skip
    files.record(half)
    ids = [files.customer.pk, files.other.pk, 987]
    with django_assert_num_queries(2):  # who is merged, and the facts
        found = ratios_of(ids, scope=EVERYTHING, as_of=TODAY)
    assert list(found) == [files.customer.pk]
    by_code = {row.ratio: row for row in found[files.customer.pk]}
    row = by_code["current_ratio"]
    assert (f"{row.value}", row.ends_on, row.received_on, row.source) == (
        "1.500000", Y2025.ends_on, small().received_on, "statements",
    )  # fmt: skip
    latest = ratios_of(ids, scope=EVERYTHING, as_of=TODAY, months=None)[files.customer.pk]
    assert {one.ratio: f"{one.value}" for one in latest}["current_ratio"] == "3.000000"
    assert {one.ratio: one.reason for one in latest}["debt_ratio"] == "missing"
    assert figures_of(ids, scope=EVERYTHING, as_of=TODAY)[files.customer.pk].working_capital == 200
    assert figures_of(ids, scope=EVERYTHING, as_of=TODAY, months=12)[files.customer.pk].working_capital == 200_00
    assert ratios_of(ids, scope=EVERYTHING, as_of=date(2025, 1, 1)) == {}


def test_what_is_known_of_a_merged_customer_counts_for_the_other(files: Files) -> None:
    """Own statements of a period go before the merged one's; parted again each has its own."""
    files.record(small(note="own"))
    files.record(small(note="of the merged"), customer_id=files.other.pk)
    files.record(with_amounts(year_before(), cash=80, other_current_assets=10), customer_id=files.other.pk)
    merge = merge_customers(from_id=files.other.pk, into_id=files.customer.pk, reason="one firm", **WHO)
    rows = statements_of(files.customer.pk, scope=EVERYTHING, as_of=TODAY)
    assert [(row.period, row.statement.note) for row in rows] == [(Y2025, "own"), (Y2024, "")]
    assert [one.rule for one in checked(rows[0], rows)] == ["carried"]
    assert len(versions_of(files.customer.pk, scope=EVERYTHING)) == 3
    found = ratios_of([files.customer.pk], scope=EVERYTHING, as_of=TODAY)
    assert {row.customer_id for row in found[files.customer.pk]} == {files.customer.pk}
    undo_merge(merge_id=merge, reason="two firms", **WHO)
    assert stand(files) == [(Y2025, 1)]
    assert len(versions_of(files.customer.pk, scope=EVERYTHING)) == 1
