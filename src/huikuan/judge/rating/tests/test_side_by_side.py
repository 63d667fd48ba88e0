"""Facts side by side: what each source says, which of it counts, as of any day and as known; agencies' grades."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest

from huikuan.judge.rating.domain.factors import Reliability
from huikuan.judge.rating.domain.scales import DOCUMENT, faults, meaning
from huikuan.judge.rating.models import Information
from huikuan.judge.rating.operations.information import record_agency_rating, record_information
from huikuan.judge.rating.policies import check_scales
from huikuan.judge.rating.queries.side_by_side import SideBySide, side_by_side
from huikuan.judge.rating.tests.conftest import AT, DAY
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.record.financials.operations.statements import record_statement
from huikuan.record.financials.tests.samples import small
from huikuan.record.receivables.tests.ledgers import Book

WHO: dict[str, Any] = {"actor": "analyst", "at": AT}
pytestmark = pytest.mark.usefixtures("team")


def say(book: Book, factor: str, value: str, source: str, on: date = DAY, level: int = 2, **more: Any) -> None:
    record_information(
        customer_id=book.customers[0].id, factor=factor, value=value, source=source, on=on,
        reliability=Reliability(level), **{**WHO, **more},
    )  # fmt: skip


def found(book: Book, day: date = DAY, **more: Any) -> SideBySide:
    return side_by_side(book.customers[0].id, **{"scope": EVERYTHING, "day": day, **more})


def told(book: Book, factor: str, **more: Any) -> dict[str, tuple[str, date, int, str, bool]]:
    rows = {row.factor: row.told for row in found(book, **more).rows}
    return {
        source: (one.value, one.on, one.reliability, one.who, one.counts)
        for source, one in rows.get(factor, {}).items()
    }


def test_each_source_says_its_own_and_the_best_counts(book: Book) -> None:
    record_statement(customer_id=book.customers[0].id, statement=small(), actor="clerk", at=AT)
    say(book, "debt_ratio", "0.35", "third_party", on=date(2026, 6, 1), note="report 7")
    say(book, "debt_ratio", "0.9", "peers", level=1)
    assert told(book, "debt_ratio") == {
        "statements": ("0.600000", date(2025, 12, 31), 1, "clerk", False),
        "third_party": ("0.35", date(2026, 6, 1), 2, "analyst", True),
        "peers": ("0.9", DAY, 1, "analyst", False),
    }
    assert found(book).sources == ("own_ledger", "statements", "third_party", "peers")
    assert told(book, "paid_on_time_amount") == {"own_ledger": ("1.0000", DAY, 3, "", True)}
    assert next(row for row in found(book).rows if row.factor == "debt_ratio").told["third_party"].note == "report 7"


def test_the_file_of_a_past_day_is_what_was_known_then(book: Book) -> None:
    say(book, "bank_reference", "good", "bank", on=date(2026, 3, 1))
    head = seal(AT)
    say(book, "bank_reference", "poor", "bank", on=date(2026, 4, 1))
    assert told(book, "bank_reference")["bank"][0] == "poor"
    assert told(book, "bank_reference", day=date(2026, 3, 31))["bank"][:2] == ("good", date(2026, 3, 1))
    assert told(book, "bank_reference", known=head)["bank"][0] == "good"
    assert told(book, "bank_reference", day=date(2026, 2, 28)) == {}
    say(book, "bank_reference", "", "bank", on=DAY)
    assert told(book, "bank_reference") == {}, "the bank took it back"


def test_nothing_is_told_of_a_customer_out_of_scope(book: Book) -> None:
    say(book, "bank_reference", "good", "bank")
    assert found(book, scope=NOTHING) == SideBySide((), ())


@pytest.mark.parametrize(
    ("agency", "grade", "answer"),
    [
        ("dnb", "5A1", "excellent"), ("dnb", "HH 2", "good"), ("dnb", "3a3", "fair"), ("dnb", "1R4", "poor"),
        ("letters", "AAA", "excellent"), ("letters", "AA-", "excellent"), ("letters", "A+", "good"),
        ("letters", "BBB", "good"), ("letters", "BB+", "fair"), ("letters", "B", "fair"), ("letters", "CCC", "poor"),
        ("letters", "C", "poor"), ("letters", "D", "poor"),
    ],
)  # fmt: skip
def test_what_an_agency_s_grade_means(agency: str, grade: str, answer: str) -> None:
    assert meaning(DOCUMENT, agency, grade) == answer


def test_an_agency_s_grade_is_recorded_as_what_it_means_with_its_own_words(book: Book) -> None:
    given: dict[str, Any] = {"customer_id": book.customers[0].id, "on": DAY, **WHO}
    record_agency_rating(agency="dnb", grade="5A2", **given)
    row = Information.objects.get()
    assert (row.factor, row.value, row.source, row.reliability) == ("third_party_rating", "good", "third_party", 2)
    assert row.note == "dnb 5A2 (agency_scales 0)"
    for agency, grade, code in (
        ("dnb", "5A--", "agency_grade_unknown"), ("dnb", "", "agency_grade_unknown"), ("moon", "A", "agency_unknown"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            record_agency_rating(agency=agency, grade=grade, **given)
        assert refused.value.code == code
    assert Information.objects.count() == 1


def test_a_table_that_cannot_be_used_is_refused_with_its_place() -> None:
    assert list(faults(DOCUMENT)) == []
    for changes, place in (
        ({"dnb": {}}, "dnb"), ({"dnb": {"*": "good"}}, "dnb.*"), ({"dnb": {"*1*": "good"}}, "dnb.*1*"),
        ({"dnb": {"*1": "superb"}}, "dnb.*1"), ({"dnb": {"5*1": "good"}}, "dnb.5*1"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            check_scales({**copy.deepcopy(DOCUMENT), **changes})
        assert [one.column for one in refused.value.where] == [place]
    with pytest.raises(Refusal):
        check_scales({})
