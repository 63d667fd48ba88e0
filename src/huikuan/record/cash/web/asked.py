"""What the workbench was asked for: which lines wait, which one is at hand, whose items are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.pages.access import permitted_companies
from huikuan.mechanisms.pages.lists import Chip
from huikuan.mechanisms.pages.reading import Reading
from huikuan.record.banking.models import BankAccount
from huikuan.record.cash.queries.queue import MOST, NEWEST, QueueFilter
from huikuan.record.cash.web.permissions import READS
from huikuan.record.cash.web.words import AGES, VERDICTS

_LONGEST_NUMBER = 18
#: What of an address narrows the queue; it goes along from line to line.
CONDITIONS = ("q", "account", "day", "verdict", "age", "order")


def companies_of(request: HttpRequest, reading: Reading) -> frozenset[int] | None:
    """The companies whose lines are worked on: the page's one, else all whose lines the reader sees whole."""
    whole = permitted_companies(request, READS)
    if reading.company_id is None:
        return whole
    return frozenset({reading.company_id}) if whole is None or reading.company_id in whole else frozenset()


def wanted_of(query: Mapping[str, str], companies: frozenset[int] | None) -> QueueFilter:
    """The lines an address names; what it cannot mean does not narrow."""
    verdict, age = query.get("verdict", ""), query.get("age", "")
    return QueueFilter(
        companies=companies,
        account_id=number(query.get("account", "")),
        day=_day(query.get("day", "")),
        verdict=verdict if verdict in VERDICTS else "",
        age=age if age in AGES else "",
        text=query.get("q", "").strip(),
    )


def order_of(query: Mapping[str, str]) -> str:
    """By what the queue is sorted."""
    return MOST if query.get("order") == MOST else NEWEST


def chips_of(wanted: QueueFilter) -> list[Chip]:
    """The conditions in words."""
    found = []
    if wanted.account_id is not None:
        known = BankAccount.objects.filter(id=wanted.account_id)
        account = (known if wanted.companies is None else known.filter(company_id__in=wanted.companies)).first()
        found.append(Chip(f"{account.bank} {account.number}" if account else "–", ("account",)))
    if wanted.day:
        found.append(Chip(wanted.day.isoformat(), ("day",)))
    if wanted.verdict:
        found.append(Chip(_(VERDICTS[wanted.verdict]), ("verdict",)))
    if wanted.age:
        found.append(Chip(_(AGES[wanted.age]), ("age",)))
    return [*found, Chip(wanted.text, ("q",))] if wanted.text else found


def number(text: str) -> int | None:
    """An id of an address; None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None


def _day(text: str) -> date | None:
    try:
        return parse_date(text) if text else None
    except Refusal:
        return None
