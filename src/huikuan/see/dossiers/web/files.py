"""A customer's lists as files: postings, contacts, papers, the timeline; each exactly what its tab shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from huikuan.act.collection.web.asked import reads_requests
from huikuan.act.collection.web.permissions import WORKS
from huikuan.judge.rating.telling import card_title, factor_title, factor_value
from huikuan.judge.rating.templatetags.rating import cause_name, source_name
from huikuan.judge.rating.web.panel import past
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of, sees_machinery
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.queries import CustomerRow
from huikuan.record.customers.web import words
from huikuan.record.customers.web.forms import people_seen
from huikuan.record.receivables.templatetags.receivables import kind_name
from huikuan.see.dossiers.queries.postings import postings
from huikuan.see.dossiers.queries.timeline import timeline
from huikuan.see.dossiers.templatetags.dossiers import event_title, event_words
from huikuan.see.dossiers.web.asked import books_of, found_customer, papers_of, people_of
from huikuan.see.dossiers.web.stories import in_words

_EVERY = 1_000_000

_Rows = Iterator[list[Cell]]


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def export_customer(request: HttpRequest, customer_id: int, tab: str) -> HttpResponseBase:
    """The tab's rows as csv or xlsx."""
    customer, found = found_customer(request, customer_id), _LISTS.get(tab)
    if found is None:
        raise Http404
    headers, rows = found(request, customer)
    name, day = f"{customer.code}-{tab}", books_of(request).as_of
    return send_table(request.GET.get("format", ""), f"{name}-{day:%Y-%m-%d}", headers, rows, title=customer.code)


def _postings(request: HttpRequest, customer: CustomerRow) -> tuple[list[str], _Rows]:
    headers = [
        *(_("Kind"), _("Document"), _("Document date"), _("Posting date"), _("Due"), _("Currency"), _("Amount")),
        *(_("Contract"), _("Text")),
    ]
    scope = scope_of(request, Permission.VIEW_LEDGER)

    def rows() -> _Rows:
        for one in postings(customer.id, books_of(request), scope=scope, limit=_EVERY):
            signed = -one.amount if one.side == "credit" else one.amount
            yield [
                *(kind_name(one.kind), one.document_number, one.document_date, one.posting_date, one.due_date),
                *(one.currency, Decimal(to_text(signed, one.currency)), one.contract_number, one.text),
            ]

    return headers, rows()


def _contacts(request: HttpRequest, customer: CustomerRow) -> tuple[list[str], _Rows]:
    headers = [
        *(_("Name of the person"), _("Position"), _("Function"), _("Telephone"), _("E-mail"), _("Language")),
        *(_("Consent"), _("Since"), _("Still there")),
    ]

    def rows() -> _Rows:
        for row in people_of(customer, books_of(request), scope=scope_of(request), personal=people_seen(request)):
            one = row.contact
            yield [
                *(one.name, one.position, _(words.ROLES[one.role]) if one.role else "", one.phone, one.email),
                _(words.LANGUAGES[one.language]) if one.language else "",
                _(words.CONSENTS[one.consent]) if one.consent else "",
                *(one.consent_on, _("yes") if one.active else _("no")),
            ]

    return headers, rows()


def _papers(request: HttpRequest, customer: CustomerRow) -> tuple[list[str], _Rows]:
    headers = [_("Paper"), _("Title"), _("Issued"), _("Expires"), _("State"), _("Note"), _("File"), _("Kept by")]

    def rows() -> _Rows:
        for one in papers_of(customer, books_of(request), scope=scope_of(request)):
            state = _(words.VALIDITY[one.state][0])
            yield [
                *(_(words.PAPERS[one.kind]), one.title, one.issued_on, one.expires_on, state),
                *(one.note, one.file_name, one.actor),
            ]

    return headers, rows()


def _ratings(request: HttpRequest, customer: CustomerRow) -> tuple[list[str], _Rows]:
    """Every assessment by the day, a line for each of its factors."""
    headers = [
        *(
            _("Assessed as of"),
            _("Grade"),
            _("Score"),
            _("Scorecard"),
            _("Factor"),
            pgettext("of a factor", "Value"),
            _("Points"),
        ),
        *(_("Points at most"), _("Source"), _("As of"), _("Cause"), _("By")),
    ]
    scope = scope_of(request, Permission.VIEW_CUSTOMERS)

    def rows() -> _Rows:
        for one in past(request, customer.id, scope=scope):
            for reason in one.reasons:
                yield [
                    *(one.as_of, one.grade, one.score, card_title(one.card), factor_title(reason.factor)),
                    *(factor_value(reason.value, reason.factor), reason.points, reason.most),
                    *(
                        source_name(reason.source) if reason.source else "",
                        reason.on,
                        cause_name(one.cause),
                        one.actor,
                    ),
                ]

    return headers, rows()


def _timeline(request: HttpRequest, customer: CustomerRow) -> tuple[list[str], _Rows]:
    headers = [_("Date"), _("Recorded"), _("By"), _("What"), _("Details")]

    def rows() -> _Rows:
        found = timeline(
            customer.id,
            books_of(request),
            customers=scope_of(request),
            ledger=scope_of(request, Permission.VIEW_LEDGER),
            desk=scope_of(request, WORKS),
            people=scope_of(request, Permission.VIEW_PERSONAL),
            requests=reads_requests(request),
            kind=request.GET.get("kind", ""),
        )
        for event in in_words(found, machinery=sees_machinery(request)):
            yield [
                event.on,
                event.at.isoformat(timespec="seconds"),
                event.actor,
                event_title(event),
                event_words(event),
            ]

    return headers, rows()


_LISTS: dict[str, Callable[[HttpRequest, CustomerRow], tuple[list[str], _Rows]]] = {
    "documents": _postings,
    "people": _contacts,
    "papers": _papers,
    "rating": _ratings,
    "timeline": _timeline,
}
