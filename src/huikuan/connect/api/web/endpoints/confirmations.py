"""Confirmations of balances: who was asked and what was answered, asking for one, asking again, taking it back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    Instant,
    Kind,
    Listed,
    Maybe,
    Part,
    Record,
    Text,
    Whole,
    answered,
)
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.agreed import MANY
from huikuan.connect.api.web.endpoints.lookups import WHOSE, company_id, customer_id
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID, instant
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.customers.queries import seen
from huikuan.see.confirmations.domain.answers import CORRECT, DISPUTED, REASONS
from huikuan.see.confirmations.domain.links import CHANNELS, LEAST_DAYS, MOST_DAYS
from huikuan.see.confirmations.operations.inviting import invite, remind, revoke
from huikuan.see.confirmations.queries.invitations import STATES, Asked, InvitationRow, invitation, invitations
from huikuan.see.confirmations.queries.replies import LineRow, ReplyRow, reply
from huikuan.see.statements.queries.issued import issued_statement

_VIEW, _ASK = Permission.VIEW_LEDGER, Permission.ISSUE_STATEMENTS
#: A link that is told is kept with the answer, and what opens an account is kept nowhere: it is sent, never told.
_SENT_BY = tuple(channel for channel in CHANNELS if channel != "copy")
_DIGEST = Text(64, 64, "[0-9a-f]{64}")

_PARTS: dict[str, Kind] = {
    "id": ID, "company": Text(20), "customer": CODE, "statement": Maybe(ID), "number": Text(40), "currency": CURRENCY,
    "since": Day(), "until": Day(), "closing": Amount(), "channel": Choice(CHANNELS), "language": Text(10),
    "person": Text(200), "state": Choice(STATES), "invited_at": Instant(), "expires_at": Instant(),
    "opened_at": Maybe(Instant()), "answered_at": Maybe(Instant()), "reminders": Whole(0),
    "accepted": Maybe(Amount()), "disputed": Maybe(Amount()), "actor": Text(150),
}  # fmt: skip
CONFIRMATION = answered(**_PARTS)
_LINE = answered(
    item=ID, document=Text(80), due=Maybe(Day()), said=Choice((CORRECT, DISPUTED)), reason=Maybe(Choice(REASONS)),
    open_amount=Amount(), accepted=Amount(), disputed=Amount(), note=Text(10_000), promised_on=Maybe(Day()),
    dispute=Maybe(ID), promise=Maybe(ID), files=Listed(answered(name=Text(255), sha256=_DIGEST)),
)  # fmt: skip
_REPLY = answered(
    id=ID, name=Text(200), position=Text(200), proof=Text(20), answered_at=Instant(), digest=_DIGEST,
    shown_digest=_DIGEST, leaf=_DIGEST, sealed=Flag(), content=Maybe(Text(10_000_000)), lines=Listed(_LINE, MANY),
)  # fmt: skip
CONFIRMATION_WHOLE = answered(**_PARTS, reply=Maybe(_REPLY))


def list_confirmations(call: Call) -> Reply:
    """Who was asked, the newest first."""
    scope, asked = call.caller.scope(_VIEW), call.query
    company = company_id(asked["company"], scope)
    chosen = Asked(
        company_ids=None if company is None else [company],
        state=asked["state"],
        customer_id=customer_id(asked["customer"], scope),
        statement_id=asked["statement"],
    )
    after = int(call.after) if call.after else None
    rows = invitations(chosen, scope=scope, at=call.at, after=after, limit=call.limit + 1)
    page = rows[: call.limit]
    return Reply({"data": [_told(row) for row in page]}, next=[page[-1].id] if len(rows) > len(page) else None)


def show_confirmation(call: Call) -> Reply:
    """One with what was answered, line by line."""
    return _whole(call, _named(call, _VIEW))


def ask_confirmation(call: Call) -> Reply:
    """Ask a contact to confirm an issued statement; the link is sent."""
    scope, said = call.caller.scope(_ASK), call.body
    row = found(lambda: issued_statement(call.path["id"], scope=scope))
    number, _link = invite(
        company_id=row.company_id,
        customer_id=row.customer_id,
        statement_id=row.id,
        person=said["person"],
        channel=said["channel"],
        days=said["days"],
        site=_site(),
        actor=call.caller.actor,
        at=call.at,
    )
    return _whole(call, invitation(number, scope=scope, at=call.at))


def remind_confirmation(call: Call) -> Reply:
    """Another link for the same account; the one before is dead."""
    row, said = _named(call, _ASK), call.body
    remind(
        invitation_id=row.id,
        channel=said["channel"],
        days=said["days"],
        site=_site(),
        actor=call.caller.actor,
        at=call.at,
    )
    return _whole(call, _named(call, _ASK))


def revoke_confirmation(call: Call) -> Reply:
    """Its link opens nothing any more."""
    row = _named(call, _ASK)
    revoke(invitation_id=row.id, reason=call.body["reason"], actor=call.caller.actor, at=call.at)
    return _whole(call, _named(call, _ASK))


def _named(call: Call, permission: Permission) -> InvitationRow:
    return found(lambda: invitation(call.path["id"], scope=call.caller.scope(permission), at=call.at))


def _site() -> str:
    """What links begin with: a program's request does not say it."""
    if not settings.SITE:
        raise Refusal("confirmation_site_missing")
    return str(settings.SITE)


