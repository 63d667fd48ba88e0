"""Erasing who a contact was, at their request: for good, with a reason, proved again, and told in the audit trail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.record.customers.operations import erase_contact
from huikuan.record.customers.queries import CustomerRow, customer, customers_by_id, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.customers.queries.people import ContactRow, contacts
from huikuan.shell.messages import sentence
from huikuan.shell.web.acting import act
from huikuan.shell.web.proving import sensitive

_LONGEST_NUMBER = 9


@needs(Permission.ERASE_PERSONAL)
@require_GET
def show_erasure(request: HttpRequest) -> HttpResponse:
    """The contacts of the customer whose code was typed, and of all that are one with it: masked, since who erases
    need not read."""
    code = request.GET.get("customer", "").strip()
    page: dict[str, object] = {"code": code}
    if code:
        try:
            row = customer(code, scope=scope_of(request))
            page |= {"customer": row, "people": _people(row, scope_of(request))}
        except Refusal as refusal:
            page["problem"] = sentence(refusal.code, refusal.params)
    return render(request, "shell/erasure.html", page)


def _people(row: CustomerRow, scope: Scope) -> list[tuple[CustomerRow, ContactRow]]:
    """Everybody, each with the customer they are a contact of; the customer's own first."""
    ones = sorted(one_with(row.id, theirs=seen(scope)), key=lambda one: (one != row.id, one))
    known = customers_by_id(ones)
    return [(known[one], person) for one in ones for person in contacts(one, clear=False)]


@needs(Permission.ERASE_PERSONAL)
@require_POST
@sensitive
def erase(request: HttpRequest) -> HttpResponse:
    """Erase what the form names; without the tick that says it is meant, nothing."""
    code, number = (request.POST.get(name, "").strip() for name in ("customer", "number"))

    def work() -> None:
        row: CustomerRow = customer(code, scope=scope_of(request))
        if request.POST.get("sure") != "1":
            raise Refusal("contact_erasure_unsure")
        erase_contact(
            customer_id=row.id,
            number=int(number) if number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER else 0,
            reason=request.POST.get("reason", ""),
            actor=request.user.get_username(),
            at=timezone.now(),
        )

    page = f"{reverse('shell:erasure')}?{urlencode({'customer': code})}"
    return act(request, work, done=_("The person's data were erased. The audit trail tells that and why."), then=page)
