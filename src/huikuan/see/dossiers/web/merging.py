"""Merging two customers: both side by side, what is kept, the reason; and taking it back."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.customers.domain.master import master_from
from huikuan.record.customers.domain.merging import codes_differ, names_given
from huikuan.record.customers.operations import merge_customers, undo_merge
from huikuan.record.customers.queries import CustomerRow, affiliations_of, customer, customer_with_id, seen, versions
from huikuan.record.customers.queries.merging import merge as merge_numbered
from huikuan.record.customers.web.forms import Form, actor_of, attempt, sentence, typed
from huikuan.see.dossiers.queries.standing import Balance, Books, balances
from huikuan.see.dossiers.web.asked import books_of


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two with what is open of it (None: its books are not the reader's) and whose it is."""

    customer: CustomerRow
    balance: Balance | None
    owner: str


@needs(Permission.MERGE_CUSTOMERS)
def merge(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Choose the customer this one is to be shown under, see both, and, by a POST, merge them."""
    if reading_of(request).is_past:
        raise Http404
    one, form = _reached(request, customer_id), Form({"into": request.GET.get("into", "").strip(), "reason": ""})
    if request.method == "POST":
        form = Form(typed(request, ("into", "reason", "confirmed")))
        if attempt(form, lambda: _merge(request, one, form.values)):
            into = customer(form.values["into"], scope=EVERYTHING)
            messages.success(request, _("%(code)s is shown under this customer now.") % {"code": one.code})
            return _to(request, into.id)
    other = _other(request, form)
    page = {"form": form, "customer": one, "other": other}
    return render(request, "dossiers/merge.html", page | _preview(request, one, other), status=form.status)


@needs(Permission.MERGE_CUSTOMERS)
@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """The two are two again."""
    row = merge_numbered(number)
    if row is None or not may_merge(request, row.into_id):
        raise Http404
    try:
        undo_merge(merge_id=number, reason=request.POST.get("reason", ""), actor=actor_of(request), at=timezone.now())
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, _("The merge was undone: the two are two again."))
    return _to(request, row.into_id)


def may_merge(request: HttpRequest, customer_id: int | None = None) -> bool:
    """Whether the reader may merge this customer (None: any), now."""
    held = scope_of(request, Permission.MERGE_CUSTOMERS)
    reached = not held.nothing if customer_id is None else seen(held).has_customer(customer_id)
    return reached and not reading_of(request).is_past


def _reached(request: HttpRequest, customer_id: int) -> CustomerRow:
    try:
        return customer_with_id(customer_id, scope=scope_of(request, Permission.MERGE_CUSTOMERS))
    except Refusal as refusal:
        raise Http404 from refusal


def _merge(request: HttpRequest, one: CustomerRow, said: dict[str, str]) -> None:
    into = customer(said["into"], scope=scope_of(request, Permission.MERGE_CUSTOMERS))
    merge_customers(
        from_id=one.id,
        into_id=into.id,
        reason=said["reason"],
        confirmed=bool(said["confirmed"]),
        actor=actor_of(request),
        at=timezone.now(),
    )


def _other(request: HttpRequest, form: Form) -> CustomerRow | None:
    """The customer named; one that is not there is said in the form."""
    if not form.values["into"]:
        return None
    found: list[CustomerRow] = []
    scope = scope_of(request, Permission.MERGE_CUSTOMERS)
    problem = form.problem
    if not attempt(form, lambda: found.append(customer(form.values["into"], scope=scope))):
        return None
    form.problem = problem
    return found[0]


def _preview(request: HttpRequest, one: CustomerRow, other: CustomerRow | None) -> dict[str, object]:
    """Both sides, and what the merge would keep of the first."""
    if other is None:
        return {}
    books = books_of(request)
    whole = Books(books.as_of, None, None, books.currency)
    ledger = scope_of(request, Permission.VIEW_LEDGER)
    reach = seen(ledger)
    sums = {} if ledger.nothing else balances(whole, scope=ledger, customer_ids=[one.id, other.id])
    sides = [
        Side(
            row,
            sums.get(row.id, Balance()) if reach.has_customer(row.id) else None,
            affiliations_of(row.id, books.as_of).get("owner", ""),
        )
        for row in (one, other)
    ]
    left, right = (master_from(versions(row.id)[-1].content) for row in (one, other))
    return {
        "sides": sides,
        "currency": books.currency,
        "unvalued": any(side.balance and side.balance.unvalued for side in sides),
        "names": names_given(left, right),
        "codes_differ": codes_differ(left, right),
    }


def _to(request: HttpRequest, customer_id: int) -> HttpResponse:
    there = reverse("dossiers:customer", args=[customer_id])
    return HttpResponseRedirect(address(there, reading_of(request), tab="timeline"))
