"""Taking in a reply: all of it at once or nothing, and what follows from it in the same transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.domain.canonical import document
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.store.transactions import retrying
from huikuan.see.confirmations.domain.answers import CORRECT, DISPUTED, Answered, Said, check_answer
from huikuan.see.confirmations.models import GuestSession, Invitation, Reply, ReplyLine, Revocation
from huikuan.see.confirmations.operations import consequences
from huikuan.see.confirmations.operations.guests import actor_of, take_code, void_code
from huikuan.see.confirmations.operations.holding import hold_invitation
from huikuan.see.confirmations.queries.guests import Guest, link_channel, link_ends
from huikuan.see.confirmations.queries.shown import lines_of, promise_days, shown_to
from huikuan.see.statements.domain.statement import Statement, as_json

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Person:
    """Who answers, as they say themselves, and the client's address. Personal; erasable."""

    name: str
    position: str
    address: str


def answer(*, guest: Guest, said: Mapping[str, Said], person: Person, code: str, at: datetime) -> int:
    """Record what the guest says of every line; answers the reply's id.

    Refuses an answer that is not whole (the places name the lines), a person without a name, a wrong code, an
    invitation that was answered or taken back meanwhile; then nothing of it is written. Disputes are raised and
    promises recorded with it, or it is not recorded at all.
    """
    invited = guest.invitation
    shown = shown_to(invited)
    answered = check_answer(lines_of(shown), said, promise_days(shown, at=at))
    named = Person(tidy(person.name)[:_LONGEST], tidy(person.position)[:_LONGEST], person.address)
    if not named.name:
        raise Refusal("confirmation_name_missing")
    proof = take_code(guest=guest, code=code, at=at)

    def work() -> int:
        hold_invitation(invited.pk)
        _require_waiting(guest, at)
        void_code(guest.session.pk)
        reply_id = _record(guest, shown, answered, named, proof, at)
        raised = consequences.follow(
            invited=invited, answered=answered, person=named.name, actor=actor_of(guest), at=at
        )
        rows = [_line(reply_id, place, one, raised) for place, one in enumerate(answered)]
        record(ReplyLine, rows, at=at)
        announce(
            "confirmations.answered",
            at=at,
            company_id=invited.company_id,
            customer_id=invited.customer_id,
            payload=_told(invited, reply_id, answered, proof),
        )
        return reply_id

    return retrying(work)


def content_of(shown: Statement, answered: Sequence[Answered], proof: str, link: str, at: datetime) -> str:
    """The reply as canonical JSON: the whole account as it was shown, each line with its answer, how the person was
    proved, how the link had come to them, when. Whoever holds this text can say what its SHA-256 must be."""

    def text(amount: int) -> str:
        return to_text(amount, shown.currency)

    return document(
        {
            "account": as_json(shown),
            "answered_at": at.isoformat(),
            "proof": proof,
            "link": link,
            "accepted": text(sum(one.accepted for one in answered)),
            "disputed": text(sum(one.disputed for one in answered)),
            "lines": [
                {
                    "item": one.line.item_id,
                    "document": one.line.document_number,
                    "due_date": one.line.due_date.isoformat() if one.line.due_date else None,
                    "open": text(one.line.open_amount),
                    "said": one.said.said,
                    "accepted": text(one.accepted),
                    "disputed": text(one.disputed),
                    "reason": one.said.reason if one.said.said == DISPUTED else "",
                    "note": one.said.note if one.said.said == DISPUTED else "",
                    "files": list(one.said.files) if one.said.said == DISPUTED else [],
                    "promised_on": one.said.promised_on.isoformat() if one.said.promised_on else None,
                }
                for one in answered
            ],
        }
    )


def _require_waiting(guest: Guest, at: datetime) -> None:
    """Asked in the transaction that records the answer, while the invitation is held: nobody takes it back or sends
    another link meanwhile. A session that ended, by one or by the link being opened again, answers nothing."""
    invited = guest.invitation
    if Reply.objects.filter(invitation_id=invited.pk).exists():
        raise Refusal("confirmation_answered")
    inside = GuestSession.objects.filter(pk=guest.session.pk).exists()
    if not inside or Revocation.objects.filter(invitation_id=invited.pk).exists() or link_ends(invited) <= at:
        raise Refusal("portal_link_dead")


def _record(
    guest: Guest, shown: Statement, answered: Sequence[Answered], person: Person, proof: str, at: datetime
) -> int:
    invited = guest.invitation
    content = content_of(shown, answered, proof, link_channel(invited), at)
    row = {
        "invitation_id": invited.pk,
        "company_id": invited.company_id,
        "customer_id": invited.customer_id,
        "currency": invited.currency,
        "shown_digest": bytes(invited.content_digest),
        "digest": hashlib.sha256(content.encode()).digest(),
        "content": content,
        "accepted": sum(one.accepted for one in answered),
        "disputed": sum(one.disputed for one in answered),
        "proof": proof,
        "language": guest.session.language,
        "name": person.name,
        "position": person.position,
        "ip": person.address,
    }
    _require_kept(answered)
    try:
        with transaction.atomic():
            (reply_id,) = record(Reply, [row], at=at)
    except IntegrityError as error:
        raise Refusal("confirmation_answered") from error
    return reply_id


def _require_kept(answered: Sequence[Answered]) -> None:
    """Every file that is named is one of those kept here."""
    named = {sha256 for one in answered for sha256 in one.said.files if one.said.said == DISPUTED}
    kept = set(StoredFile.objects.filter(sha256__in=named).values_list("sha256", flat=True))
    if named - kept:
        raise Refusal("confirmation_file_lost")


def _line(reply_id: int, place: int, one: Answered, raised: consequences.Raised) -> dict[str, Any]:
    disputed = one.said.said == DISPUTED
    return {
        "reply_id": reply_id,
        "place": place,
        "item_id": one.line.item_id,
        "document_number": one.line.document_number,
        "due_date": one.line.due_date,
        "said": one.said.said,
        "reason": one.said.reason if disputed else "",
        "open_amount": one.line.open_amount,
        "accepted": one.accepted,
        "disputed": one.disputed,
        "note": one.said.note if disputed else "",
        "files": [{"sha256": sha256, "name": name} for sha256, name in one.said.papers] if disputed else [],
        "promised_on": one.said.promised_on,
        "dispute_id": raised.disputes.get(one.line.key),
        "promise_id": raised.promises.get(one.line.key),
    }


def _told(invited: Invitation, reply_id: int, answered: Sequence[Answered], proof: str) -> dict[str, Any]:
    disputed = {one.line.item_id for one in answered if one.said.said == DISPUTED}
    confirmed = {one.line.item_id for one in answered if one.said.said == CORRECT} - disputed
    return {
        "invitation": invited.pk,
        "reply": reply_id,
        "statement": invited.statement_id,
        "until": invited.until.isoformat(),
        "proof": proof,
        "confirmed": sorted(confirmed),
        "disputed": sorted(disputed),
        "promised": sorted({one.line.item_id for one in answered if one.said.promised_on}),
    }
