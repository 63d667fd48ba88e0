"""Customer groups as a tree: what each owes with everything below it; a new group, a group put below another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.exports import Cell
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.tables import send_table
from huikuan.record.customers.operations import create_group, move_group
from huikuan.record.customers.web.forms import actor_of, sentence
from huikuan.see.dossiers.queries.groups import GroupLine, group_tree
from huikuan.see.dossiers.web.asked import books_of


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def show_groups(request: HttpRequest) -> HttpResponse:
    """Every group below the one it belongs to."""
    whole = scope_of(request, Permission.MANAGE_CUSTOMERS)
    told = scope_of(request, Permission.VIEW_LEDGER)
    page = {
        "lines": _lines(request),
        "told": told.owners is None and not told.nothing,
        "currency": books_of(request).currency,
        "manages": whole.owners is None and not whole.nothing and not reading_of(request).is_past,
    }
    return render(request, "dossiers/groups.html", page)


@needs(Permission.VIEW_CUSTOMERS)
@require_GET
def export_groups(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    books = books_of(request)
    headers = [
        *(_("Group code"), _("Group"), _("Part of the group"), _("Customers"), _("With all below"), _("Currency")),
        *(_("Open"), _("Overdue"), _("Credits"), _("Lines in no sum")),
    ]

    def exact(minor: int) -> Decimal:
        return Decimal(to_text(minor, books.currency))

    rows: Iterable[Sequence[Cell]] = (
        [
            *(one.group.code, one.group.name, one.group.parent, one.rolled.members, one.rolled.all_members),
            *(books.currency, exact(one.rolled.all_total), exact(one.rolled.all_overdue)),
            *(exact(one.rolled.all_credit), one.rolled.all_unvalued),
        ]
        for one in _lines(request)
    )
    name = f"{_('groups')}-{books.as_of:%Y-%m-%d}"
    return send_table(request.GET.get("format", ""), name, headers, rows, title=f"{books.as_of:%Y-%m-%d}")


@needs(Permission.MANAGE_CUSTOMERS)
@require_POST
def add_group(request: HttpRequest) -> HttpResponse:
    """A new group."""
    code, name, parent = (request.POST.get(field, "").strip() for field in ("code", "name", "parent"))

    def work() -> None:
        create_group(code=code, name=name, parent_code=parent, actor=actor_of(request), at=timezone.now())

    return _act(request, work, _("The group was added."))


@needs(Permission.MANAGE_CUSTOMERS)
@require_POST
def put_below(request: HttpRequest) -> HttpResponse:
    """Put a group, with all below it, below another one or below none."""
    code, parent = (request.POST.get(field, "").strip() for field in ("code", "parent"))

    def work() -> None:
        move_group(code=code, parent_code=parent, actor=actor_of(request), at=timezone.now())

    return _act(request, work, _("The group was moved."))


def _lines(request: HttpRequest) -> list[GroupLine]:
    ledger = scope_of(request, Permission.VIEW_LEDGER)
    return group_tree(books_of(request), scope=scope_of(request), ledger=ledger)


def _act(request: HttpRequest, work: Callable[[], object], said: str) -> HttpResponse:
    """Groups are everybody's: whoever manages single owners' customers alone changes none."""
    try:
        if scope_of(request).owners is not None:
            raise Refusal("groups_of_everybody")
        work()
    except Refusal as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(address(reverse("dossiers:groups"), reading_of(request)))
