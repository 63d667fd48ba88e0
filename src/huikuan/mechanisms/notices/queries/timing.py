"""When a notice may go out, by the policies in force; what waits is put off until then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.notices.counting import counted
from huikuan.mechanisms.notices.domain.calendar import Calendar, calendar_of
from huikuan.mechanisms.notices.domain.caps import CAPPED, WEEK, Cap, cap_of, first_free
from huikuan.mechanisms.notices.domain.lifecycle import GONE_OUT, IN_DOUBT, SENDING
from huikuan.mechanisms.notices.domain.quiet import Allowed, hours_of, next_allowed
from huikuan.mechanisms.notices.models import NoticeStand
from huikuan.mechanisms.notices.policies import CALENDAR, CAPS, QUIET_TIME
from huikuan.mechanisms.policies.queries import in_force

QUIET, CAP = "quiet", "cap"


@dataclass(frozen=True, slots=True)
class When:
    """When a notice may go out, and why not before: '' at once, `quiet`, `cap`. `unannounced`: see Allowed."""

    at: datetime
    waits: str = ""
    unannounced: int | None = None


def calendar(company_id: int | None, *, at: datetime) -> Calendar:
    """The company's calendar in force."""
    return calendar_of(in_force(CALENDAR.name, company_id=company_id, at=at).document)


def allowed(company_id: int, *, purpose: str, channel: str, at: datetime, after: datetime | None = None) -> Allowed:
    """When it may go out by the hours in force at `at`, not before `after` (None: `at`)."""
    document = in_force(QUIET_TIME.name, company_id=company_id, at=at).document
    return next_allowed(
        after or at,
        purpose=purpose,
        hours=hours_of(document, purpose=purpose, channel=channel),
        calendar=calendar(company_id, at=at),
        zone=company_zone(company_id),
    )


def when(
    *, company_id: int, customer_id: int | None, address_digest: str, purpose: str, channel: str, at: datetime
) -> When:
    """When a notice may go out by hours and caps. Of a customer all counts together, else what went to the address."""
    free = _day_with_room(company_id, customer_id, address_digest, purpose, channel, at)
    zone = ZoneInfo(company_zone(company_id))
    capped = free > business_date(at, str(zone))
    after = datetime.combine(free, time(0), zone) if capped else at
    found = allowed(company_id, purpose=purpose, channel=channel, at=at, after=after)
    waits = CAP if capped else QUIET if found.at > at else ""
    return When(found.at, waits, found.unannounced)


def _day_with_room(
    company_id: int, customer_id: int | None, address_digest: str, purpose: str, channel: str, at: datetime
) -> date:
    zone = company_zone(company_id)
    today = business_date(at, zone)
    cap = cap_of(in_force(CAPS.name, company_id=company_id, at=at).document, channel)
    if purpose not in CAPPED or cap == Cap():
        return today
    since = at - timedelta(days=WEEK + 1)
    sent = NoticeStand.objects.filter(company_id=company_id, channel=channel, purpose__in=CAPPED)
    whose = sent.filter(address_digest=address_digest) if customer_id is None else sent.filter(customer_id=customer_id)
    instants = list(whose.filter(state__in=GONE_OUT, sent_at__gte=since).values_list("sent_at", flat=True))
    # Of those in doubt about half had arrived.
    maybe = whose.filter(state__in=(SENDING, IN_DOUBT), changed_at__gte=since)
    instants += maybe.values_list("changed_at", flat=True)
    if customer_id is not None:
        instants += counted(channel, customer_id=customer_id, company_id=company_id, since=since)
    return first_free(today, (business_date(one, zone) for one in instants if one), cap)


def missing_year(company_id: int | None, *, at: datetime) -> int | None:
    """A year whose holidays should be entered by now and are not; None: none. It is a warning: weekdays count then."""
    zone = company_zone(company_id) if company_id is not None else "Asia/Shanghai"
    return calendar(company_id, at=at).missing_year(business_date(at, zone))
