"""Deciding a request: by whoever the route names, for what was shown, once."""

from __future__ import annotations

from datetime import datetime

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.domain.lifecycle import APPROVED, RETURNED, Stand, Step, approval_at
from huikuan.mechanisms.approvals.kinds import kind_named
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.operations.steps import pending, take
from huikuan.mechanisms.approvals.queries import asked, desk_of, route_of
from huikuan.mechanisms.store.transactions import retrying


def approve_request(*, request_id: int, digest: str, comment: str = "", actor: str, at: datetime) -> bool:
    """Approve what was shown under `digest`; True if that was the last stop, and so it was done.

    Right, four eyes and preconditions are asked here, in the transaction that does it: whatever fails undoes all of
    it. The step is recorded first, because there a second decider waits and is refused.
    """

    def work() -> bool:
        request, steps, stand = pending(request_id)
        if digest != request.digest:
            raise Refusal("request_not_as_shown", request=request_id)
        step = approval_at(route_of(request), stand)
        _decide(request, step, steps, stand, comment=comment, actor=actor, at=at)
        _require_as_shown(request, at=at)
        if step == APPROVED:
            kind_named(request.kind).execute(asked(request), actor=actor, at=at)
        return step == APPROVED

    return retrying(work)


def return_request(*, request_id: int, comment: str, actor: str, at: datetime) -> None:
    """Send a request back to its maker, saying what has to change; they ask anew."""

    def work() -> None:
        request, steps, stand = pending(request_id)
        if not comment.strip():
            raise Refusal("request_reason_missing")
        _decide(request, RETURNED, steps, stand, comment=comment, actor=actor, at=at)

    retrying(work)


def _decide(
    request: ApprovalRequest, step: str, steps: list[Step], stand: Stand, *, comment: str, actor: str, at: datetime
) -> None:
    """Record the step, by the mandate it is decided by; refuses whoever has none."""
    mandate, own = desk_of(actor, at=at).require(request, steps, stand, comment=comment, at=at)
    for_whom = "" if mandate.holder == actor else mandate.holder
    said = {"role": mandate.role, "for_whom": for_whom, "own": own, "comment": comment.strip()}
    take(request, step, steps, actor=actor, at=at, **said)


def _require_as_shown(request: ApprovalRequest, *, at: datetime) -> None:
    if dict(kind_named(request.kind).still_shown(asked(request), at=at)) != request.shown:
        raise Refusal("request_shown_has_changed", request=request.pk)
