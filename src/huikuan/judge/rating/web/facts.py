"""A customer's facts side by side, source by source, and the file of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from huikuan.judge.rating.adapters import registry
from huikuan.judge.rating.domain.factors import GROUPS
from huikuan.judge.rating.policies import SCALES
from huikuan.judge.rating.queries.registry import entry_on
from huikuan.judge.rating.queries.side_by_side import SideBySide, Told, side_by_side
from huikuan.judge.rating.telling import factor_title, factor_value
from huikuan.judge.rating.templatetags.rating import reliability_name, source_name
from huikuan.judge.rating.web import words
from huikuan.judge.rating.web.asked import may_act
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import shown_names
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.reading import Reading, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.customers.queries import CustomerRow, customer_with_id


@dataclass(frozen=True, slots=True)
class Group:
    """Factors of one kind as a table: the columns, and each row with what each source says."""

    title: str
    sources: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[str, Told | None], ...]], ...]


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def show_facts(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What each source says of each factor by the page's day, as known then; what a scorecard reads stands out."""
    customer = _seen(request, customer_id)
    found = _found(request, customer_id)
    scales = in_force(SCALES.name, company_id=None, at=timezone.now())
    page = {
        "customer": customer,
        "facts": found,
        "groups": [one for group in GROUPS if (one := _of(found, group))],
        "assesses": may_act(request, customer_id, Permission.ASSESS_CUSTOMERS),
        "agencies": [(agency, tuple(table)) for agency, table in scales.document.items()],
        "asks": registry() is not None,
        "register": entry_on(
            customer_id, scope=scope_of(request), day=reading_of(request).as_of, known=reading_of(request).known
        ),
    }
    return render(request, "rating/facts.html", page)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def export_facts(request: HttpRequest, customer_id: int) -> HttpResponseBase:
    """The same line by line, one for each factor and source."""
    customer = _seen(request, customer_id)
    headers = [
        *(
            _("Factor"),
            _("Source"),
            pgettext("of a factor", "Value"),
            _("As of"),
            _("Reliability"),
            _("Remark"),
            _("By"),
            _("Recorded"),
        ),
        _("Read by scorecards"),
    ]
    name = f"{customer.code}-{_('facts')}-{reading_of(request).as_of:%Y-%m-%d}"
    rows = _lines(_found(request, customer_id), reading_of(request))
    return send_table(request.GET.get("format", ""), name, headers, rows, title=_("Facts"))


def _seen(request: HttpRequest, customer_id: int) -> CustomerRow:
    try:
        return customer_with_id(customer_id, scope=scope_of(request))
    except Refusal as refusal:
        raise Http404 from refusal


def _found(request: HttpRequest, customer_id: int) -> SideBySide:
    reading = reading_of(request)
    return side_by_side(customer_id, scope=scope_of(request), day=reading.as_of, known=reading.known)


def _of(found: SideBySide, group: str) -> Group | None:
    """The factors of a group, each with what every source that says anything of one of them says of it."""
    rows = [row for row in found.rows if row.group == group]
    sources = tuple(source for source in found.sources if any(source in row.told for row in rows))
    told = tuple((row.factor, tuple((source, row.told.get(source)) for source in sources)) for row in rows)
    return Group(_(words.GROUPS[group]), sources, told) if rows else None


def _lines(found: SideBySide, reading: Reading) -> Iterator[list[Cell]]:
    names = shown_names({one.who for row in found.rows for one in row.told.values()})
    for row in found.rows:
        for source, one in row.told.items():
            yield [
                *(factor_title(row.factor), source_name(source), factor_value(one.value, row.factor), one.on),
                *(
                    reliability_name(one.reliability),
                    one.note,
                    names[one.who],
                    reading.clock(one.when),
                    _("yes") if one.counts else "",
                ),
            ]
