"""Asking for something: submitting a request, taking it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from huikuan.kernel.errors import Refusal
from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.approvals.domain.authority import Authority, route_for
from huikuan.mechanisms.approvals.domain.lifecycle import (
    APPROVED,
    EXPIRED,
    RETURNED,
    VOID,
    WITHDRAWN,
    shown_digest,
)
from huikuan.mechanisms.approvals.kinds import kind_named
from huikuan.mechanisms.approvals.models import ApprovalRequest
from huikuan.mechanisms.approvals.operations.steps import pending, take, tell
from huikuan.mechanisms.approvals.policies import authority_of
from huikuan.mechanisms.approvals.queries import ended, request_record, stand_of_request
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.actors import person
from huikuan.mechanisms.identity.reaching import one_with
from huikuan.mechanisms.store.transactions import exclusive


@dataclass(frozen=True, slots=True)
class About:
    """What a request is about. `company_id`, `customer_id`: whose row it is, so who may see it."""

    kind: str
    subject: str
    company_id: int | None = None
    customer_id: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """How much is asked for: minor units of `currency`, not negative. `measure`: the same in the currency of the
    authority matrix, needed where that is another one; contexts know the rates, this mechanism does not. `stands`: all
    that would stand once it is done, in the matrix's currency too; 0 where no more does than is asked for."""

    amount: int
    currency: str
    measure: int | None = None
    stands: int = 0


def submit_request(
    *,
    about: About,
    shown: Mapping[str, Any],
    sum_asked: Sum | None = None,
    off_policy: bool = False,
    reasons: Sequence[Reason] = (),
    note: str = "",
    barred: Collection[str] = (),
    replaces: int | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Ask for `shown` to be approved and done; returns the request's id. Call inside the context's transaction.

    The context has checked that `actor` may ask. The authority matrix of now decides who approves, by the amount with
    what was asked for the same customer, and those one with it, in its window, or by all that would stand where that
    is more: splitting helps nobody, nor does waiting. Without a customer the window is of what was asked about the
    same subject, or by the same maker. `barred`: who may not approve because
    it concerns them. Refuses a second request about what waits already.
    """
    kind_named(about.kind)
    authority, version = authority_of(about.company_id, at=at)
    measure = _measured(sum_asked, authority)
    with transaction.atomic():
        _alone(f"subject:{about.kind}:{about.subject}", about.kind)
        ones = frozenset() if about.customer_id is None else one_with(about.customer_id)
        whose = f"customer:{min(ones)}" if ones else f"maker:{person(actor)}"
        _alone(f"window:{about.kind}:{about.company_id}:{whose}", about.kind)
        _require_none_waiting(about)
        _require_replaceable(replaces, about)
        before = _asked_before(about, ones, person(actor), authority, at=at)
        total = None if measure is None or sum_asked is None else max(measure + before, sum_asked.stands)
        row = {
            **asdict(about),
            "shown": dict(shown),
            "amount": sum_asked.amount if sum_asked else None,
            "currency": sum_asked.currency if sum_asked else "",
            "measure": measure,
            "measure_currency": authority.currency if sum_asked else "",
            "measured_total": total,
            "off_policy": off_policy,
            "reasons": [asdict(reason) for reason in reasons],
            "note": note.strip(),
            "barred": sorted(barred),
            "route": [list(stop) for stop in route_for(authority, about.kind, total, off_policy=off_policy)],
            "deadline_days": authority.deadline_days,
            "authority_id": version,
            "replaces_id": replaces,
            "maker": actor,
        }
        request_id = record(ApprovalRequest, [{**row, "digest": shown_digest(row)}], at=at)[0]
        tell(request_record(request_id), "submitted", at=at)
    return request_id


def withdraw_request(*, request_id: int, comment: str = "", actor: str, at: datetime) -> None:
    """Take one's own request back; refuses somebody else's, and one that is decided."""
    with transaction.atomic():
        request, steps, _ = pending(request_id)
        if person(actor) != person(request.maker):
            raise Refusal("request_not_made_by_you", actor=actor)
        take(request, WITHDRAWN, steps, comment=comment.strip(), actor=actor, at=at)


def void_requests(*, kind: str, subject: str, because: str, actor: str, at: datetime) -> list[int]:
    """What a context calls when the subject becomes another: whatever waits about it is void. Answers which."""
    with transaction.atomic():
        found = list(_waiting(kind, subject).values_list("pk", flat=True))
        for request_id in found:
            request, steps, _ = pending(request_id)
            take(request, VOID, steps, comment=because, actor=actor, at=at)
    return found


def _measured(asked: Sum | None, authority: Authority) -> int | None:
    if asked is None:
        return None
    measure = asked.amount if asked.currency == authority.currency else asked.measure
    if measure is None:
        raise Refusal("request_not_measured", currency=asked.currency, authority=authority.currency)
    if asked.amount < 0 or measure < 0:
        raise Refusal("request_amount_negative")
    return measure


def _asked_before(about: About, ones: Collection[int], maker: str, authority: Authority, *, at: datetime) -> int:
    """What was asked in the window and still stands: waiting or approved. `ones`: the customer with those that are
    one with it."""
    rows = ApprovalRequest.objects.filter(
        Q(customer_id__in=ones) if ones else Q(customer_id=None),
        kind=about.kind,
        company_id=about.company_id,
        measure__isnull=False,
        recorded_at__gt=at - timedelta(days=authority.window_days),
    ).exclude(pk__in=ended(RETURNED, WITHDRAWN, EXPIRED, VOID))
    found = rows.values_list("measure", "subject", "maker")
    return sum(
        measure or 0 for measure, subject, by in found if ones or subject == about.subject or person(by) == maker
    )


def _require_none_waiting(about: About) -> None:
    # A subject, a customer for one, may be several companies', each of which asks for itself.
    other = _waiting(about.kind, about.subject).filter(company_id=about.company_id).first()
    if other is not None:
        raise Refusal("request_waits_already", request=other.pk)


def _require_replaceable(replaces: int | None, about: About) -> None:
    if replaces is None:
        return
    earlier = request_record(replaces)
    same = (earlier.kind, earlier.subject, earlier.company_id) == (about.kind, about.subject, about.company_id)
    if not same or stand_of_request(earlier).state == APPROVED:
        raise Refusal("request_replaces_another", request=replaces)


def _waiting(kind: str, subject: str) -> QuerySet[ApprovalRequest]:
    return ApprovalRequest.objects.filter(kind=kind, subject=subject).exclude(pk__in=ended()).order_by("pk")


def _alone(name: str, kind: str) -> None:
    with exclusive(f"approvals:{name}") as held:
        if not held:
            raise Refusal("request_busy", kind=kind)
