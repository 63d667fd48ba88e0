"""Contacts of a customer: added, changed, marked as gone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs
from huikuan.record.customers.domain.changes import differences
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.operations import add_contact, change_contact
from huikuan.record.customers.queries.people import ContactRow, contact_of, contact_versions, last_contact
from huikuan.record.customers.web import words
from huikuan.record.customers.web.forms import (
    CHANGED_SINCE,
    Conflict,
    Form,
    actor_of,
    attempt,
    day_of,
    done,
    managed,
    sees_people,
    typed,
    version_read,
)

TEXTS = ("name", "position", "role", "phone", "email", "language", "consent", "consent_on")
_TAB = "people"


@needs(Permission.MANAGE_CONTACTS)
def new_contact(request: HttpRequest, customer_id: int) -> HttpResponse:
    """An empty form; a POST adds the person."""
    row = managed(request, customer_id, Permission.MANAGE_CONTACTS)
    form = Form({"active": True}, last_contact(customer_id))
    if request.method == "POST":
        form = Form({**typed(request, TEXTS), "active": True}, version_read(request))
        if attempt(form, lambda: _add(request, customer_id, form)):
            return done(request, customer_id, _("The contact was added."), _TAB)
        if form.code == "customer_contact_added_since":
            form.version = last_contact(customer_id)
    return render(
        request, "customers/contact.html", {"form": form, "customer": row, "words": words}, status=form.status
    )


@needs(Permission.MANAGE_CONTACTS)
def edit_contact(request: HttpRequest, customer_id: int, number: int) -> HttpResponse:
    """One person; only whoever sees them in clear may change them."""
    row, known = managed(request, customer_id, Permission.MANAGE_CONTACTS), _contact(request, customer_id, number)
    form = Form(_values(known), known.version)
    if request.method == "POST":
        form = Form({**typed(request, TEXTS), "active": request.POST.get("active") == "1"}, version_read(request))
        if attempt(form, lambda: _change(request, customer_id, number, form)):
            return done(request, customer_id, _("The contact was changed."), _TAB)
        if form.code == CHANGED_SINCE:
            form.conflict, form.version = _conflict(customer_id, number, form.version), known.version
    page = {"form": form, "customer": row, "contact": known, "words": words}
    return render(request, "customers/contact.html", page, status=form.status)


def _contact(request: HttpRequest, customer_id: int, number: int) -> ContactRow:
    if not sees_people(request, customer_id):
        raise Http404
    try:
        known = contact_of(customer_id, number, clear=True)
    except Refusal as refusal:
        raise Http404 from refusal
    if known.erased:
        raise Http404
    return known


def _add(request: HttpRequest, customer_id: int, form: Form) -> None:
    who, at = actor_of(request), timezone.now()
    add_contact(customer_id=customer_id, contact=_stated(form), seen=form.version, actor=who, at=at)


def _change(request: HttpRequest, customer_id: int, number: int, form: Form) -> None:
    change_contact(
        customer_id=customer_id,
        number=number,
        version=form.version,
        contact=_stated(form),
        actor=actor_of(request),
        at=timezone.now(),
    )


def _stated(form: Form) -> Contact:
    said: dict[str, Any] = {**form.values, "consent_on": day_of(form.values["consent_on"])}
    return Contact(**said)


def _values(known: ContactRow) -> dict[str, Any]:
    said = asdict(known.contact)
    return {**said, "consent_on": said["consent_on"].isoformat() if said["consent_on"] else ""}


def _conflict(customer_id: int, number: int, read: int) -> Conflict:
    told = [one for one in contact_versions(customer_id, clear=True) if one.number == number]
    former = next((asdict(one.contact) for one in told if one.version == read), {})
    return Conflict(told[-1].actor, told[-1].recorded_at, differences(former, asdict(told[-1].contact)))
