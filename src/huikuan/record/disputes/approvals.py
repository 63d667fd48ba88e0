"""The kind of request by which a credit beyond somebody's authority ends a dispute."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.approvals.kinds import ApprovalKind, Asked, Described, register
from huikuan.mechanisms.pages.figures import grouped
from huikuan.record.disputes.domain.grants import GRANT
from huikuan.record.disputes.messages import OUTCOMES, REASONS
from huikuan.record.disputes.operations.granting import grant_as_shown, grant_asked


def _described(shown: Mapping[str, Any]) -> Described:
    reason, outcome = REASONS[shown["reason"]], OUTCOMES[shown["outcome"]]
    return [
        (_("Document"), shown["document"]),
        (_("Reason"), _(reason)),
        (_("Disputed"), f"{shown['currency']} {grouped(shown['disputed'])}"),
        (_("Outcome"), _(outcome)),
        (_("Granted"), f"{shown['currency']} {grouped(shown['granted'])}"),
        (_("In words"), shown["note"]),
        (_("Files"), ", ".join(one["name"] for one in shown["files"]) or "–"),
    ]


def _address(asked: Asked) -> str:
    return reverse("disputes:dispute", args=[asked.shown["dispute"]])


GRANTING = register(
    ApprovalKind(
        GRANT,
        gettext_noop("credit that ends a dispute"),
        still_shown=grant_as_shown,
        execute=grant_asked,
        describe=_described,
        address=_address,
    )
)
