"""Figures, dates, links and icons as every page writes them (docs/screens.md)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.http import QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huikuan.kernel.money import minor_digits, to_text
from huikuan.mechanisms.pages import figures
from huikuan.mechanisms.pages.deeds import asked_of, shown_at
from huikuan.mechanisms.pages.forms import Form
from huikuan.mechanisms.pages.reading import Reading, address, path_of

register = template.Library()
register.filter(figures.percent)
register.simple_tag(figures.bucket_name)

NONE = "–"
#: Assets that need no building.
_KEPT = ("mark.svg",)

# Amounts ------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def amount(
    context: Context, minor: int | None, currency: str, signed: bool = False, unit: str = ""
) -> SafeString | str:
    """Minor units in the reader's unit, two decimals half up; hover and copy give the exact amount."""
    if minor is None:
        return NONE
    shown = figures.in_unit(minor, currency, unit or str(context.get("unit", "yuan")))
    exact = to_text(minor, currency)
    sign = "+" if signed and minor > 0 else ""
    return format_html(
        '<data class="amount" value="{}" title="{} {}">{}{}</data>',
        exact,
        currency,
        figures.grouped(exact),
        sign,
        shown,
    )


@register.simple_tag(takes_context=True)
def unit(context: Context, currency: str, unit: str = "") -> str:
    """The unit a column head states: 元, 万元, USD, 万 USD …"""
    return figures.unit_name(currency, unit or str(context.get("unit", "yuan")))


@register.simple_tag
def units() -> list[tuple[str, str]]:
    """The choices of the unit switch."""
    return [("yuan", _("1 (unit)")), ("wan", _("thousand")), ("yi", _("million"))]


@register.filter
def figure(indicator: Any) -> str:
    """An indicator's value with one decimal, without its unit."""
    return _("n/a") if indicator.value is None else figures.rounded(indicator.value, 1)


@register.filter
def grouping(number: int) -> str:
    """12463 → 12,463."""
    return f"{number:,}"


@register.filter
def decimal_text(text: str) -> str:
    """A decimal string as an amount: '-1234.50' → '−1,234.50'."""
    return figures.grouped(text)


# Dates --------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def day(context: Context, value: date | None) -> str:
    """11-20 within the year of the page's day, 2025-11-20 otherwise."""
    if value is None:
        return NONE
    reading: Reading | None = context.get("reading")
    same_year = reading is not None and value.year == reading.as_of.year
    return value.strftime("%m-%d") if same_year else value.isoformat()


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None, seconds: bool = False) -> str:
    """An instant on the company's wall clock: 11-20 02:14, with the year when it is another one."""
    if value is None:
        return NONE
    reading: Reading | None = context.get("reading")
    local = value.astimezone(ZoneInfo(reading.zone if reading else settings.TIME_ZONE))
    year = "" if reading is not None and local.year == reading.today.year else "%Y-"
    return local.strftime(f"{year}%m-%d %H:%M{':%S' if seconds else ''}")


# Links, icons, assets -----------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def link(context: Context, name: str, *args: object, **changes: object) -> str:
    """The address of a page, with the reading carried along."""
    return address(path_of(name, *args), context["reading"], **changes)


@register.simple_tag(takes_context=True)
def here(context: Context, **changes: object) -> str:
    """This page's address with some of its query changed; an empty value takes a name out. What is changed begins
    at the first row again, unless the place to go on from (`after`) is what changes."""
    kept = {name: str(value) for name, value in changes.items() if value not in ("", None)}
    return shown_at(context["request"], ("after", *changes), **kept)


@register.simple_tag(takes_context=True)
def page_path(context: Context) -> str:
    """This page's address without its query, for a form that asks the page for something else."""
    return shown_at(context["request"]).partition("?")[0]


@register.simple_tag(takes_context=True)
def page_address(context: Context) -> str:
    """This page's address, to come back to."""
    return shown_at(context["request"])


@register.simple_tag(takes_context=True)
def page_query(context: Context) -> QueryDict:
    """The query of this page's address."""
    return asked_of(context["request"])


@register.simple_tag(takes_context=True)
def file_of(context: Context, path: str, form: str) -> str:
    """Where exactly the rows of this page come from as a file: its address's query, another path and a format."""
    query = asked_of(context["request"])
    for name in ("after", "format"):
        query.pop(name, None)
    query["format"] = form
    return f"{path}?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def carried(context: Context) -> str:
    """The reading as the query of an address, '' where it is today's."""
    return address("", context["reading"])


@register.simple_tag
def query_of(query: dict[str, str]) -> str:
    """Conditions as the query of an address."""
    return urlencode(query)


@register.simple_tag
def digits(currency: str) -> int:
    """How many digits of minor units a currency has."""
    return minor_digits(currency)


@register.simple_tag
def pick(key: object, name: str, currency: str = "", minor: int = 0) -> SafeString:
    """The cell a row of a list is picked by; with a currency, what the row adds to the sum of those picked."""
    added = ""
    if currency:
        added = format_html(
            ' data-amount="{}" data-currency="{}" data-digits="{}"', minor, currency, minor_digits(currency)
        )
    return format_html(
        '<td class="pick no-print"><input type="checkbox" data-pick value="{}"{} aria-label="{}"></td>',
        key,
        added,
        _("Pick %(name)s") % {"name": name},
    )


@register.simple_tag(takes_context=True)
def without(context: Context, names: Sequence[str]) -> str:
    """This page's address with some names taken out of its query."""
    return here(context, **dict.fromkeys(names, ""))


@register.simple_tag(takes_context=True)
def asked_for(context: Context, name: str) -> str:
    """What the page's address says for `name`."""
    return str(context["request"].GET.get(name, ""))


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite; beside a word it is decoration, alone it needs a label."""
    source = f"{asset('icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, source)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', source)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a built asset, with the build's version so that browsers may keep it for long."""
    return _asset(name)


@cache
def _asset(name: str) -> str:
    return f"{static(name if name in _KEPT else f'dist/{name}')}?v={_version()}"


@cache
def _version() -> str:
    stamp = settings.ROOT / "static/dist/version.txt"
    return str(stamp.read_text().strip()) if stamp.is_file() else "unbuilt"


@register.inclusion_tag("shell/parts/bar.html")
def bar(segments: Sequence[Any], kind: str = "", label: str = "") -> dict[str, Any]:
    """One stacked bar: segments with x, width (percent), shade, and for links title and url."""
    return {"segments": segments, "kind": kind, "label": label}


@register.inclusion_tag("shell/parts/gauge.html")
def gauge(shown: Any, label: str) -> dict[str, Any]:
    """A bar that fills towards a limit, with what is marked on it."""
    return {"gauge": shown, "label": label}


# Forms --------------------------------------------------------------------------------------------


@register.inclusion_tag("shell/parts/field.html")
def field(
    form: Form,
    name: str,
    label: str,
    kind: str = "text",
    hint: str = "",
    options: Sequence[tuple[str, str]] = (),
    needed: bool = False,
    longest: int = 200,
    bare: bool = False,
) -> dict[str, Any]:
    """A field with its label, what was typed and what is wrong with it. `kind`: text, date, area or select;
    `bare`: in a table, whose head says the label."""
    return {
        **{"name": name, "label": label, "kind": kind, "hint": hint, "options": options, "needed": needed},
        **{"longest": longest, "bare": bare, "value": form.text(name)},
        **{"problem": form.problems.get(name, ""), "beside": form.beside.get(name, "")},
    }
