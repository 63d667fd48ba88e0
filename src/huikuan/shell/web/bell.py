"""The bell: what the reader had asked for and has ended since, and the work that was put to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huikuan.connect.connectors.models import Batch, ImportDraft
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.pages.access import may
from huikuan.mechanisms.work.kinds import kind_named
from huikuan.see.statements.models import FinishedRun, StatementRun
from huikuan.shell.web.inbox import Inbox

#: Set by the page when the bell is opened: the second up to which the reader has seen everything.
COOKIE = "hk_bell"
WINDOW = timedelta(days=7)
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Ended:
    """One thing that ended. `fresh`: since the bell was last opened here."""

    title: str
    detail: str
    url: str
    at: datetime
    good: bool
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Bell:
    ended: list[Ended]
    fresh: int
    #: What the cookie says once it was opened.
    until: int


def bell(request: HttpRequest, user: User, inbox: Inbox, *, at: datetime) -> Bell:
    """The reader's own imports and runs that ended in the last week, and work put to them by name in it, the newest
    first."""
    said = request.COOKIES.get(COOKIE, "")
    seen = datetime.fromtimestamp(int(said), UTC) if said.isascii() and said.isdigit() and len(said) < 12 else None
    found = _put(inbox)
    if may(request, Permission.VIEW_IMPORTS):
        found += _imports(user, at - WINDOW) + _refused(user, at - WINDOW)
    if may(request, Permission.ISSUE_STATEMENTS):
        found += _runs(user, at - WINDOW)
    newest = sorted(found, key=lambda one: one.at, reverse=True)[:SHOWN]
    told = [
        Ended(one.title, one.detail, one.url, one.at, one.good, fresh=seen is None or one.at > seen) for one in newest
    ]
    return Bell(told, sum(one.fresh for one in told), int(at.timestamp()))


def _put(inbox: Inbox) -> list[Ended]:
    """A warning is told where its reader looks first."""
    kinds = {row.id: kind_named(row.kind) for row in inbox.lately}
    return [
        Ended(
            _(kinds[row.id].title_of(row.about)),
            kinds[row.id].describe(row.about),
            reverse("shell:work-item", args=[row.id]),
            row.opened_at,
            good=False,
        )
        for row in inbox.lately
    ]


def _imports(user: User, since: datetime) -> list[Ended]:
    mine = Batch.objects.filter(Q(committed_at__gte=since) | Q(undone_at__gte=since), actor=user.username)
    mine = mine.only("file_name", "undone_at", "committed_at", "created_at")
    return [
        Ended(
            _("Import undone") if batch.undone_at else _("Import committed"),
            batch.file_name,
            reverse("connectors:batch", args=[batch.pk]),
            batch.undone_at or batch.committed_at or batch.created_at,
            good=True,
        )
        for batch in mine.order_by("-pk")[:SHOWN]
    ]


def _refused(user: User, since: datetime) -> list[Ended]:
    drafts = ImportDraft.objects.filter(actor=user.username, changed_at__gte=since, state=ImportDraft.State.OPEN)
    drafts = drafts.only("file_name", "changed_at")
    return [
        Ended(
            _("Import refused, nothing was written"),
            draft.file_name,
            reverse("connectors:draft", args=[draft.pk]),
            draft.changed_at,
            good=False,
        )
        for draft in drafts.exclude(refusal={}).order_by("-changed_at")[:SHOWN]
    ]


def _runs(user: User, since: datetime) -> list[Ended]:
    mine = StatementRun.objects.filter(actor=user.username, recorded_at__gte=since).values("pk")
    return [
        Ended(
            ngettext("%(count)s statement issued", "%(count)s statements issued", run.issued)
            % {"count": f"{run.issued:,}"},
            _("Run %(number)s") % {"number": run.run_id},
            reverse("statements:run", args=[run.run_id]),
            run.recorded_at,
            good=True,
        )
        for run in FinishedRun.objects.filter(run_id__in=mine).order_by("-recorded_at")[:SHOWN]
    ]
