"""draft → submitted → approved → in force (from an instant, never backwards) → retired.

A version's document never changes; a change is a new version. A returned version is drafted anew.
An approval holds for what the approver was shown, named by its digest: the document, and the
version it was to replace. When another version has come into force since, what was shown no
longer is what would happen, and the approval is void.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from huikuan.kernel.errors import Refusal

DRAFT, SUBMITTED, APPROVED, RETURNED = "draft", "submitted", "approved", "returned"
IN_FORCE, RETIRED = "in_force", "retired"

#: Which steps may follow which state.
_FOLLOWS = {
    SUBMITTED: {DRAFT},
    APPROVED: {DRAFT, SUBMITTED},
    RETURNED: {DRAFT, SUBMITTED, APPROVED},
    IN_FORCE: {APPROVED},
    RETIRED: {IN_FORCE},
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step in a version's life; `effective_at` is given for in_force and retired."""

    version_id: int
    step: str
    digest: str
    effective_at: datetime | None
    actor: str


def state_of(steps: Sequence[Step]) -> str:
    """The state a version's steps, oldest first, have brought it to."""
    return steps[-1].step if steps else DRAFT


def require_step(step: str, steps: Sequence[Step], *, version: int) -> None:
    """Refuse a step that cannot follow the version's state."""
    state = state_of(steps)
    if state not in _FOLLOWS[step]:
        raise Refusal("policy_step_out_of_turn", version=version, state=state, step=step)


def require_checker(*, maker: str, checker: str, small_firm: bool, comment: str) -> bool:
    """Refuse a maker who approves their own draft; True if a small firm's rule let it pass.

    The small-firm profile lets the maker approve, provided they say why: the owner reviews these.
    """
    if maker != checker:
        return False
    if not small_firm:
        raise Refusal("policy_own_approval", actor=checker)
    if not comment.strip():
        raise Refusal("policy_reason_missing")
    return True


def require_forward(effective_at: datetime, *, now: datetime, timeline: Sequence[Step]) -> None:
    """Refuse an instant before now, or before what has been decided for later already."""
    latest = max((step.effective_at for step in timeline if step.effective_at), default=now)
    if effective_at < max(now, latest):
        raise Refusal("policy_backwards", at=effective_at.isoformat(), earliest=max(now, latest).isoformat())


def governing(timeline: Sequence[Step], at: datetime) -> int | None:
    """The version in force at `at`, or None. `timeline`: in_force and retired steps in order of record."""
    begun = [step for step in timeline if step.effective_at is not None and step.effective_at <= at]
    latest = max(enumerate(begun), key=lambda pair: (pair[1].effective_at, pair[0]), default=None)
    if latest is None or latest[1].step == RETIRED:
        return None
    return latest[1].version_id


def shown_digest(
    *, kind: str, company_id: int | None, number: int, document: Mapping[str, Any], replaces: int | None
) -> str:
    """The digest of what an approver is shown: the whole version, and which one it replaces."""
    shown = {"kind": kind, "company": company_id, "number": number, "document": document, "replaces": replaces}
    text = json.dumps(shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What changed between two documents, as the lines of a unified diff."""
    before, after = (
        json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True).split("\n") for document in (old, new)
    )
    return [
        line for line in difflib.unified_diff(before, after, lineterm="", n=1) if not line.startswith(("---", "+++"))
    ]
