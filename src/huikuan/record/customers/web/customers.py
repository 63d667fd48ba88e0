"""Creating and changing a customer: its registry data, how it is dealt with, whose it is."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.kernel.errors import Refusal
from huikuan.kernel.identifiers import uscc_problem
from huikuan.kernel.text import plain
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.reading import reading_of
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.domain.care import FIELDS as CARE
from huikuan.record.customers.domain.care import Care
from huikuan.record.customers.domain.changes import differences
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Affiliation
from huikuan.record.customers.operations import affiliate, change_care, change_customer, create_customer
from huikuan.record.customers.queries import (
    CustomerRow,
    affiliations_of,
    customers_by_id,
    governing_rows,
    groups_offered,
    register_seen,
    seen,
    values_said,
    versions,
)
from huikuan.record.customers.queries.people import care_held, care_of, care_versions
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
    typed,
    version_read,
)

MASTER = (
    *("name", "short_name", "english_name", "uscc", "uscc_override_reason", "status", "parent_code", "industry"),
)
DIMENSIONS = tuple(words.DIMENSIONS)


@needs(Permission.MANAGE_CUSTOMERS)
def new_customer(request: HttpRequest) -> HttpResponse:
    """An empty form; a POST creates the customer or prospect."""
    form = Form({"status": "customer"})
    if request.method == "POST":
        form = Form(typed(request, ("code", *MASTER, *DIMENSIONS)))
        created: list[int] = []
        if attempt(form, lambda: created.append(_create(request, form.values))):
            return done(request, created[0], _("The customer was created."))
    return render(request, "customers/new.html", _page(request, form), status=form.status)


@needs(Permission.MANAGE_CUSTOMERS)
def edit_customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The customer's registry data, filled in; a POST changes them on the version that was read."""
    row = managed(request, customer_id)
    form = Form(_known(row), row.version)
    if request.method == "POST":
        form = Form(typed(request, MASTER), version_read(request))
        changes = dict(form.values)
        if attempt(form, lambda: _change(request, row.code, form.version, changes)):
            return done(request, customer_id, _("The customer's data were changed."))
        if form.code == CHANGED_SINCE:
            form.conflict, form.version = _conflict(customer_id, form.version), row.version
    page = {**_page(request, form), "customer": row, "care": _care_form(customer_id), **_belongs(request, customer_id)}
    return render(request, "customers/edit.html", page, status=form.status)


@needs(Permission.MANAGE_CUSTOMERS)
@posted_from("customers:edit", "customer_id")
def save_care(request: HttpRequest, customer_id: int) -> HttpResponse:
    """How the customer is dealt with."""
    row = managed(request, customer_id)
    care = Form(typed(request, CARE), version_read(request))
    if attempt(care, lambda: _deal(request, customer_id, care)):
        return done(request, customer_id, _("How the customer is dealt with was changed."))
    if care.code == CHANGED_SINCE:
        care.conflict, care.version = _care_conflict(customer_id, care.version), care_of(customer_id).version
    page = {
        **_page(request, Form(_known(row), row.version)),
        "customer": row,
        "care": care,
        **_belongs(request, customer_id),
    }
    return render(request, "customers/edit.html", page, status=care.status)


@needs(Permission.MANAGE_CUSTOMERS)
@posted_from("customers:edit", "customer_id")
def save_affiliation(request: HttpRequest, customer_id: int) -> HttpResponse:
    """From a day on the customer belongs to a group, owner, region or business type."""
    row = managed(request, customer_id)
    belongs = Form(typed(request, (*words.DIMENSIONS, "effective_on")))
    if attempt(belongs, lambda: _affiliate_changed(request, customer_id, belongs.values)):
        return done(request, customer_id, _("Whose the customer is was recorded."))
    page = {
        **_page(request, Form(_known(row), row.version)),
        "customer": row,
        "care": _care_form(customer_id),
        **_belongs(request, customer_id),
        "belongs": belongs,
    }
    return render(request, "customers/edit.html", page, status=belongs.status)


@needs(Permission.MANAGE_CUSTOMERS)
@require_GET
def check_code(request: HttpRequest) -> HttpResponse:
    """A sentence on a USCC as it is typed: whether its check fits, and which customer has it already."""
    uscc = plain(request.GET.get("uscc", "")).upper()
    problem = uscc_problem(uscc) if uscc else None
    others = register_seen(seen(scope_of(request))).filter(uscc=uscc).exclude(code=request.GET.get("code", ""))
    page = {
        "uscc": uscc,
        "problem": _(words.USCC_PROBLEMS[problem]) if problem else "",
        "others": [(one.pk, one.name, one.code) for one in others[:3]] if uscc else [],
    }
    return render(request, "customers/parts/uscc.html", page)


