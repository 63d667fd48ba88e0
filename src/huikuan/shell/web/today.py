"""今日, the home: what waits for the reader, with deadline and money, and what was done without them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.reading import Reading, address, reading_of
from huikuan.see.cockpit.domain.findings import Finding
from huikuan.see.cockpit.web.findings import checkup_of, own_alone, told
from huikuan.see.cockpit.web.speaking import TITLES
from huikuan.shell.today.done import done
from huikuan.shell.today.rows import Task, urgency
from huikuan.shell.today.waiting import waiting


@needs(Permission.VIEW_LEDGER)
def show_today(request: HttpRequest) -> HttpResponse:
    """The day's work by kind. A group or counter of nothing is not there."""
    reading = reading_of(request)
    checkup = checkup_of(request)
    groups: list[dict[str, Any]] = [
        {"group": group, "tasks": [_dated(task, reading) for task in group.tasks]}
        for group in waiting(request, reading)
    ]
    own = own_alone(request)
    page = {
        "checkup": checkup,
        "watches": [_watch(one, reading) for one in checkup.watches],
        "lines": [told(one, checkup, reading, own_alone=own) for one in checkup.findings],
        "groups": groups,
        "count": len(checkup.findings) + sum(one["group"].total for one in groups),
        "deeds": done(request, reading, at=timezone.now()),
    }
    return render(request, "shell/today.html", page)


def _watch(found: Finding, reading: Reading) -> dict[str, Any]:
    url = address(reverse("cockpit:finding", args=[found.code]), reading)
    return {"finding": found, "title": _(TITLES[found.code]), "url": url}


def _dated(task: Task, reading: Reading) -> dict[str, Any]:
    return {"task": task, "urgency": urgency((task.deadline - reading.as_of).days) if task.deadline else ""}
