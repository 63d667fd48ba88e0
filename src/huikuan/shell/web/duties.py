"""Duties kept apart: the matrix in force, and every exception with its end."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.mechanisms.duties.policies import matrix_at
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import ExceptionRow, exceptions
from huikuan.mechanisms.pages.access import needs, permitted_companies
from huikuan.mechanisms.pages.tables import send_table


@needs(Permission.VIEW_AUDIT)
@require_GET
def show_duties(request: HttpRequest) -> HttpResponse:
    """Each role with those that do not go with it, and the exceptions, the newest first."""
    pairs = matrix_at(timezone.now()).pairs
    apart = {
        role: sorted(_(ROLE_TITLES[other]) for pair in pairs if role in pair for other in pair - {role})
        for role, described in ROLES.items()
        if not described.guest
    }
    page = {
        "apart": [(_(ROLE_TITLES[role]), others) for role, others in apart.items() if others],
        "rows": [(row, _(ROLE_TITLES[row.grant.role])) for row in _seen(request)],
    }
    return render(request, "shell/duties.html", page)


@needs(Permission.VIEW_AUDIT)
@require_GET
def export_duties(request: HttpRequest) -> HttpResponseBase:
    """The exceptions as a file."""
    headers = [
        *(_("User"), _("Role"), _("Company"), _("Reason"), _("Asked by"), _("Approved by"), _("Given"), _("Until")),
        _("State"),
    ]
    rows = [
        [row.username, _(ROLE_TITLES[row.grant.role]), row.grant.company, row.reason, row.actor, row.approved_by,
         row.at.isoformat(timespec="seconds"), row.ends_at.isoformat(timespec="seconds") if row.ends_at else None,
         _("in force") if row.held else _("over")]
        for row in _seen(request)
    ]  # fmt: skip
    name = _("exceptions")
    return send_table(request.GET.get("format", ""), name, headers, rows, title=name)


def _seen(request: HttpRequest) -> list[ExceptionRow]:
    """Those of the companies the reader audits; what holds for every company is everybody's concern."""
    whole = permitted_companies(request, Permission.VIEW_AUDIT)
    codes = None if whole is None else set(Company.objects.filter(pk__in=whole).values_list("code", flat=True))
    return [
        row
        for row in exceptions(at=timezone.now())
        if codes is None or not row.grant.company or row.grant.company in codes
    ]
