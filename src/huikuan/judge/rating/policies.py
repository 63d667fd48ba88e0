"""Policies of rating: the scorecards, what calls for a review before its day, what agencies' grades mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.judge.rating.domain.calling import DOCUMENT as DOCUMENT_OF_CALLS
from huikuan.judge.rating.domain.calling import faults
from huikuan.judge.rating.domain.reading import problems
from huikuan.judge.rating.domain.scales import DOCUMENT as DOCUMENT_OF_SCALES
from huikuan.judge.rating.domain.scales import faults as faults_of_scales
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
    _require_no(faults(document), "reassessment")


def check_scales(document: Mapping[str, Any]) -> None:
    """The document of `domain.scales`, with the places at fault."""
    _require_no(faults_of_scales(document), "agency_scales")


def _require_no(found: Iterable[str], kind: str) -> None:
    places = [Place(column=place) for place in dict.fromkeys(found)]
    if places:
        raise Refusal("policy_document_bad", where=places, kind=kind)


REASSESSMENT = register(Kind("reassessment", gettext_noop("Reviews on events"), DOCUMENT_OF_CALLS, check_occasions))
SCALES = register(Kind("agency_scales", gettext_noop("Scales of rating agencies"), DOCUMENT_OF_SCALES, check_scales))
