"""Conduct (恶意拖欠): a customer that could pay and does not, held to be so on evidence and by two people."""

from __future__ import annotations

from huikuan.kernel.errors import Refusal

#: What an approval about it is called, and what it is about.
KIND = "customers.conduct"
LONGEST_REASON = 300


def subject_of(customer_id: int) -> str:
    return f"customer:{customer_id}"


def check_change(*, flag: bool, flagged: bool, reason: str, code: str) -> None:
    """Refuse without a reason, and to say what holds already: flagged (`flag`) or not."""
    if not reason.strip():
        raise Refusal("conduct_reason_missing")
    if len(reason) > LONGEST_REASON:
        raise Refusal("customer_field_too_long", field="reason", longest=LONGEST_REASON)
    if flag == flagged:
        raise Refusal("conduct_flagged_already" if flag else "conduct_not_flagged", customer=code)
