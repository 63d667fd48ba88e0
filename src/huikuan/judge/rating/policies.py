"""The scorecards as a policy a company sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.judge.rating.domain.reading import problems
from huikuan.judge.rating.domain.shipped import DOCUMENT
from huikuan.judge.rating.messages import PROBLEMS
from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register


def check_scorecard(document: Mapping[str, Any]) -> None:
    """The document of `domain.reading`; every problem with its place in it (grades[2].from), counted from 1."""
    places = [
        Place(column=one.place, value=one.value, reason=PROBLEMS[one.code], fix=one.fix) for one in problems(document)
    ]
    if places:
        raise Refusal("scorecard_invalid", where=places)


SCORECARD = register(Kind("scorecard", gettext_noop("Scorecards"), DOCUMENT, check_scorecard))
