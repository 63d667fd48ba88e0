"""What is decided by approval here: that a customer pays late on purpose, or no longer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.kinds import ApprovalKind, Asked, Described, register
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.record.customers.domain.conduct import KIND
from huikuan.record.customers.models import Conduct, Customer
from huikuan.record.customers.queries.conduct import flagged_on, members_flagged


def hold_shown(customer_id: int) -> str:
    """The customer's code; its row is held until the transaction ends. Refuses one shown under another, which is
    whose conduct it is."""
    found = Customer.objects.select_for_update().filter(pk=customer_id).first()
    if found is None:
        raise Refusal("customer_unknown", customer=customer_id)
    if found.merged_into_id is not None:
        into = Customer.objects.values_list("code", flat=True).get(pk=found.merged_into_id)
        raise Refusal("customer_merged", customer=found.code, into=into)
    return found.code


def _still_shown(asked: Asked, *, at: datetime) -> Mapping[str, Any]:
    customer_id = _customer(asked)
    hold_shown(customer_id)
    return {**asked.shown, "flagged": bool(flagged_on([customer_id], business_date(at)))}


def _decide(asked: Asked, *, actor: str, at: datetime) -> None:
    """The customer is flagged from today on; or no longer, and nobody who is one with it."""
    customer_id, said, today = _customer(asked), asked.shown, business_date(at)
    flag = bool(said["flag"])
    row = {
        "flagged": flag, "effective_on": today, "reason": said["reason"], "sha256": said["sha256"],
        "file_name": said["file_name"], "request_id": asked.id, "asked_by": asked.maker, "actor": actor,
    }  # fmt: skip
    whose = [customer_id] if flag else members_flagged(customer_id, today)
    record(Conduct, [{**row, "customer_id": one} for one in whose], at=at)
    kind = "customers.conduct_flagged" if flag else "customers.conduct_lifted"
    announce(kind, at=at, customer_id=customer_id, payload={"request": asked.id})


def _described(shown: Mapping[str, Any]) -> Described:
    return [
        (_("Asked"), _("flag as paying late on purpose") if shown["flag"] else _("lift the flag")),
        (_("Reason"), shown["reason"]),
        (_("Evidence"), shown["file_name"]),
        ("SHA-256", shown["sha256"]),
    ]


def _page(asked: Asked) -> str:
    return reverse("customers:conduct", args=[_customer(asked)])


def _customer(asked: Asked) -> int:
    if asked.customer_id is None:
        raise Refusal("customer_unknown", customer=asked.subject)
    return asked.customer_id


CONDUCT = register(
    ApprovalKind(KIND, gettext_noop("paying late on purpose"), _still_shown, _decide, _described, _page)
)
