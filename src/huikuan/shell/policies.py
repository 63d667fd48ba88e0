"""The rule of the shell a company may set: who needs a second factor to log in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.policies.kinds import Kind, register

APPROVING, EVERYBODY, NOBODY = "approving", "everybody", "nobody"
_CHOICES = (APPROVING, EVERYBODY, NOBODY)


def _check(document: Mapping[str, Any]) -> None:
    if document.get("second_factor") not in _CHOICES or set(document) != {"second_factor"}:
        value = str(document.get("second_factor", ""))
        raise Refusal(
            "policy_document_bad",
            where=[Place(column="second_factor", value=value, fix=" | ".join(_CHOICES))],
            kind="log_in",
        )


#: approving: whoever approves or administers. Read once per log-in.
LOG_IN = register(Kind("log_in", gettext_noop("log-in"), {"second_factor": APPROVING}, _check))
