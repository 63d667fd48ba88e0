"""Policies that wait for a decision: what changes, approving what was shown, returning it, putting it in force."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import may, needs, permitted_companies
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.policies import operations
from huikuan.mechanisms.policies.domain.lifecycle import APPROVED, DRAFT, SUBMITTED
from huikuan.mechanisms.policies.kinds import kind_named
from huikuan.mechanisms.policies.queries import VersionRow, history, waiting
from huikuan.shell.web.acting import act
from huikuan.shell.web.proving import sensitive


@needs(Permission.APPROVE_POLICY)
@require_GET
def show_policies(request: HttpRequest) -> HttpResponse:
    """Every version that waits: for approval, or approved and not yet in force."""
    codes = dict(Company.objects.values_list("pk", "code"))
    found = [
        (row, _(kind_named(row.kind).title), codes.get(row.company_id or 0, ""), history(row.id))
        for row in awaiting(request)
    ]
    page = {"found": found, "may_force": may(request, Permission.FORCE_POLICY), "me": request.user.get_username()}
    return render(request, "shell/policies.html", page)


@needs(Permission.APPROVE_POLICY)
@require_POST
@sensitive
def approve(request: HttpRequest, version_id: int) -> HttpResponse:
    """Approve what was shown, return it to its maker, or put an approved version in force from now on."""
    form, at, actor = Form(typed_in(request)), timezone.now(), request.user.get_username()
    comment = form.text("comment")
    deeds: dict[str, tuple[Callable[[], object], str]] = {
        "approve": (
            lambda: operations.approve(
                version_id=version_id, digest=form.text("digest"), comment=comment, actor=actor, at=at
            ),
            _("It is approved. It governs once it is put in force."),
        ),
        "return": (
            lambda: operations.return_to_maker(version_id=version_id, comment=comment, actor=actor, at=at),
            _("It was returned to its maker."),
        ),
        "force": (
            lambda: operations.put_in_force(version_id=version_id, effective_at=at, actor=actor, at=at),
            _("It governs from now on."),
        ),
    }
    if form.text("deed") not in deeds or version_id not in {row.id for row in awaiting(request)}:
        raise Http404
    work, done = deeds[form.text("deed")]
    return act(request, work, done=done, then=reverse("shell:policies"))


def awaiting(request: HttpRequest) -> list[VersionRow]:
    """Versions that wait for a step the reader may take, of companies they decide for; what holds for all waits for
    who decides for all. The newest first."""
    companies = permitted_companies(request, Permission.APPROVE_POLICY)
    states = (DRAFT, SUBMITTED, APPROVED) if may(request, Permission.FORCE_POLICY) else (DRAFT, SUBMITTED)
    return [row for row in waiting() if row.state in states and (companies is None or row.company_id in companies)]
