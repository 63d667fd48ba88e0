"""What follows from a reply: disputes raised and promises recorded about the claims it speaks of.

The reply is about the account as it was shown; the claims are as they stand now. Of what was paid meanwhile nothing is
disputed or promised any more: the reply keeps what was said, and that is all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.queries import open_original
from huikuan.record.disputes.domain.life import REASONS as DISPUTE_REASONS
from huikuan.record.disputes.operations.facts import MOST_FILES, Paper
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.disputes.queries.standing import unresolved_of
from huikuan.record.promises.operations.promising import promise_payment
from huikuan.record.receivables.domain.posting import DEBIT
from huikuan.see.confirmations.domain.answers import DISPUTED, Answered
from huikuan.see.confirmations.models import Invitation
from huikuan.see.confirmations.queries.shown import open_now

PORTAL = "portal"


@dataclass(slots=True)
class Raised:
    """By line: the dispute and the promise that was opened because of it."""

    disputes: dict[str, int] = field(default_factory=dict)
    promises: dict[str, int] = field(default_factory=dict)


def follow(*, invited: Invitation, answered: Sequence[Answered], person: str, actor: str, at: datetime) -> Raised:
    """Raise and record all of it. Call inside the transaction that records the reply: what is refused here refuses
    the reply."""
    raised = Raised()
    still_open = open_now({one.line.item_id for one in answered if one.line.side == DEBIT})
    for lines in _disputed(answered):
        if lines[0].line.item_id in still_open:
            _dispute(invited, lines, still_open, raised, actor, at)
    for day, lines in sorted(_promised(answered).items()):
        _promise(invited, day, lines, still_open, raised, person, actor, at)
    return raised


def _disputed(answered: Sequence[Answered]) -> list[list[Answered]]:
    """The lines that are disputed, those together that are one dispute: instalments of one claim of which the same is
    said. A dispute raised again in the same words would be the first one, and the sum of the second left alone."""
    groups: dict[tuple[int, str, str], list[Answered]] = {}
    for one in sorted(answered, key=lambda each: (each.line.item_id, each.line.key)):
        if one.said.said == DISPUTED and one.disputed > 0:
            groups.setdefault((one.line.item_id, _reason(one), one.said.note), []).append(one)
    return list(groups.values())


def _dispute(
    invited: Invitation,
    lines: Sequence[Answered],
    still_open: dict[int, int],
    raised: Raised,
    actor: str,
    at: datetime,
) -> None:
    """No more than is open and not disputed yet; nothing where that is nothing. Who said it is not written down here,
    where nothing can be erased: the reply says so, and the actor leads to it."""
    first = lines[0]
    item = first.line.item_id
    disputed = sum(last.amount for _dispute, last in unresolved_of(item))
    amount = min(sum(one.disputed for one in lines), still_open[item] - disputed)
    if amount <= 0:
        return
    number = raise_dispute(
        company_id=invited.company_id,
        item_id=item,
        amount=amount,
        reason=_reason(first),
        note=first.said.note,
        files=_papers(lines),
        source=PORTAL,
        actor=actor,
        at=at,
    )
    raised.disputes.update({one.line.key: number for one in lines})


def _reason(one: Answered) -> str:
    return one.said.reason if one.said.reason in DISPUTE_REASONS else "other"


def _papers(lines: Sequence[Answered]) -> list[Paper]:
    """What was sent along with any of them, each file once and no more than a dispute takes: the reply names all."""
    named: dict[str, str] = {}
    for one in lines:
        for sha256, name in one.said.papers:
            named.setdefault(sha256, name)
    return [Paper(open_original(sha256), name) for sha256, name in list(named.items())[:MOST_FILES]]


def _promise(
    invited: Invitation,
    day: date,
    lines: Sequence[Answered],
    still_open: dict[int, int],
    raised: Raised,
    person: str,
    actor: str,
    at: datetime,
) -> None:
    """One promise for the day, of each claim no more than is open; the same said again is no other promise."""
    wanted: dict[int, int] = {}
    for one in lines:
        wanted[one.line.item_id] = wanted.get(one.line.item_id, 0) + one.accepted
    parts = [(item, min(amount, still_open.get(item, 0))) for item, amount in sorted(wanted.items())]
    parts = [(item, amount) for item, amount in parts if amount > 0]
    if not parts:
        return
    try:
        with transaction.atomic():
            number = promise_payment(
                customer_id=invited.customer_id,
                company_id=invited.company_id,
                parts=parts,
                by=day,
                said_by=person,
                source=PORTAL,
                note="",
                actor=actor,
                at=at,
            )
    except Refusal as refusal:
        if refusal.code != "promise_said_already":
            raise
        number = int(str(refusal.params["promise"]))
    items = {item for item, _amount in parts}
    raised.promises.update({one.line.key: number for one in lines if one.line.item_id in items})


def _promised(answered: Sequence[Answered]) -> dict[date, list[Answered]]:
    """The lines of which a day was named, by day. Instalments of one claim are promised together, by the last of their
    days: a later promise of the same claim would take the place of the earlier."""
    named = [one for one in answered if one.said.promised_on and one.accepted > 0]
    last: dict[int, date] = {}
    for one in named:
        if one.said.promised_on:
            last[one.line.item_id] = max(one.said.promised_on, last.get(one.line.item_id, date.min))
    days: dict[date, list[Answered]] = {}
    for one in named:
        days.setdefault(last[one.line.item_id], []).append(one)
    return days
