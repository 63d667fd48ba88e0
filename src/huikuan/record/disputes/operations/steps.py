"""What is done about a dispute until it is over: handed on, answered, proved, withdrawn, opened again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.identity.domain.roles import ROLES
from huikuan.mechanisms.policies.queries import in_force
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.disputes.domain.amounts import disputable, granted
from huikuan.record.disputes.domain.life import AGREED_OTHER, ANSWER, EVIDENCE, HAND, REOPEN, follow
from huikuan.record.disputes.domain.routing import deadline, route_for
from huikuan.record.disputes.models import Dispute, DisputeStep
from huikuan.record.disputes.operations.facts import (
    Paper,
    filed,
    held,
    keep_papers,
    said,
    tell,
    today_of,
    write_step,
)
from huikuan.record.disputes.operations.raising import tell_routed
from huikuan.record.disputes.policies import ROUTING
from huikuan.record.disputes.queries.standing import unresolved_of
from huikuan.record.receivables.operations import open_items

_LONGEST_DEPARTMENT = 40
Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does something about which dispute, in which words, with which papers. `seen`: the number of the last step
    that was read; None: whatever it is."""

    dispute_id: int
    actor: str
    at: datetime
    note: str = ""
    files: Sequence[Paper] = field(default=())
    seen: int | None = None


def hand_dispute(doing: Doing, *, department: str, role: str = "", owner: str = "", days: int | None = None) -> None:
    """Put it to another department; `days`: workdays it has, as the rule gives the reason if left out. Refuses without
    a reason in words, and to nobody."""
    whom = tidy(department)[:_LONGEST_DEPARTMENT]
    if not whom or bool(role) == bool(owner) or (role and role not in ROLES):
        raise Refusal("dispute_whose_missing")
    require_words(doing)

    def decide(dispute: Dispute, _: DisputeStep) -> Said:
        document = in_force(ROUTING.name, company_id=dispute.company_id, at=doing.at).document
        given = route_for(document, dispute.reason).days if days is None else days
        due = deadline(document, today_of(dispute.company_id, doing.at), given)
        return {"department": whom, "role": role, "owner": owner, "due_on": due}

    _done(doing, HAND, decide)


def answer_dispute(doing: Doing, *, accepted: int | None = None) -> None:
    """What the department says, in words, and how much of it it finds right (minor units; None: it does not say)."""
    require_words(doing)

    def decide(dispute: Dispute, last: DisputeStep) -> Said:
        if accepted is not None:
            granted(AGREED_OTHER, accepted, last.amount, last.amount, dispute.currency)
        return {"accepted": accepted}

    _done(doing, ANSWER, decide)


def add_evidence(doing: Doing) -> None:
    """Further papers, or words; it stays where it is."""
    if not doing.files:
        require_words(doing)
    _done(doing, EVIDENCE, lambda *_: {})


def reopen_dispute(doing: Doing, *, amount: int | None = None) -> None:
    """The customer does not accept how it ended: as much as is said (None: what was disputed, or less where less is
    open) is disputed again, by the department that had it, with a new deadline."""
    require_words(doing)

    def decide(dispute: Dispute, _: DisputeStep) -> Said:
        side = open_items.lock([dispute.item_id]).sides.get(dispute.item_id)
        if side is None:
            raise Refusal("item_not_open", item=dispute.item_id)
        others = sum(one.amount for _, one in unresolved_of(dispute.item_id))
        asked = min(dispute.amount, max(side.open_amount - others, 0)) or None if amount is None else amount
        over = disputable(asked, side.open_amount, others, dispute.currency)
        document = in_force(ROUTING.name, company_id=dispute.company_id, at=doing.at).document
        days = route_for(document, dispute.reason).days
        return {"amount": over, "due_on": deadline(document, today_of(dispute.company_id, doing.at), days)}

    _done(doing, REOPEN, decide)


def require_words(doing: Doing) -> None:
    """Refuse a step that has to be explained and is not."""
    if not said(doing.note):
        raise Refusal("dispute_note_missing")


def _done(doing: Doing, step: str, decide: Callable[[Dispute, DisputeStep], Said]) -> None:
    kept = keep_papers(doing.files)

    def work() -> None:
        dispute, last = held(doing.dispute_id, doing.seen)
        state = follow(last.state, step)
        told = {
            "state": state,
            **decide(dispute, last),
            "note": said(doing.note),
            "files": filed(kept, actor=doing.actor, at=doing.at),
        }
        now = write_step(dispute, last, step, told, actor=doing.actor, at=doing.at)
        if step in (HAND, REOPEN):
            tell_routed(dispute, now.department, now.role, now.due_on, doing.at)
        elif step == ANSWER:
            tell("disputes.answered", dispute, doing.at, department=now.department)

    retrying(work)
