"""The list of pieces of cover and exactly its rows as a file."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.pages.lists import Chip
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.mechanisms.store.transactions import snapshot
from huikuan.record.cover.domain.pieces import KINDS, STATES, percent_text
from huikuan.record.cover.messages import KINDS as KIND_NAMES
from huikuan.record.cover.messages import STATES as STATE_NAMES
from huikuan.record.cover.operations.pieces import WRITES
from huikuan.record.cover.queries.listing import COUNTS, Asking, PieceFilter, circles, every_piece, pieces_page
from huikuan.record.cover.queries.pieces import PieceRow
from huikuan.record.customers.queries import CustomerRow, customer

ROWS = 50
_LONGEST_NUMBER = 18
VIEWS = {
    "": gettext_noop("All"),
    COUNTS: gettext_noop("Counts"),
    **{k: v for k, v in STATE_NAMES.items() if k != "standing"},
}


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_pieces(request: HttpRequest) -> HttpResponse:
    """Pieces that match, 50 at a time; a partial update asks for the rows that follow."""
    reading, (chosen, whose) = reading_of(request), chosen_of(request)
    after = request.GET.get("after", "")
    place = int(after) if after.isascii() and after.isdigit() and len(after) <= _LONGEST_NUMBER else None
    page: dict[str, Any] = {
        "found": pieces_page(chosen, asking_of(request), after=place, limit=ROWS),
        "mutual": circles(reading.as_of, reading.horizon),
    }
    if request.headers.get("HX-Target") == "more":
        return render(request, "cover/parts/piece_rows.html", page)
    page |= {
        "chosen": chosen,
        "views": VIEWS,
        "kinds": [(kind, _(KIND_NAMES[kind])) for kind in KINDS],
        "chips": _chips(chosen, whose),
        "customer": whose,
        "proposes": may(request, WRITES) and not reading.is_past,
    }
    return render(request, "cover/pieces.html", page)


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_pieces(request: HttpRequest) -> HttpResponseBase:
    """The same as csv or xlsx, read in one snapshot."""
    reading = reading_of(request)
    headers = [
        _("Number"), _("Company"), _("Customer code"), _("Customer"), _("Contract"), _("Group"), _("Kind"),
        _("Guarantor"), _("Number of the paper"), _("Currency"), _("Amount"), _("Eligible %"), _("Insured %"),
        _("Counts for"), _("First day"), _("Last day"), _("State"), _("In a circle"), _("File"), _("Said by"),
        _("Approved by"), _("Note"),
    ]  # fmt: skip
    name = f"{_('cover')}-{reading.as_of:%Y-%m-%d}"
    with snapshot():
        mutual = circles(reading.as_of, reading.horizon)
        rows = (_cells(row, row.number in mutual) for row in every_piece(chosen_of(request)[0], asking_of(request)))
        return send_table(request.GET.get("format", ""), name, headers, rows, title=f"{reading.as_of:%Y-%m-%d}")


def asking_of(request: HttpRequest) -> Asking:
    """The reader's rows on the page's day, as known then."""
    reading = reading_of(request)
    return Asking(scope_of(request, Permission.VIEW_LEDGER), reading.as_of, reading.horizon)


def chosen_of(request: HttpRequest) -> tuple[PieceFilter, CustomerRow | None]:
    """What the address narrows the list to; a customer that is not there has no cover."""
    state, kind, whose = request.GET.get("state", ""), request.GET.get("kind", ""), None
    if request.GET.get("customer"):
        try:
            whose = customer(request.GET["customer"], scope=scope_of(request, Permission.VIEW_LEDGER))
        except Refusal:
            return PieceFilter(customer_id=0), None
    chosen = PieceFilter(
        state=state if state in (COUNTS, *STATES) else "",
        kind=kind if kind in KINDS else "",
        text=request.GET.get("q", "").strip(),
        company_id=reading_of(request).company_id,
        customer_id=whose.id if whose else None,
    )
    return chosen, whose


def _chips(chosen: PieceFilter, whose: CustomerRow | None) -> list[Chip]:
    found = [Chip(f"{_('Covers')} {whose.name}", ("customer",))] if whose else []
    if chosen.kind:
        found.append(Chip(_(KIND_NAMES[chosen.kind]), ("kind",)))
    return [*found, Chip(chosen.text, ("q",))] if chosen.text else found


def _cells(row: PieceRow, mutual: bool) -> list[Cell]:
    terms = row.terms
    return [
        row.number, row.company_code, row.customer_code, row.customer_name, row.whose.contract_number, row.whose.group,
        _(KIND_NAMES[terms.kind]), terms.provider, terms.reference, terms.currency,
        Decimal(to_text(terms.amount, terms.currency)), Decimal(percent_text(terms.eligible_e4)),
        Decimal(percent_text(terms.insured_e4)),
        Decimal(to_text(terms.worth if row.counts else 0, terms.currency)), terms.valid_from, terms.valid_until,
        _(STATE_NAMES[row.state]), _("yes") if mutual else "", row.file_name, row.actor, row.approved_by, terms.note,
    ]  # fmt: skip
