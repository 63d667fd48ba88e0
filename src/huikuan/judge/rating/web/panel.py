"""A customer's rating as its own page shows it: the grade with its reasons, what was found before, what others say."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from huikuan.judge.rating.domain.factors import FACTORS, OWN_LEDGER, SOURCES
from huikuan.judge.rating.domain.reading import read
from huikuan.judge.rating.queries.assessing import scorecard_version
from huikuan.judge.rating.queries.calls import calls_on
from huikuan.judge.rating.queries.facts import InformationRow, information_of
from huikuan.judge.rating.queries.ratings import (
    AssessmentRow,
    OverrideRow,
    Rating,
    history_of,
    overrides_of,
    rating_of,
)
from huikuan.judge.rating.web import words
from huikuan.judge.rating.web.asked import may_act
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.pages.reading import reading_of

#: Assessments shown at once; the file has them all.
FEW = 24


def rating_shown(request: HttpRequest, customer_id: int, *, scope: Scope) -> Rating | None:
    """The rating of the page's day."""
    reading = reading_of(request)
    return rating_of(customer_id, day=reading.as_of, scope=scope, known=reading.known)


def panel(request: HttpRequest, customer_id: int, rating: Rating | None, *, scope: Scope) -> dict[str, Any]:
    """What the tab of the rating shows beside the rating itself."""
    reading = reading_of(request)
    assesses = may_act(request, customer_id, Permission.ASSESS_CUSTOMERS)
    overrides = overrides_of(customer_id, scope=scope)
    return {
        "calls": calls_on(reading.as_of, customer_ids=[customer_id], known=reading.known).get(customer_id, []),
        "rated_before": past(request, customer_id, scope=scope)[:FEW],
        "information": known_of(request, customer_id, scope=scope),
        "overrides": [(row, _ends(request, row)) for row in overrides] if not reading.is_past else [],
        "assesses": assesses,
        "grades": _grades(rating) if assesses and rating else (),
        "stated_factors": [name for name, factor in FACTORS.items() if not factor.computed],
        "answers": [(name, factor.choices) for name, factor in FACTORS.items() if factor.choices],
        "stating_sources": [name for name in SOURCES if name != OWN_LEDGER],
        "reliabilities": words.RELIABILITIES,
    }


def past(request: HttpRequest, customer_id: int, *, scope: Scope) -> list[AssessmentRow]:
    """What was found of the customer by the page's day, as known then."""
    reading = reading_of(request)
    return history_of(customer_id, scope=scope, day=reading.as_of, known=reading.known)


def known_of(request: HttpRequest, customer_id: int, *, scope: Scope) -> list[InformationRow]:
    """What others had said by the page's day, as known then."""
    reading = reading_of(request)
    return information_of(customer_id, scope=scope, day=reading.as_of, known=reading.known)


def _ends(request: HttpRequest, row: OverrideRow) -> bool:
    """Whether the reader may end it."""
    return row.state.stands(reading_of(request).today) and may_act(request, row.customer_id, Permission.APPROVE_GRADE)


def _grades(rating: Rating) -> list[str]:
    """The grades of the scorecards the assessment was made by."""
    policy = scorecard_version(rating.assessment.scorecard_id or 0)
    return [band.grade for band in read(policy.document).bands]
