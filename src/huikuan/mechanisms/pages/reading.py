"""The reading: as of which day, known when, whose books, by which basis. It lives in the address.

Every page obeys it and every link carries it, so that a figure and the rows behind it answer the
same question, and an address sent to a colleague shows the colleague the same figures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from huikuan.kernel.dates import DEFAULT_ZONE, aware, business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.audit.queries import head_at
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, visible_companies

BASES = ("due", "document")

_CURRENCY = re.compile(r"[A-Z]{3}")
#: Days a page answers for: every ledger's, and every sum of days around them stays a date.
_YEARS = range(1970, 2201)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the page was asked for.

    `known_at` is the instant named (None: everything known now), `known` the last head sealed at
    or before it. `company` None: all companies. `currency` '': the page chooses.
    """

    today: date
    as_of: date
    known_at: datetime | None
    known: Head | None
    company: Company | None
    basis: str
    currency: str
    zone: str

    @property
    def is_past(self) -> bool:
        """Not today's books as known now: the page says so in ochre and offers nothing to write."""
        return self.as_of != self.today or self.known_at is not None

    @property
    def is_to_come(self) -> bool:
        """A day ahead: what is recorded today, aged to that day; what will yet be posted or paid is not in it."""
        return self.as_of > self.today

    @property
    def horizon(self) -> int | None:
        """Facts whose tx lies below it were known; None: all are."""
        return self.known.horizon if self.known else None

    @property
    def company_id(self) -> int | None:
        return self.company.pk if self.company else None

    @property
    def known_local(self) -> str:
        """`known_at` on the company's wall clock, as the address and the picker write it."""
        if self.known_at is None:
            return ""
        return self.known_at.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%dT%H:%M:%S")

    def clock(self, at: datetime | None) -> datetime | None:
        """The instant on the company's wall clock, to the second, as tables that are sent say it; None stays."""
        return at.astimezone(ZoneInfo(self.zone)).replace(microsecond=0) if at else None

    def carried(self) -> dict[str, str]:
        """What a link must carry for the next page to answer the same question."""
        asked = {
            "as_of": self.as_of.isoformat() if self.as_of != self.today else "",
            "known_at": self.known_local,
            "company": self.company.code if self.company else "",
            "basis": self.basis if self.basis != BASES[0] else "",
            "currency": self.currency,
        }
        return {name: value for name, value in asked.items() if value}


def reading_of(request: HttpRequest) -> Reading:
    """The reading named in the request's address; refuses what it cannot understand."""
    known: Reading | None = getattr(request, "_reading", None)
    if known is None:
        alone = None if visible_companies(request) is None else companies_offered(request)
        known = read(request.GET, at=timezone.now(), alone=alone)
        request._reading = known  # type: ignore[attr-defined]
    return known


def read(query: Mapping[str, str], *, at: datetime, alone: Sequence[Company] | None = None) -> Reading:
    """The reading of an address's query at the instant `at`.

    `alone`: the only companies the reader may see. Such a reader sees one at a time, the first unless
    another is named; others' are as unknown as those that do not exist.
    """
    company = _company(query.get("company", ""), alone)
    zone = company.time_zone if company else DEFAULT_ZONE
    today = business_date(at, zone)
    known_at = _instant(query.get("known_at", ""), zone)
    basis = query.get("basis", "")
    return Reading(
        today=today,
        as_of=day_named(query["as_of"]) if query.get("as_of") else today,
        known_at=known_at,
        known=_head(known_at) if known_at else None,
        company=company,
        basis=basis if basis in BASES else BASES[0],
        currency=currency_named(query.get("currency", "")),
        zone=zone,
    )


def currency_named(text: str) -> str:
    """A currency of an address, '' for none; refuses what is not written like one."""
    if text and not _CURRENCY.fullmatch(text):
        raise Refusal("currency_bad", currency=text)
    return text


def day_named(text: str) -> date:
    """A date of an address; refuses an unreadable one and years no ledger has."""
    day = parse_date(text)
    _require_near(day.year, text)
    return day


def address(path: str, reading: Reading, **changes: object) -> str:
    """`path` with the reading carried along and `changes` on top; an empty value leaves a name out."""
    query = {**reading.carried(), **{name: _plain(value) for name, value in changes.items()}}
    kept = {name: value for name, value in query.items() if value != ""}
    return f"{path}?{urlencode(kept)}" if kept else path


@lru_cache(maxsize=8_192)
def path_of(name: str, *args: object) -> str:
    """The path of a page. Kept: a list asks for hundreds, and finding them took longer than reading its rows."""
    return reverse(name, args=args)


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _company(code: str, alone: Sequence[Company] | None) -> Company | None:
    if not code:
        return alone[0] if alone else None
    company = Company.objects.filter(code=code).first()
    if company is None or (alone is not None and company not in alone):
        raise Refusal("company_unknown", company=code)
    return company


def _instant(text: str, zone: str) -> datetime | None:
    """An ISO instant; without an offset it is the company's wall clock (what a date picker sends)."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal("instant_unreadable", value=text) from None
    _require_near(moment.year, text)
    return aware(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)))


def _require_near(year: int, text: str) -> None:
    if year not in _YEARS:
        raise Refusal("date_out_of_range", value=text, earliest=_YEARS.start, latest=_YEARS.stop - 1)


def _head(at: datetime) -> Head:
    head = head_at(at)
    if head is None:
        raise Refusal("reading_not_sealed", at=at.isoformat())
    return head
