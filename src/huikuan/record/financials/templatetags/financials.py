"""How pages write periods, lines, ratios and the fields of statements."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huikuan.mechanisms.pages.figures import percent, rounded
from huikuan.mechanisms.pages.forms import Form
from huikuan.record.financials.domain.lines import BESIDE, TAKES_OFF, Line
from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.ratios import RATIOS, SHARE, RatioValue, zone_of
from huikuan.record.financials.domain.trend import BETTER, SAME, Change
from huikuan.record.financials.messages import COLUMNS, FORMULAS, REASONS, ZONES
from huikuan.record.financials.messages import RATIOS as NAMES
from huikuan.record.financials.web import words

register = template.Library()

_ZONE_TONES = {"distress": "bad", "grey": "warn", "safe": "ok"}


@register.filter
def period_name(period: Period) -> str:
    return words.period_name(period)


@register.filter
def line_name(line: Line) -> str:
    """The line as the format prints it, in the reader's language: 减：营业成本, 其中：原材料."""
    if not (get_language() or "").startswith("zh"):
        return line.en
    mark = {TAKES_OFF: "减：", BESIDE: "其中："}.get(line.sign, "") if line.into else ""
    return f"{mark}{line.zh}"


@register.filter
def ratio_name(code: str) -> str:
    return _(NAMES[code])


@register.filter
def ratio_formula(code: str) -> str:
    return _(FORMULAS[code])


@register.simple_tag
def ratio_value(value: RatioValue) -> SafeString | str:
    """60.0 %, 1.50; without a value –, with the reason to hover."""
    if value.value is None:
        return format_html('<span class="quiet" title="{}">–</span>', _(REASONS[value.reason]))
    return written(value.ratio, value.value)


@register.simple_tag
def ratio_change(change: Change | None, code: str) -> SafeString | str:
    """An arrow and by how much, better or worse than the same months a year before."""
    if change is None:
        return ""
    by = _apart(code, abs(change.difference))
    if change.direction == SAME:
        return format_html('<span class="tag">{}</span>', _("unchanged"))
    arrow = "↑" if change.difference > 0 else "↓"
    said = _("better") if change.direction == BETTER else _("worse")
    tone = "ok" if change.direction == BETTER else "bad"
    return format_html('<span class="tag {}">{} {} {}</span>', tone, arrow, by, said)


@register.simple_tag
def ratio_zone(value: RatioValue) -> SafeString | str:
    """Altman's zone as a tag."""
    zone = zone_of(value)
    return format_html('<span class="tag {}">{}</span>', _ZONE_TONES[zone], _(ZONES[zone])) if zone else ""


@register.filter
def tier(value: Decimal, code: str) -> str:
    """A reference value as the ratio is written."""
    return written(code, value)


def _apart(code: str, difference: Decimal) -> str:
    """How far two values are apart; shares in percentage points."""
    if RATIOS[code].unit == SHARE:
        return _("%(points)s pp") % {"points": rounded(difference * 100, 1)}
    return rounded(difference, 2)


def written(code: str, value: Decimal) -> str:
    """Shares in percent with one decimal, others with two."""
    return percent(value) if RATIOS[code].unit == SHARE else rounded(value, 2)


@register.inclusion_tag("financials/parts/amount_field.html")
def statement_field(form: Form, line: Line, column: str, total: bool) -> dict[str, Any]:
    """The input of a line's closing or opening amount; the browser sums by what it says of itself."""
    name = f"{column}-{line.code}"
    return {
        "name": name,
        "line": line,
        "label": f"{line_name(line)} {_(COLUMNS[column])}",
        "column": column,
        "total": total,
        "value": form.text(name),
        "problem": form.problems.get(name, ""),
    }
