"""Asking that a customer be held to pay late on purpose, or no longer; somebody else decides."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.approvals.operations import submit_request
from huikuan.mechanisms.approvals.operations.asking import About
from huikuan.mechanisms.files.operations import keep_bytes, store_kept
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import scope
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.approvals import hold_shown
from huikuan.record.customers.domain.conduct import KIND, check_change, subject_of
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.conduct import flagged_on
from huikuan.record.customers.queries.families import one_of
from huikuan.record.customers.queries.owning import owning


def ask_conduct(
    *,
    customer_id: int,
    flag: bool,
    reason: str,
    content: Path | bytes,
    name: str,
    replaces: int | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Ask that the customer be flagged (`flag`), or its flag lifted, on the evidence `content`; answers the request.

    Nothing changes before somebody else approves. Refuses whoever may not manage the customer, a merged one, no
    reason, what holds already, and a second request while one waits. `replaces`: the request that was returned.
    """
    reason = tidy(reason)
    kept = keep_bytes(content)

    def work() -> int:
        if not seen(scope(actor, Permission.MANAGE_CUSTOMERS, at=at)).has_customer(customer_id):
            raise Refusal("not_permitted", actor=actor, permission=Permission.MANAGE_CUSTOMERS.value)
        code = hold_shown(customer_id)
        flagged = bool(flagged_on([customer_id], business_date(at)))
        check_change(flag=flag, flagged=flagged, reason=reason, code=code)
        stored = store_kept(kept, name, actor=actor, at=at)
        shown = {
            "flag": flag, "flagged": flagged, "reason": reason, "sha256": stored.sha256, "file_name": stored.name,
        }  # fmt: skip
        about = About(KIND, subject_of(customer_id), None, customer_id)
        barred = owning(one_of(customer_id).members, business_date(at))
        return submit_request(about=about, shown=shown, barred=barred, replaces=replaces, actor=actor, at=at)

    return retrying(work)
