"""How the ledger writes kinds, document numbers and ages."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from huikuan.mechanisms.pages.figures import shade
from huikuan.mechanisms.pages.reading import Reading

register = template.Library()

KINDS = {
    "invoice": gettext_noop("Invoice"),
    "credit_note": gettext_noop("Credit note"),
    "return": gettext_noop("Return"),
    "receipt": gettext_noop("Receipt"),
    "advance": gettext_noop("Advance payment"),
    "retention": gettext_noop("Retention"),
    "deposit": gettext_noop("Deposit"),
    "bill": gettext_noop("Bill of exchange"),
    "interest": gettext_noop("Interest"),
    "unbilled": gettext_noop("Unbilled"),
    "fee": gettext_noop("Fee"),
    "discount": gettext_noop("Discount"),
    "fx_difference": gettext_noop("Exchange difference"),
    "offset": gettext_noop("Offset"),
    "barter": gettext_noop("Barter"),
    "transfer": gettext_noop("Transfer"),
    "write_off": gettext_noop("Write-off"),
    "refund": gettext_noop("Refund"),
    "opening": gettext_noop("Opening balance"),
}

REASONS = {
    "receipt": gettext_noop("Receipt applied"),
    "allocation": gettext_noop("Applied by hand"),
    "import": gettext_noop("As the imported file says"),
    "reversal": gettext_noop("Reversal"),
    "source_system": gettext_noop("Settled in the source system"),
    "undo": gettext_noop("Import undone"),
    "third_party": gettext_noop("Paid by another customer"),
    "terms": gettext_noop("By the terms of payment"),
    "milestone": gettext_noop("Milestone reached"),
    "milestone_withdrawn": gettext_noop("Milestone taken back"),
    "extension": gettext_noop("Extension"),
    "plan": gettext_noop("Instalment plan"),
    "plan_broken": gettext_noop("Plan broken"),
    "barter": gettext_noop("Goods delivered instead of money"),
    "bill": gettext_noop("Paid by bill"),
    "bill_paid": gettext_noop("Bill paid"),
    "bill_passed_on": gettext_noop("Bill passed on"),
    "bill_dishonoured": gettext_noop("Bill dishonoured"),
}

#: How a settlement names the application that made it (`cash.operations.booking.reason_of`), and where what is
#: posted out of money comes from.
_APPLIED = re.compile(r"application (\d{1,18})(?![\d])")
_CASH = "cash"

#: The aging ramp's edges where a row does not say its bucket's place.
_EDGES = (30, 60, 90)


@register.simple_tag
def kind_name(kind: str) -> str:
    return _(KINDS.get(kind, kind))


@register.simple_tag
def signed(minor: int, side: str) -> int:
    """An amount as sums take it: credits negative."""
    return -minor if side == "credit" else minor


@register.simple_tag
def application_named(reason: str) -> int | None:
    """The application of money that a settlement's reason names."""
    found = _APPLIED.match(reason)
    return int(found[1]) if found else None


@register.simple_tag
def application_behind(item: Any) -> int | None:
    """The application of money an item was posted with."""
    number = str(item.origin_key).partition("/")[0]
    return int(number) if item.origin_system == _CASH and number.isascii() and number.isdigit() else None


@register.simple_tag
def reason_name(reason: str) -> str:
    """Why a settlement or a schedule was made: our own codes in words, people's words as they are."""
    return _(REASONS[reason]) if reason in REASONS else reason


@register.filter
def groups_of_four(number: str) -> SafeString | str:
    """Long all-digit numbers in groups of four; the gaps are drawn, so a copy has none."""
    if not number:
        return _("(no number)")
    if not number.isdigit() or len(number) < 10:
        return number
    groups = [number[at : at + 4] for at in range(0, len(number), 4)]
    return format_html_join("", '<span class="four">{}</span>', ((group,) for group in groups))


@register.simple_tag
def age_tag(row: Any, reading: Reading) -> SafeString:
    """贷, 待触发, 逾期 54 天, 今天到期, 还有 24 天: the tag in its bucket's shade."""
    if row.side == "credit":
        return format_html('<span class="tag">{}</span>', _("credit"))
    place = sum(row.overdue_days > edge for edge in _EDGES)
    tone = shade(row.slot, place, reading.basis)
    return format_html('<span class="tag age-{}">{}</span>', tone, _age(row, reading))


def _age(row: Any, reading: Reading) -> str:
    if reading.basis == "document":
        return ngettext("%(days)s day old", "%(days)s days old", row.overdue_days) % {"days": row.overdue_days}
    if row.slot == "awaiting" or row.due_date is None:
        return _("Awaiting event")
    if row.overdue_days > 0:
        text = ngettext("%(days)s day overdue", "%(days)s days overdue", row.overdue_days)
        return text % {"days": row.overdue_days}
    return days_left(row.due_date, reading.as_of)


def days_left(due_date: date, as_of: date) -> str:
    """On the due date itself nothing is overdue yet."""
    left = (due_date - as_of).days
    if left == 0:
        return _("Due today")
    return ngettext("%(days)s day left", "%(days)s days left", left) % {"days": left}
