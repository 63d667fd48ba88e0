"""The scorecards, and what calls for a review before its day, as policies a company sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.judge.rating.domain.calling import DOCUMENT as DOCUMENT_OF_CALLS
from huikuan.judge.rating.domain.calling import faults
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


def check_occasions(document: Mapping[str, Any]) -> None:
    """The document of `domain.calling`, with the places at fault."""
    places = [Place(column=place) for place in dict.fromkeys(faults(document))]
    if places:
        raise Refusal("policy_document_bad", where=places, kind="reassessment")


REASSESSMENT = register(Kind("reassessment", gettext_noop("Reviews on events"), DOCUMENT_OF_CALLS, check_occasions))
