"""A grade in a few lines, as whoever decides about a customer reads it."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from huikuan.judge.rating.domain.scorecard import Reason
from huikuan.judge.rating.messages import FACTORS
from huikuan.judge.rating.queries.ratings import Rating
from huikuan.judge.rating.telling import factor_value

#: Reasons told: those that cost most.
FEW = 3


def grade_lines(rating: Rating) -> list[tuple[str, str]]:
    """The grade that holds, by whom it was overridden, and the factors that cost it most."""
    found = rating.assessment
    score = "–" if found.score is None else str(found.score)
    grade = f"{rating.grade or '–'} · {_('score')} {score} · {found.as_of}"
    lines = [(_("Grade"), grade)]
    if rating.override:
        lines.append(
            (_("Overridden"), f"{found.grade or '–'} → {rating.override.state.grade}: {rating.override.reason}")
        )
    return [*lines, *((_(FACTORS[one.factor]), _reason(one)) for one in costly(found.reasons))]


def costly(reasons: Sequence[Reason]) -> list[Reason]:
    """Those that cost most points, or cap the grade, the dearest first."""
    telling = [one for one in reasons if one.grade or one.points < one.most]
    return sorted(telling, key=lambda one: (not one.grade, one.points - one.most, one.factor))[:FEW]


def _reason(one: Reason) -> str:
    value = factor_value(one.value, one.factor)
    return f"{value} · {_('at best %(grade)s') % {'grade': one.grade} if one.grade else f'{one.points}/{one.most}'}"
