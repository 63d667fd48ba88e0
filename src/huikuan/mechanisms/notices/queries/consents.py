"""Who wants no notices: by person and channel, or by address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.reaching import one_with, reached
from huikuan.mechanisms.notices.domain.wanted import CODE, INTERNAL, LEGAL
from huikuan.mechanisms.notices.models import Consent

#: What goes out whoever said stop: the law's letters, a code just asked for, our own people's.
HEEDLESS = (LEGAL, CODE, INTERNAL)


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """What somebody said: no more by this channel ('' any), or again."""

    id: int
    customer_id: int | None
    person_id: int | None
    channel: str
    wanted: bool
    source: str
    note: str
    actor: str
    at: datetime


def stopped(
    *, channel: str, purpose: str = "", customer_id: int | None = None, person_id: int | None = None, digest: str = ""
) -> bool:
    """Whether this person, or whoever is behind this address, said stop for this channel: the last they said counts.
    Legal notices go out all the same."""
    if purpose in HEEDLESS:
        return False
    last = _said(customer_id, person_id, digest).filter(channel__in=(channel, "")).order_by("tx", "id").last()
    return last is not None and not last.wanted


def _said(customer_id: int | None, person_id: int | None, digest: str) -> QuerySet[Consent]:
    whose = Q(pk__in=[])
    if customer_id is not None and person_id is not None:
        whose |= Q(customer_id=customer_id, person_id=person_id)
    if digest:
        whose |= Q(address_digest=digest)
    return Consent.objects.filter(whose)


def consents(customer_id: int, scope: Scope) -> tuple[ConsentRow, ...]:
    """What people at a customer said about being written to, the newest first."""
    found = reached(Consent.objects.filter(customer_id__in=one_with(customer_id)), scope)
    return tuple(
        ConsentRow(
            one.pk, one.customer_id, one.person_id, one.channel, one.wanted, one.source, one.note, one.actor,
            one.recorded_at,
        )
        for one in found.order_by("-tx", "-id")
    )  # fmt: skip
