"""How payments and what is made of them are told."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huikuan.record.cash.messages import DIFFERENCES, ORDERS, SHORTS
from huikuan.record.cash.queries.queue import QueueRow
from huikuan.record.cash.web.payers import digest_of
from huikuan.record.cash.web.words import AGES, APPLICATIONS, SIGNS, UNAPPLIED, masked

register = template.Library()
register.filter(masked)

#: Percent from where on a suggestion reads as nearly sure.
_SURE = 80


@register.simple_tag
def certainty(row: QueueRow) -> SafeString:
    """How sure the best suggestion for a line is; that there is none."""
    if not row.suggested:
        return format_html('<span class="tag">{}</span>', _("no suggestion"))
    return format_html('<span class="tag {}">{}%</span>', "sure" if row.percent >= _SURE else "warn", row.percent)


@register.filter
def application_kind(kind: str) -> str:
    """Who or what applied it."""
    return _(APPLICATIONS[kind]) if kind in APPLICATIONS else kind


@register.filter
def application_order(order: str) -> str:
    """By what the money went to these claims."""
    return _(ORDERS[order]) if order in ORDERS else order


@register.filter
def short_reason(code: str) -> str:
    """Why a claim was not paid in full."""
    return _(SHORTS[code]) if code in SHORTS else code


@register.filter
def difference_name(kind: str) -> str:
    """What closed a claim beside the money."""
    return _(DIFFERENCES[kind]) if kind in DIFFERENCES else kind


@register.filter
def unapplied_kind(what: str) -> str:
    """What money without a place is."""
    return _(UNAPPLIED[what])


@register.filter
def age_name(age: str) -> str:
    """How long it has been lying there."""
    return _(AGES[age])


@register.filter
def payer_sign(sign: str) -> str:
    """By what a payer is known: a name, or an account's number."""
    return _(SIGNS[sign])


@register.filter
def alias_digest(value: str) -> str:
    """Names an alias in a form without saying it."""
    return digest_of(value)