def _told(row: InvitationRow) -> dict[str, Any]:
    same = ("id", "number", "currency", "channel", "language", "person", "state", "reminders", "actor")
    times = ("invited_at", "expires_at", "opened_at", "answered_at")
    return {
        **{name: getattr(row, name) for name in same},
        **{name: instant(getattr(row, name)) if getattr(row, name) else None for name in times},
        "company": row.company_code,
        "customer": row.customer_code,
        "statement": row.statement_id,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
        "closing": to_text(row.closing, row.currency),
        "accepted": None if row.accepted is None else to_text(row.accepted, row.currency),
        "disputed": None if row.disputed is None else to_text(row.disputed, row.currency),
    }


def _whole(call: Call, row: InvitationRow) -> Reply:
    clear = seen(call.caller.scope(Permission.VIEW_PERSONAL)).has(row.company_id, row.customer_id)
    said = None if row.reply_id is None else _reply(reply(row.reply_id, clear=clear), people=clear)
    return Reply({**_told(row), "reply": said})


def _reply(row: ReplyRow, *, people: bool) -> dict[str, Any]:
    """`content`, whose SHA-256 is the digest, names who answered."""
    same = ("id", "name", "position", "proof", "digest", "shown_digest", "leaf")
    return {
        **{name: getattr(row, name) for name in same},
        "content": row.content if people else None,
        "answered_at": instant(row.answered_at),
        "sealed": row.head is not None,
        "lines": [_line(line, row.currency) for line in row.lines],
    }


def _line(line: LineRow, currency: str) -> dict[str, Any]:
    return {
        "item": line.item_id,
        "document": line.document_number,
        "due": line.due_date.isoformat() if line.due_date else None,
        "said": line.said,
        "reason": line.reason or None,
        **{name: to_text(getattr(line, name), currency) for name in ("open_amount", "accepted", "disputed")},
        "note": line.note,
        "promised_on": line.promised_on.isoformat() if line.promised_on else None,
        "dispute": line.dispute_id,
        "promise": line.promise_id,
        "files": [{"name": file.name, "sha256": file.sha256} for file in line.files],
    }


_ONE = {"id": ID}
_HOW = {
    "channel": Part(Choice(_SENT_BY), gettext_noop("how the link is sent; it is told to nobody else"), required=True),
    "days": Part(Whole(LEAST_DAYS, MOST_DAYS), gettext_noop("how long it opens"), otherwise=14),
}

ENDPOINTS = (
    Endpoint(
        "listConfirmations", "GET", "/confirmations",
        gettext_noop("Who was asked to confirm an account, the newest first"), _VIEW, list_confirmations, CONFIRMATION,
        paged=True,
        query=Record({
            **WHOSE,
            "state": Part(Choice(("", *STATES)), gettext_noop("only in this state"), otherwise=""),
            "statement": Part(ID, gettext_noop("only of this statement")),
        }),
    ),
    Endpoint(
        "showConfirmation", "GET", "/confirmations/{id}",
        gettext_noop("One with what was answered, line by line, and its digests"), _VIEW, show_confirmation,
        CONFIRMATION_WHOLE, params=_ONE,
    ),
    Endpoint(
        "askConfirmation", "POST", "/statements/{id}/confirmations",
        gettext_noop("Ask a contact to confirm an issued statement"), _ASK, ask_confirmation, CONFIRMATION_WHOLE,
        status=201, params=_ONE,
        body=Record({
            "person": Part(Whole(), gettext_noop("the contact's number at the customer"), required=True), **_HOW
        }),
    ),
    Endpoint(
        "remindConfirmation", "POST", "/confirmations/{id}/reminders",
        gettext_noop("Send another link for the same account; the one before is dead"), _ASK, remind_confirmation,
        CONFIRMATION_WHOLE, status=201, params=_ONE, body=Record(_HOW),
    ),
    Endpoint(
        "revokeConfirmation", "POST", "/confirmations/{id}/revocation",
        gettext_noop("Take it back: its link opens nothing any more"), _ASK, revoke_confirmation, CONFIRMATION_WHOLE,
        status=201, params=_ONE, body=Record({"reason": Part(Text(200), gettext_noop("why"), otherwise="")}),
    ),
)  # fmt: skip
