"""Invitations: whom they ask, what state they are in, whose they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import spellings
from huikuan.mechanisms.audit.queries import personal
from huikuan.mechanisms.identity import masking
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.models import ContactVersion, Customer
from huikuan.record.customers.queries import narrowed, seen
from huikuan.see.confirmations.models import Invitation, Opening, Reminder, Reply, Revocation
from huikuan.see.statements.domain.statement import number_text
from huikuan.see.statements.models import IssuedStatement
from huikuan.see.statements.queries.reach import customers

SENT, OPENED, ANSWERED, EXPIRED, REVOKED = "sent", "opened", "answered", "expired", "revoked"
STATES = (SENT, OPENED, ANSWERED, EXPIRED, REVOKED)
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation with its state at an instant. Amounts in minor units, positive owed to us.

    `number`: the statement's, '' of an account without one. `person`: masked. `accepted`, `disputed`: of the reply,
    None before there is one. `expires_at`: of the link that was sent last.
    """

    id: int
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    statement_id: int | None
    number: str
    currency: str
    since: date
    until: date
    closing: int
    channel: str
    language: str
    person: str
    state: str
    invited_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    answered_at: datetime | None
    reminders: int
    accepted: int | None
    disputed: int | None
    reply_id: int | None
    actor: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of them. `company_ids` None: every company of the scope; '' and None do not narrow."""

    company_ids: Collection[int] | None = None
    state: str = ""
    customer_id: int | None = None
    statement_id: int | None = None
    run_id: int | None = None
    text: str = ""
    ids: Collection[int] | None = None


def invitations(
    asked: Asked, *, scope: Scope, at: datetime, after: int | None = None, limit: int | None = 50
) -> list[InvitationRow]:
    """Those of the scope, the newest first, before the id `after`."""
    rows = chosen(asked, scope, at)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    return _rows(rows.order_by("-pk")[:limit], at)


def every_invitation(asked: Asked, *, scope: Scope, at: datetime) -> Iterator[InvitationRow]:
    """All of them, a portion at a time."""
    after: int | None = None
    while found := invitations(asked, scope=scope, at=at, after=after, limit=_AT_ONCE):
        yield from found
        after = found[-1].id


def count_invitations(asked: Asked, *, scope: Scope, at: datetime) -> int:
    return chosen(asked, scope, at).count()


def invitation(invitation_id: int, *, scope: Scope, at: datetime) -> InvitationRow:
    """One; refuses an unknown one and one out of scope alike."""
    found = _rows(chosen(Asked(ids=[invitation_id]), scope, at), at)
    if not found:
        raise Refusal("confirmation_unknown", invitation=invitation_id)
    return found[0]


def chosen(asked: Asked, scope: Scope, at: datetime) -> QuerySet[Invitation]:
    """The invitations asked for, each with its `state` and the end of its link that holds."""
    rows = narrowed(stated(), seen(scope))
    if asked.company_ids is not None:
        rows = rows.filter(company_id__in=asked.company_ids)
    if asked.ids is not None:
        rows = rows.filter(pk__in=asked.ids)
    for name in ("customer_id", "statement_id", "run_id"):
        if (value := getattr(asked, name)) is not None:
            rows = rows.filter(**{name: value})
    if asked.state:
        rows = rows.filter(_in_state(asked.state, at))
    return rows.filter(_named(asked.text, scope)) if asked.text else rows


def stated() -> QuerySet[Invitation]:
    """Every invitation with what decides its state."""
    of = {"invitation_id": OuterRef("pk")}
    last = Reminder.objects.filter(**of).order_by("-number").values("expires_at")[:1]
    return Invitation.objects.annotate(
        ends_at=Coalesce(Subquery(last), "expires_at"),
        is_answered=Exists(Reply.objects.filter(**of)),
        is_revoked=Exists(Revocation.objects.filter(**of)),
        is_opened=Exists(Opening.objects.filter(**of)),
    )


def _in_state(state: str, at: datetime) -> Q:
    alive = Q(is_answered=False, is_revoked=False)
    return {
        ANSWERED: Q(is_answered=True),
        REVOKED: Q(is_answered=False, is_revoked=True),
        EXPIRED: alive & Q(ends_at__lte=at),
        OPENED: alive & Q(ends_at__gt=at, is_opened=True),
        SENT: alive & Q(ends_at__gt=at, is_opened=False),
    }.get(state, Q(pk__in=[]))


def _named(text: str, scope: Scope) -> Q:
    wanted = Q()
    for spelling in spellings(text):
        wanted |= Q(name__icontains=spelling) | Q(code__icontains=spelling)
    condition = Q(customer_id__in=customers(scope).filter(wanted).values("pk"))
    year, dash, number = text.partition("-")
    if dash and all(part.isascii() and part.isdigit() and len(part) < 10 for part in (year, number)):
        numbered = IssuedStatement.objects.filter(year=int(year), number=int(number)).values("pk")
        condition |= Q(statement_id__in=numbered)
    return condition


def _rows(found: Iterable[Invitation], at: datetime) -> list[InvitationRow]:
    facts = list(found)
    ids = [fact.pk for fact in facts]
    replies = {one.invitation_id: one for one in Reply.objects.filter(invitation_id__in=ids)}
    opened = dict(Opening.objects.filter(invitation_id__in=ids).values_list("invitation_id", "recorded_at"))
    reminders: dict[int, int] = {}
    for one in Reminder.objects.filter(invitation_id__in=ids).values_list("invitation_id", flat=True):
        reminders[one] = reminders.get(one, 0) + 1
    named = {one.pk: one for one in Customer.objects.filter(pk__in={fact.customer_id for fact in facts})}
    companies = dict(Company.objects.values_list("pk", "code"))
    people = personal(ContactVersion, {fact.contact_id for fact in facts})
    numbers = _numbers(facts)
    return [
        InvitationRow(
            **_own(fact, replies.get(fact.pk)),
            state=_state(fact, at),
            opened_at=opened.get(fact.pk),
            reminders=reminders.get(fact.pk, 0),
            company_code=companies[fact.company_id],
            customer_code=named[fact.customer_id].code,
            customer_name=named[fact.customer_id].name,
            number=numbers.get(fact.statement_id or 0, ""),
            person=masking.shown("name", people.get(fact.contact_id, {}).get("name", ""), ()),
        )
        for fact in facts
    ]


def _own(fact: Invitation, reply: Reply | None) -> dict[str, Any]:
    """What the invitation and its reply say themselves."""
    names = (
        "company_id",
        "customer_id",
        "statement_id",
        "currency",
        "since",
        "until",
        "closing",
        "channel",
        "language",
    )
    return {
        "id": fact.pk,
        **{name: getattr(fact, name) for name in (*names, "actor")},
        "invited_at": fact.recorded_at,
        "expires_at": fact.ends_at,  # type: ignore[attr-defined]
        "answered_at": reply.recorded_at if reply else None,
        "accepted": reply.accepted if reply else None,
        "disputed": reply.disputed if reply else None,
        "reply_id": reply.pk if reply else None,
    }


def _state(fact: Any, at: datetime) -> str:
    """The same as _in_state, of one that was read with `stated`."""
    if fact.is_answered:
        return ANSWERED
    if fact.is_revoked:
        return REVOKED
    if fact.ends_at <= at:
        return EXPIRED
    return OPENED if fact.is_opened else SENT


def _numbers(facts: Sequence[Invitation]) -> dict[int, str]:
    """The numbers of their statements by id."""
    ids = [fact.statement_id for fact in facts if fact.statement_id]
    found = IssuedStatement.objects.filter(pk__in=ids).values_list("pk", "year", "number")
    return {pk: number_text(year, number) for pk, year, number in found}
