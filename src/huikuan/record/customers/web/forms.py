"""What a form was filled in with, and what the product says to it: a refused form keeps its input."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.telling import told
from huikuan.record.customers.domain.changes import Change
from huikuan.record.customers.domain.seen import Seen
from huikuan.record.customers.messages import SENTENCES
from huikuan.record.customers.queries import CustomerRow, customer_with_id, seen

#: Refusals that a form shows beside its input; any other is a page of its own.
_SHOWN = {*SENTENCES, "date_unreadable", "file_not_stored", "form_file_missing", "form_file_too_large"}
CHANGED_SINCE = "customer_changed_since"


@dataclass(frozen=True, slots=True)
class Conflict:
    """Who changed the record since it was read, when, and what."""

    actor: str
    at: datetime
    changes: tuple[Change, ...]


@dataclass(slots=True)
class Form:
    """`values` as typed; `version` the one the next attempt is made on; `problem` a sentence, '' for none."""

    values: dict[str, Any]
    version: int = 0
    problem: str = ""
    code: str = ""
    conflict: Conflict | None = None

    @property
    def status(self) -> int:
        return 409 if self.conflict else 400 if self.problem else 200


def typed(request: HttpRequest, names: Iterable[str]) -> dict[str, str]:
    """The fields of a posted form."""
    return {name: request.POST.get(name, "").strip() for name in names}


def version_read(request: HttpRequest) -> int:
    """The version the form was filled in on."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def attempt(form: Form, work: Callable[[], object]) -> bool:
    """Do it; refused, the form says why and answers False."""
    try:
        work()
    except Refusal as refusal:
        if refusal.code not in _SHOWN:
            raise
        form.code = refusal.code
        form.problem = sentence(refusal)
        return False
    return True


def sentence(refusal: Refusal) -> str:
    """What to say of it."""
    return told(refusal.code, refusal.params)


def day_of(text: str) -> date | None:
    """A date field; '' is none."""
    return parse_date(text) if text else None


def managed(request: HttpRequest, customer_id: int, by: Permission = Permission.MANAGE_CUSTOMERS) -> CustomerRow:
    """The customer of the address, which the reader may change `by` this permission; one out of reach is not
    there."""
    try:
        row = customer_with_id(customer_id, scope=scope_of(request, Permission.VIEW_CUSTOMERS))
    except Refusal as refusal:
        raise Http404 from refusal
    if not may_manage(request, customer_id, by) or reading_of(request).is_past:
        raise Http404
    return row


def may_manage(request: HttpRequest, customer_id: int, by: Permission = Permission.MANAGE_CUSTOMERS) -> bool:
    """Whether the reader may change this customer by the permission."""
    return seen(scope_of(request, by)).has_customer(customer_id)


def sees_people(request: HttpRequest, customer_id: int) -> bool:
    """Whether the reader sees in clear who the people at this customer are."""
    return people_seen(request).has_customer(customer_id)


def people_seen(request: HttpRequest) -> Seen:
    """The customers whose people the reader sees in clear."""
    return seen(scope_of(request, Permission.VIEW_PERSONAL))


def done(request: HttpRequest, customer_id: int, said: str, tab: str = "") -> HttpResponse:
    """Back to the customer, which says what was done."""
    messages.success(request, said)
    return HttpResponseRedirect(
        address(reverse("dossiers:customer", args=[customer_id]), reading_of(request), tab=tab)
    )


def actor_of(request: HttpRequest) -> str:
    return request.user.get_username()
