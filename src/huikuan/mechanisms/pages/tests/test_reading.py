"""The reading: what an address means, and what a link must carry on."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages import figures
from huikuan.mechanisms.pages.reading import address, read

#: Still the 20th in London, already the 21st in Shanghai.
NIGHT = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def test_today_is_the_companys_day_not_the_servers() -> None:
    reading = read({}, at=NIGHT)
    assert reading.today == reading.as_of == date(2026, 11, 21)
    assert not reading.is_past
    assert not reading.is_to_come
    assert reading.carried() == {}


def test_a_named_day_is_carried_by_links_until_it_is_taken_out() -> None:
    reading = read({"as_of": "2026-09-30", "basis": "document", "currency": "USD"}, at=NIGHT)
    assert reading.is_past
    assert address("/x", reading, slot="days") == "/x?as_of=2026-09-30&basis=document&currency=USD&slot=days"
    assert address("/x", reading, as_of="", basis="", currency="") == "/x"


def test_a_day_ahead_is_to_come() -> None:
    assert read({"as_of": "2026-11-22"}, at=NIGHT).is_to_come
    assert not read({"as_of": "2026-11-20"}, at=NIGHT).is_to_come


def test_a_basis_nobody_knows_is_the_usual_one() -> None:
    assert read({"basis": "moon"}, at=NIGHT).basis == "due"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"as_of": "30.9."}, "date_unreadable"),
        ({"known_at": "soon"}, "instant_unreadable"),
        ({"known_at": "2026-01-01T00:00"}, "reading_not_sealed"),
        ({"company": "NONE"}, "company_unknown"),
    ],
)
def test_what_cannot_be_read_is_refused(query: dict[str, str], code: str, db: None) -> None:
    with pytest.raises(Refusal) as refused:
        read(query, at=NIGHT)
    assert refused.value.code == code


def test_the_company_named_narrows_and_is_carried(db: None) -> None:
    company = Company.objects.create(code="EAST", name="东部公司", time_zone="Europe/London")
    reading = read({"company": "EAST"}, at=NIGHT)
    assert (reading.company_id, reading.today) == (company.pk, date(2026, 11, 20))
    assert address("/x", reading) == "/x?company=EAST"


@pytest.mark.parametrize(
    ("minor", "currency", "unit", "shown"),
    [
        (2_483_570_012, "CNY", "wan", "2,483.57"),
        (-50, "CNY", "yuan", "−0.50"),
        (500_000, "CNY", "wan", "0.50"),
        (4_999, "CNY", "wan", "0.00"),
        (5_000, "CNY", "wan", "0.01"),
        (-5_000, "CNY", "wan", "−0.01"),
        (123_456, "JPY", "yuan", "123,456"),
        (123_456, "JPY", "wan", "12.35"),
        (123_456_789_012_345, "KWD", "yi", "1,234.57"),
    ],
)
def test_amounts_in_the_readers_unit_round_half_up(minor: int, currency: str, unit: str, shown: str) -> None:
    assert figures.in_unit(minor, currency, unit) == shown


def test_english_counts_by_the_thousand_and_the_million() -> None:
    """The same choice of the reader, and the figure beside the unit that names it."""
    told = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            told[language] = [
                (figures.in_unit(2_483_570_012, "CNY", unit), figures.unit_name("CNY", unit)) for unit in figures.UNITS
            ]
    assert told == {
        "zh-hans": [("24,835,700.12", "元"), ("2,483.57", "万元"), ("0.25", "亿元")],
        "en": [("24,835,700.12", "CNY"), ("24,835.70", "CNY thousand"), ("24.84", "CNY million")],
    }


def test_shares_and_buckets_in_words() -> None:
    with translation.override("en"):
        assert figures.percent(None) == "n/a"
        assert figures.bucket_name("days", 91, None) == "Over 90 days"
        assert figures.bucket_name("days", 1, 30) == "1–30 days"
        assert figures.unit_name("USD", "wan") == "USD thousand"
