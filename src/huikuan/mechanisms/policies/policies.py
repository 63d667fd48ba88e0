"""The one policy of the mechanism itself: who may approve whose drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register

TWO_PERSONS = "two_persons"
SMALL_FIRM = "small_firm"


def _check(document: Mapping[str, Any]) -> None:
    if document.get("profile") not in (TWO_PERSONS, SMALL_FIRM) or set(document) != {"profile"}:
        place = Place(column="profile", value=str(document.get("profile", "")), fix=f"{TWO_PERSONS} | {SMALL_FIRM}")
        raise Refusal("policy_document_bad", where=[place], kind="approvals")


#: two_persons: whoever drafted does not approve. small_firm: they may, if they say why.
APPROVALS = register(Kind("approvals", gettext_noop("approval of policies"), {"profile": TWO_PERSONS}, _check))
