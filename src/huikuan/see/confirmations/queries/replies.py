"""Replies as they were taken in, and how each is proved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head, Leaf
from huikuan.mechanisms.audit.queries import evidence, last_head, personal
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.identity import masking
from huikuan.see.confirmations.models import Invitation, Reply, ReplyLine
from huikuan.see.confirmations.queries.guests import link_channel

KIND = Reply._meta.db_table
_HEX = 64
_PLAIN = (
    *("place", "item_id", "document_number", "due_date", "said", "reason", "open_amount", "accepted", "disputed"),
    *("note", "promised_on", "dispute_id", "promise_id"),
)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that was sent along."""

    sha256: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of a reply. Meaning as in models.ReplyLine."""

    place: int
    item_id: int
    document_number: str
    due_date: date | None
    said: str
    reason: str
    open_amount: int
    accepted: int
    disputed: int
    note: str
    files: tuple[FileRow, ...]
    promised_on: date | None
    dispute_id: int | None
    promise_id: int | None


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A reply, whole. `link`: how the link came to whoever answered (queries.guests.link_channel), as known when
    it was answered. `name` and `position` '' once erased. `head`: the last signed head, if it covers the reply."""

    id: int
    invitation_id: int
    company_id: int
    customer_id: int
    currency: str
    accepted: int
    disputed: int
    proof: str
    link: str
    language: str
    name: str
    position: str
    answered_at: datetime
    digest: str
    shown_digest: str
    content: str
    leaf: str
    head: Head | None
    lines: tuple[LineRow, ...]


def reply(reply_id: int, *, clear: bool = True) -> ReplyRow:
    """One reply. `clear`: whether the reader may see who the people at this customer are, as who gave the reply does;
    others are told enough of the name to recognise it.

    The caller has made sure that the reader reaches the invitation."""
    fact = Reply.objects.get(pk=reply_id)
    who = personal(Reply, [reply_id]).get(reply_id, {"name": "", "position": ""})
    leaf, head = Leaf.objects.get(kind=KIND, subject_id=reply_id), last_head()
    return ReplyRow(
        id=fact.pk,
        invitation_id=fact.invitation_id,
        company_id=fact.company_id,
        customer_id=fact.customer_id,
        currency=fact.currency,
        accepted=fact.accepted,
        disputed=fact.disputed,
        proof=fact.proof,
        link=_link(fact),
        language=fact.language,
        name=who["name"] if clear else masking.shown("name", who["name"], ()),
        position=who["position"],
        answered_at=fact.recorded_at,
        digest=bytes(fact.digest).hex(),
        shown_digest=bytes(fact.shown_digest).hex(),
        content=fact.content,
        leaf=bytes(leaf.digest).hex(),
        head=head if head and leaf.tx < head.horizon else None,
        lines=_lines(reply_id),
    )


def proof_of(row: ReplyRow) -> dict[str, Any]:
    """Proof that the reply is in the sealed ledger, with the head it is under: when, what, and, for who holds the
    receipt, who. Refuses one that is not sealed yet."""
    if row.head is None:
        raise Refusal("audit_not_sealed", kind=KIND, id=row.id)
    return evidence(Reply, row.id, row.head, with_personal=True) | {"digest": row.digest}


def recorded(digest: str) -> tuple[datetime, Head | None] | None:
    """When a reply with this digest (hex) was recorded, and the head over it; None: there is none. Tells nothing of
    what it says: whoever asks holds it, or a number that cannot be guessed."""
    text = digest.strip().lower()
    if len(text) != _HEX or any(one not in "0123456789abcdef" for one in text):
        return None
    fact = Reply.objects.filter(digest=bytes.fromhex(text)).first()
    if fact is None:
        return None
    leaf, head = Leaf.objects.get(kind=KIND, subject_id=fact.pk), last_head()
    return fact.recorded_at, head if head and leaf.tx < head.horizon else None


def _link(fact: Reply) -> str:
    """As the reply recorded it; replies from before that did not: as it is known now."""
    return json.loads(fact.content).get("link") or link_channel(Invitation.objects.get(pk=fact.invitation_id))


def _lines(reply_id: int) -> tuple[LineRow, ...]:
    facts = list(ReplyLine.objects.filter(reply_id=reply_id).order_by("place"))
    named = {one["sha256"] for fact in facts for one in fact.files}
    sizes = dict(StoredFile.objects.filter(sha256__in=named).values_list("sha256", "size"))
    return tuple(
        LineRow(
            **{name: getattr(fact, name) for name in _PLAIN},
            # Never the name it is stored under: the same bytes may have come from somebody else first.
            files=tuple(FileRow(one["sha256"], one["name"], sizes[one["sha256"]]) for one in fact.files),
        )
        for fact in facts
    )