def _create(request: HttpRequest, values: dict[str, str]) -> int:
    """The customer with its first affiliations, in one transaction. Whoever sees their own customers alone makes
    none that is not theirs."""
    owners = scope_of(request).owners
    if owners is not None and values["owner"] not in owners:
        raise Refusal("customer_owner_outside", owner=values["owner"] or _("(none)"))
    named: dict[str, Any] = {name: values.get(name, "") for name in ("code", *MASTER)}
    at, actor = timezone.now(), actor_of(request)

    def work() -> int:
        customer_id = create_customer(master=Master(**named), actor=actor, at=at)
        for dimension in DIMENSIONS:
            if values[dimension]:
                _state(customer_id, dimension, values[dimension], request)
        return customer_id

    return retrying(work)


def _state(customer_id: int, dimension: str, value: str, request: HttpRequest) -> None:
    affiliate(
        customer_id=customer_id,
        dimension=dimension,
        value=value,
        effective_on=reading_of(request).today,
        actor=actor_of(request),
        at=timezone.now(),
    )


def _change(request: HttpRequest, code: str, version: int, changes: dict[str, Any]) -> None:
    change_customer(code=code, version=version, changes=changes, actor=actor_of(request), at=timezone.now())


def _deal(request: HttpRequest, customer_id: int, form: Form) -> None:
    stated, at = Care(**form.values), timezone.now()
    change_care(customer_id=customer_id, version=form.version, care=stated, actor=actor_of(request), at=at)


def _affiliate_changed(request: HttpRequest, customer_id: int, values: dict[str, str]) -> None:
    """Those of the four that were changed in the form, all or none; what somebody else said meanwhile of the others
    stands."""
    changed = [name for name in words.DIMENSIONS if name in request.POST]
    changed = [name for name in changed if values[name] != request.POST.get(f"was_{name}")]

    def work() -> None:
        for name in changed:
            said = {"dimension": name, "value": values[name], "effective_on": values["effective_on"]}
            _affiliate(request, customer_id, said)

    retrying(work)


def _affiliate(request: HttpRequest, customer_id: int, values: dict[str, str]) -> None:
    day = day_of(values["effective_on"]) or reading_of(request).today
    if values["dimension"] == Affiliation.Dimension.OWNER:
        _check_giver(request, customer_id, day)
    affiliate(
        customer_id=customer_id,
        dimension=values["dimension"],
        value=values["value"],
        effective_on=day,
        actor=actor_of(request),
        at=timezone.now(),
    )


def _check_giver(request: HttpRequest, customer_id: int, day: date) -> None:
    """Whoever manages customers gives an owner to one that has none. From an owner it goes by a hand-over that two
    sign, or by somebody who may hand over that owner's customers in every company."""
    begin = min(day, reading_of(request).today)
    said = governing_rows([customer_id]).get((customer_id, None, Affiliation.Dimension.OWNER), [])
    present = {value for since, value in said if since > begin}
    present.update([value for since, value in said if since <= begin][-1:])
    reached = scope_of(request, Permission.HAND_OVER_CUSTOMERS).owners_across(None)
    if reached is not None and (others := present - {""} - reached):
        raise Refusal("owner_by_hand_over", owner=", ".join(sorted(others)))


def _known(row: CustomerRow) -> dict[str, str]:
    parent = customers_by_id([row.parent_id]) if row.parent_id else {}
    known = {name: str(getattr(row, name)) for name in MASTER if name != "parent_code"}
    return {**known, "parent_code": parent[row.parent_id].code if row.parent_id in parent else ""}


def _conflict(customer_id: int, read: int) -> Conflict:
    """What was changed since the version that was read, and who changed it last."""
    told = {one.version: one for one in versions(customer_id)}
    last = told[max(told)]
    former = json.loads(told[read].content) if read in told else {}
    return Conflict(last.actor, last.recorded_at, differences(former, json.loads(last.content)))


def _care_conflict(customer_id: int, read: int) -> Conflict | None:
    told = care_versions(customer_id)
    former = next((asdict(one.care) for one in told if one.version == read), {})
    last = told[-1] if told else None
    if last is None or last.recorded_at is None:
        return None
    return Conflict(last.actor, last.recorded_at, differences(former, asdict(last.care)))


def _care_form(customer_id: int) -> Form:
    known = care_held(customer_id)
    return Form(asdict(known.care), known.version)


def _belongs(request: HttpRequest, customer_id: int) -> dict[str, Any]:
    today = reading_of(request).today
    known = affiliations_of(customer_id, today)
    whose = {name: known.get(name, "") for name in words.DIMENSIONS}
    offered = {one.code for one in groups_offered(scope_of(request))}
    return {
        "belongs": Form({**whose, "effective_on": today.isoformat()}),
        "whose": whose,
        "hidden_group": whose["group"] if whose["group"] not in offered else "",
    }


def _page(request: HttpRequest, form: Form) -> dict[str, Any]:
    """The form, and what may be chosen in it: nothing of customers out of reach."""
    scope = scope_of(request)
    return {
        "form": form,
        "words": words,
        "groups": groups_offered(scope),
        "owners": values_said(Affiliation.Dimension.OWNER, scope=scope),
        "regions": values_said(Affiliation.Dimension.REGION, scope=scope),
    }
