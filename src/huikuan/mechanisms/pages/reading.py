"""The reading: as of which day, known when, whose books, by which basis. It lives in the address.

Every page obeys it and every link carries it, so that a figure and the rows behind it answer the
same question, and an address sent to a colleague shows the colleague the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone

from huikuan.kernel.dates import DEFAULT_ZONE, aware, business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.audit.queries import head_at
from huikuan.mechanisms.identity.models import Company

BASES = ("due", "document")


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
    def company_id(self) -> int | None:
        return self.company.pk if self.company else None

    @property
    def known_local(self) -> str:
        """`known_at` on the company's wall clock, as the address and the picker write it."""
        if self.known_at is None:
            return ""
        return self.known_at.astimezone(ZoneInfo(self.zone)).strftime("%Y-%m-%dT%H:%M:%S")

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
        known = read(request.GET, at=timezone.now())
        request._reading = known  # type: ignore[attr-defined]
    return known


def read(query: Mapping[str, str], *, at: datetime) -> Reading:
    """The reading of an address's query at the instant `at`."""
    company = _company(query.get("company", ""))
    zone = company.time_zone if company else DEFAULT_ZONE
    today = business_date(at, zone)
    known_at = _instant(query.get("known_at", ""), zone)
    basis = query.get("basis", "")
    return Reading(
        today=today,
        as_of=parse_date(query["as_of"]) if query.get("as_of") else today,
        known_at=known_at,
        known=_head(known_at) if known_at else None,
        company=company,
        basis=basis if basis in BASES else BASES[0],
        currency=query.get("currency", "")[:3].upper(),
        zone=zone,
    )


def address(path: str, reading: Reading, **changes: object) -> str:
    """`path` with the reading carried along and `changes` on top; an empty value leaves a name out."""
    query = {**reading.carried(), **{name: _plain(value) for name, value in changes.items()}}
    kept = {name: value for name, value in query.items() if value != ""}
    return f"{path}?{urlencode(kept)}" if kept else path


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _company(code: str) -> Company | None:
    if not code:
        return None
    company = Company.objects.filter(code=code).first()
    if company is None:
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
    return aware(moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone)))


def _head(at: datetime) -> Head:
    head = head_at(at)
    if head is None:
        raise Refusal("reading_not_sealed", at=at.isoformat())
    return head
