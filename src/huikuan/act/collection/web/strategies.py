"""The strategy in force, how it differs from the shipped one, and who gets what on a day by it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from huikuan.act.collection.domain.strategy import Segment
from huikuan.act.collection.policies import GOODWILL_CATALOGUE, STRATEGY
from huikuan.act.collection.presets import DEFAULT
from huikuan.act.collection.queries.preview import preview
from huikuan.act.collection.queries.strategies import strategy_in_force
from huikuan.act.collection.telling import CAUSES, CHANNELS
from huikuan.act.collection.web.asked import company_of, day_of
from huikuan.act.collection.web.rows import SHOWN, send_rows, told
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.mechanisms.notices.letters.messages import TITLES as LETTERS
from huikuan.mechanisms.pages.access import may, needs, scope_of
from huikuan.mechanisms.policies.domain.lifecycle import differences
from huikuan.mechanisms.policies.queries import in_force


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_strategies(request: HttpRequest) -> HttpResponse:
    """The segments of the strategy in force with their steps."""
    company, now = company_of(request), timezone.now()
    found = strategy_in_force(company, at=now)
    catalogue = in_force(GOODWILL_CATALOGUE.name, company_id=company.pk, at=now)
    page = {
        "company": company,
        "found": found,
        "segments": [(one, _conditions(one), _steps(one)) for one in found.strategy.segments],
        "changes": differences(DEFAULT, found.document) if found.version_id is not None else [],
        "offers": catalogue.document["offers"] if catalogue.version_id is not None else [],
        "kind": STRATEGY.name,
        "drafts": may(request, Permission.DRAFT_POLICY),
    }
    return render(request, "collection/strategies.html", page)


@needs(Permission.VIEW_LEDGER)
@require_GET
def show_preview(request: HttpRequest) -> HttpResponse:
    """Who gets what on the day and why, and who does not; nothing is written."""
    company, on = company_of(request), day_of(request)
    found = preview(company, on, scope=scope_of(request), at=timezone.now())
    page = {
        "company": company,
        "on": on,
        "found": found,
        "rows": told(found.rows[:SHOWN]),
        "excluded": told(found.excluded[:SHOWN]),
        "count": len(found.rows),
        "held": len(found.excluded),
        "more": max(len(found.rows) - SHOWN, 0),
    }
    return render(request, "collection/preview.html", page)


@needs(Permission.VIEW_LEDGER)
@require_GET
def export_preview(request: HttpRequest) -> HttpResponseBase:
    """The day's rows, those that go and those that do not, as a file."""
    on = day_of(request)
    found = preview(company_of(request), on, scope=scope_of(request), at=timezone.now())
    return send_rows(request, _("collection-preview"), on, [*found.rows, *found.excluded])


def _steps(segment: Segment) -> list[tuple[str, str, str, str, bool]]:
    """Of each step: its day, its channel, its letter, who lets it go, whether with an offer."""
    return [
        (
            f"{step.day:+d}" if step.day else "0",
            _(CHANNELS[step.channel]),
            _(LETTERS[step.template]) if step.template in LETTERS else step.template,
            _(ROLE_TITLES[step.approve]) if step.approve in ROLE_TITLES else step.approve,
            step.goodwill,
        )
        for step in segment.steps
    ]


def _conditions(segment: Segment) -> str:
    """Which claims it takes, in words."""
    said = [
        _("grade %(some)s") % {"some": ", ".join(sorted(segment.grades))} if segment.grades else "",
        _("tier %(some)s") % {"some": ", ".join(sorted(segment.tiers))} if segment.tiers else "",
        _("value class %(some)s") % {"some": ", ".join(sorted(segment.value_classes))}
        if segment.value_classes
        else "",
        _("business %(some)s") % {"some": ", ".join(sorted(segment.business_types))} if segment.business_types else "",
        ", ".join(_(CAUSES.get(one, one)) for one in sorted(segment.reasons)),
    ]
    return _("; ").join(one for one in said if one) or _("all others")
