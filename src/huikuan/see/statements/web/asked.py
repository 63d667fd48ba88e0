"""What a statement page was asked for: whose books, which period, which language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import companies_offered, scope_of
from huikuan.mechanisms.pages.reading import Reading, address, day_named, path_of, reading_of
from huikuan.record.customers.queries import seen
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.operations.papers import LANGUAGES
from huikuan.see.statements.queries.accounts import check_period
from huikuan.see.statements.queries.reach import has_account


@dataclass(frozen=True, slots=True)
class Asked:
    """The period ends on the page's day; it begins with `since`, or with that day's month.

    A statement is one company's: without one in the address it is the first the reader may see, of a customer's
    statement the first the customer has an account with.
    """

    reading: Reading
    company: Company
    period: Period
    language: str
    scope: Scope

    @property
    def account(self) -> dict[str, Any]:
        """Whose accounts, over which period: what the questions about many of them are asked with."""
        return {
            "company_id": self.company.pk,
            "period": self.period,
            "scope": self.scope,
            "known": self.reading.known,
        }

    def carried(self) -> dict[str, object]:
        """What every link between these pages carries beside the reading."""
        return {"company": self.company.code, "since": self.period.since.isoformat()}

    def link(self, name: str, *args: object, **changes: object) -> str:
        """The address of one of these pages, about the same company and period."""
        return address(path_of(name, *args), self.reading, **{**self.carried(), **changes})

    def items(self, code: str, currency: str, on: date) -> str:
        """The open items whose debits less credits are the account's balance on a day."""
        more = {"company": self.company.code, "customer": code, "only": currency, "as_of": on.isoformat()}
        return address(path_of("receivables:items"), self.reading, **more)


def asked(request: HttpRequest, customer_id: int | None = None) -> Asked:
    """What the address says; refuses dates that are none."""
    reading = reading_of(request)
    company = reading.company or next(iter([*companies_with(request, customer_id), *companies_offered(request)]), None)
    if company is None:
        raise Http404
    since = request.GET.get("since", "")
    begin = day_named(since) if since else reading.as_of.replace(day=1)
    language = request.GET.get("language", "")
    spoken = "en" if (get_language() or "").startswith("en") else "zh"
    return Asked(
        reading=reading,
        company=company,
        period=check_period(Period(begin, reading.as_of)),
        language=language if language in LANGUAGES else spoken,
        scope=scope_of(request),
    )


def companies_with(request: HttpRequest, customer_id: int | None) -> list[Company]:
    """Those of the reader's companies that the customer has an account with; of no customer none."""
    if customer_id is None:
        return []
    scope = scope_of(request)
    offered = companies_offered(request)
    return [one for one in offered if has_account(company_id=one.pk, customer_id=customer_id, scope=scope)]


def may_issue(request: HttpRequest, company_id: int, customer_id: int | None = None) -> bool:
    """Whether the reader may issue statements of the company to the customer (None: to any); the operation asks
    again."""
    held = scope_of(request, Permission.ISSUE_STATEMENTS).part_of(company_id)
    return not held.nothing if customer_id is None else seen(held).has(company_id, customer_id)


def usual_periods(today: date) -> list[tuple[str, date, date]]:
    """The periods most often asked for."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return [
        (_("This month"), month, today),
        (_("Last month"), before.replace(day=1), before),
        (_("This quarter"), quarter, today),
        (_("This year"), today.replace(month=1, day=1), today),
        (_("Last year"), date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)),
    ]
