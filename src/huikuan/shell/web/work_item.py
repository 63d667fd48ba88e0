"""One work item: why it waits, what became of it; taking it, handing it on, finishing it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.mechanisms.identity.queries import UserRow, shown_names, users
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.work import operations, queries
from huikuan.mechanisms.work.kinds import DONE, kind_named
from huikuan.mechanisms.work.messages import STEP_TITLES
from huikuan.mechanisms.work.queries import ItemRow
from huikuan.shell.web.acting import act
from huikuan.shell.web.work import reader_of, told

_ROLE = "role:"


@needs(Permission.VIEW_WORK)
def show_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Why it waits, for whom, until when, and what the reader may do."""
    row = _found(request, item_id)
    kind, (words,) = kind_named(row.kind), told([row], reader_of(request))
    page = {
        **words,
        "history": _history(row.id),
        "subject_url": address(kind.address(row.about), reading_of(request)) if kind.address else "",
        "results": [(code, _(title)) for code, title in kind.result_titles().items()],
        "escalates_to": _(ROLE_TITLES[row.escalates_to]) if row.escalates_to else "",
    }
    if words["mine"]:
        me, people = request.user.get_username(), users(at=timezone.now())
        page |= {
            "takes": row.owner != me,
            "people": [one for one in people if one.username != me and one.active and _may_have_work(one)],
            "roles": [(name, _(ROLE_TITLES[name])) for name, role in ROLES.items() if _sees_work(role.name)],
        }
    return render(request, "shell/work_item.html", page)


@needs(Permission.VIEW_WORK)
@require_POST
def do(request: HttpRequest, item_id: int) -> HttpResponse:
    """Finish it with a result and a note, take it, or hand it to a person or a role."""
    row, form = _found(request, item_id), Form(typed_in(request))
    whose: dict[str, Any] = {"item_id": row.id, "actor": request.user.get_username(), "at": timezone.now()}
    whole, here = (reverse("shell:work"), reverse("shell:work-item", args=[row.id]))
    to, role = _whom(form.text("to"))
    deeds: dict[str, tuple[Callable[[], object], str, str]] = {
        "finish": (
            lambda: operations.finish_item(result=form.text("result") or DONE, note=form.text("note"), **whose),
            _("It is finished."),
            whole,
        ),
        "take": (lambda: operations.take_item(**whose), _("It is yours now."), here),
        "hand": (
            lambda: operations.hand_item(to=to, role=role, note=form.text("note"), **whose),
            _("It was handed on."),
            whole,
        ),
    }
    if form.text("deed") not in deeds:
        raise Http404
    work, done, then = deeds[form.text("deed")]
    reading = reading_of(request)
    return act(request, work, done=done, then=address(then, reading), otherwise=address(here, reading))


def _whom(chosen: str) -> tuple[str, str]:
    """(person, role) of what the form offers: a user's name, or `role:` and a role."""
    return ("", chosen.removeprefix(_ROLE)) if chosen.startswith(_ROLE) else (chosen, "")


def _found(request: HttpRequest, item_id: int) -> ItemRow:
    try:
        return queries.item(item_id, scope=reader_of(request).scope)
    except Refusal as refusal:
        raise Http404 from refusal


def _history(item_id: int) -> list[dict[str, Any]]:
    """What became of it, with names, roles and results in words."""
    steps = queries.history(item_id)
    names = shown_names({name for step in steps for name in (step.actor, step.owner) if name})
    return [
        {
            "step": step,
            "words": _(STEP_TITLES[step.step]),
            "actor": "" if step.actor == SYSTEM else names[step.actor],
            "owner": names[step.owner] if step.owner else "",
            "role": _(ROLE_TITLES[step.above or step.role]) if step.above or step.role else "",
        }
        for step in steps
    ]


def _may_have_work(row: UserRow) -> bool:
    """Whether the person is worth offering; whether they see this one is asked when it is handed over."""
    return any(_sees_work(grant.role) for grant in row.roles)


def _sees_work(role: str) -> bool:
    return Permission.VIEW_WORK in ROLES[role].permissions and not ROLES[role].guest
