"""Planning a visit."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.act.visits.messages import PURPOSES
from huikuan.act.visits.operations import plan_visit
from huikuan.act.visits.web.permissions import WRITES
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.pages.access import companies_offered, company_preset, needs, scope_of
from huikuan.mechanisms.pages.forms import Form, request_named, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.customers.queries import CustomerRow, customer_named, seen

#: Beside which field a refusal stands.
_BESIDE = {
    "visit_day_bad": "on",
    "visit_visitor_unknown": "visitor",
    "mention_unseen": "visitor",
    "visit_note_too_long": "note",
}


@needs(WRITES)
def plan(request: HttpRequest) -> HttpResponse:
    """An empty form, the customer of the address filled in; a POST plans the visit. `here`: somebody stands there
    already, so the next page is the one to check in on."""
    reading = reading_of(request)
    if reading.is_past:
        raise Http404
    form = Form(typed_in(request) if request.method == "POST" else _prefilled(request))
    if request.method == "POST" and (number := _planned(request, form)) is not None:
        there = reverse("visits:visit", args=[number])
        return HttpResponseRedirect(address(there, reading))
    page: dict[str, Any] = {
        "form": form,
        "whose": _whose(request, form),
        "companies": [(one.code, one.name) for one in companies_offered(request)],
        "purposes": [(name, _(title)) for name, title in PURPOSES.items()],
        "visitors": _visitors(request),
    }
    return render(request, "visits/plan.html", page, status=400 if form.problems else 200)


def _prefilled(request: HttpRequest) -> dict[str, str]:
    reading = reading_of(request)
    company = company_preset(reading.company, companies_offered(request))
    follows = request.GET.get("follows", "")
    return {
        "customer": request.GET.get("customer", ""),
        "company": company.code if company else "",
        "on": reading.today.isoformat(),
        "visitor": request.user.get_username(),
        "purpose": "return" if follows else "collect",
        "follows": follows,
        "key": uuid.uuid4().hex,
    }


def _planned(request: HttpRequest, form: Form) -> int | None:
    company = next((one for one in companies_offered(request) if one.code == form.text("company")), None)
    whose = form.read("customer", lambda text: customer_named(text, scope=scope_of(request)))
    day = form.read("on", parse_date)
    if company is None:
        form.blame("company", Refusal("company_unknown", company=form.text("company")))
    elif not form.text("customer"):
        form.blame("customer", Refusal("customer_missing"))
    elif whose is None or not seen(scope_of(request)).has(company.pk, whose.id):
        form.blame("customer", Refusal("customer_unknown", customer=form.text("customer")))
    if day is None:
        form.blame("on", Refusal("date_missing"))
    if form.problems or company is None or whose is None or day is None:
        return None
    return _written(request, form, company, whose, day)


def _written(request: HttpRequest, form: Form, company: Company, whose: CustomerRow, day: Any) -> int | None:
    try:
        return plan_visit(
            customer_id=whose.id,
            company_id=company.pk,
            planned_on=day,
            visitor=form.text("visitor"),
            purpose=form.text("purpose"),
            note=form.text("note"),
            follows=request_named(form.text("follows")),
            request_key=f"visit-{form.text('key')}"[:80] if form.text("key") else None,
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.blame(_BESIDE.get(refusal.code, ""), refusal)
        return None


def _whose(request: HttpRequest, form: Form) -> CustomerRow | None:
    try:
        return customer_named(form.text("customer"), scope=scope_of(request)) if form.text("customer") else None
    except Refusal:
        return None


def _visitors(request: HttpRequest) -> list[tuple[str, str]]:
    """Whom a visit may be given to: people with an account, oneself first."""
    people = User.objects.filter(is_active=True).order_by("display_name", "username")
    named = [(one.username, one.display_name or one.username) for one in people]
    return sorted(named, key=lambda one: one[0] != request.user.get_username())
