"""Reading requests: what waits, for whom, and how it came to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet, Sum

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.approvals.domain.deciding import Delegation
from huikuan.mechanisms.approvals.domain.lifecycle import ENDING, PENDING, Route, Stand, Step, deadline_of, stand_of
from huikuan.mechanisms.approvals.kinds import Asked
from huikuan.mechanisms.approvals.models import ApprovalRequest, ApprovalStep, DelegationEnd
from huikuan.mechanisms.approvals.models import Delegation as DelegationFact
from huikuan.mechanisms.identity.actors import CLI
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.reaching import reached


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request with where it stands. `role`: to which role it is put now, '' where it waits no longer."""

    id: int
    kind: str
    subject: str
    company_id: int | None
    customer_id: int | None
    amount: int | None
    currency: str
    measure_currency: str
    measured_total: int | None
    off_policy: bool
    shown: Mapping[str, Any]
    reasons: Sequence[Mapping[str, Any]]
    note: str
    route: Route
    maker: str
    submitted_at: datetime
    digest: str
    authority_id: int | None
    replaces_id: int | None
    state: str
    stop: int
    role: str
    since: datetime
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a request's history."""

    step: str
    at: datetime
    actor: str
    role: str
    for_whom: str
    own: bool
    comment: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a request stands, in short: who ended it, when and with which words; nobody while it waits."""

    state: str
    digest: str
    decided_by: str = ""
    decided_at: datetime | None = None
    own: bool = False
    comment: str = ""


@dataclass(frozen=True, slots=True)
class DelegationRow:
    """A delegation; `ended_at`: when it was ended before its time."""

    id: int
    giver: str
    delegate: str
    begins_at: datetime
    ends_at: datetime
    reason: str
    ended_at: datetime | None


def request_record(request_id: int) -> ApprovalRequest:
    """The request's record, for operations; refuses an unknown id."""
    found = ApprovalRequest.objects.filter(pk=request_id).first()
    if found is None:
        raise Refusal("request_unknown", request=request_id)
    return found


def ended(*states: str) -> QuerySet[ApprovalStep, Any]:
    """The ids of requests that ended so (in any way, where none is named), as a subquery."""
    return ApprovalStep.objects.filter(step__in=states or ENDING).values("request_id")


def pending_ids(kind: str) -> QuerySet[ApprovalRequest, Any]:
    """The ids of the requests of a kind that wait, as a subquery."""
    return ApprovalRequest.objects.filter(kind=kind).exclude(pk__in=ended()).values("pk")


def measured_waiting(kind: str, company_id: int, customer_ids: Collection[int], *, since: datetime) -> int:
    """What requests of a kind for these customers ask for that were made since then and wait, in the currency of the
    matrix they were measured by."""
    waiting = ApprovalRequest.objects.filter(
        pk__in=pending_ids(kind), company_id=company_id, customer_id__in=customer_ids, recorded_at__gt=since
    )
    return waiting.aggregate(sum=Sum("measure"))["sum"] or 0


def seen_by(me: str, scope: Scope) -> QuerySet[ApprovalRequest]:
    """The requests a reader sees: those of the rows they reach, their own, and those they decided."""
    mine = ApprovalRequest.objects.filter(maker__in=[me, CLI + me])
    decided = ApprovalRequest.objects.filter(pk__in=ApprovalStep.objects.filter(actor=me).values("request_id"))
    return reached(ApprovalRequest.objects.all(), scope) | mine | decided


def request(request_id: int, *, me: str, scope: Scope) -> RequestRow:
    """One request; refuses an unknown one and one out of reach alike."""
    found = seen_by(me, scope).filter(pk=request_id).first()
    if found is None:
        raise Refusal("request_unknown", request=request_id)
    return rows_of([found])[0]


def requests_about(kind: str, customer_ids: Collection[int]) -> list[RequestRow]:
    """The requests of a kind about these customers, the newest first. The caller has looked at whose they are."""
    return rows_of(ApprovalRequest.objects.filter(kind=kind, customer_id__in=customer_ids).order_by("-pk"))


def rows_of(
    records: Iterable[ApprovalRequest], *, before: datetime | None = None, known: int | None = None
) -> list[RequestRow]:
    """The records with where each stands, in their order; where each stood, by the steps of `steps_of`."""
    found = list(records)
    steps = steps_of([one.pk for one in found], before=before, known=known)
    return [_row(one, stand_now(one, steps[one.pk])) for one in found]


def history(request_id: int) -> list[StepRow]:
    """What became of a request, oldest first."""
    found = ApprovalStep.objects.filter(request_id=request_id).order_by("number", "pk")
    return [
        StepRow(one.step, one.recorded_at, one.actor, one.role, one.for_whom, one.own, one.comment) for one in found
    ]


def outcomes(request_ids: Collection[int]) -> dict[int, Outcome]:
    """Request → how it stands, for lists of what was asked for."""
    digests = dict(ApprovalRequest.objects.filter(pk__in=request_ids).values_list("pk", "digest"))
    found = {number: Outcome(PENDING, digest) for number, digest in digests.items()}
    for one in ApprovalStep.objects.filter(request_id__in=request_ids, step__in=ENDING):
        found[one.request_id] = Outcome(
            one.step, digests[one.request_id], one.actor, one.recorded_at, one.own, one.comment
        )
    return found


def asked(record: ApprovalRequest) -> Asked:
    """The request as its context is told of it."""
    return Asked(
        record.pk,
        record.kind,
        record.subject,
        record.company_id,
        record.customer_id,
        record.amount,
        record.currency,
        record.shown,
        record.digest,
        record.maker,
    )


def route_of(record: ApprovalRequest) -> Route:
    return tuple(tuple(stop) for stop in record.route)


def steps_of(
    request_ids: Collection[int], *, before: datetime | None = None, known: int | None = None
) -> dict[int, list[Step]]:
    """The steps of each request, oldest first, as the domain reads them: those recorded before an instant, of what was
    `known` (facts whose tx lies below); None: all."""
    found: dict[int, list[Step]] = {one: [] for one in request_ids}
    said = {"recorded_at__lt": before, "tx__lt": known}
    steps = ApprovalStep.objects.filter(**{name: value for name, value in said.items() if value is not None})
    for one in steps.filter(request_id__in=request_ids).order_by("number", "pk"):
        found[one.request_id].append(Step(one.number, one.step, one.recorded_at, one.actor, one.for_whom))
    return found


def stand_now(record: ApprovalRequest, steps: Sequence[Step]) -> Stand:
    return stand_of(route_of(record), record.recorded_at, steps)


def stand_of_request(record: ApprovalRequest) -> Stand:
    """The same, with the steps looked up."""
    return stand_now(record, steps_of([record.pk])[record.pk])


def delegations(person: str | None = None) -> list[DelegationRow]:
    """Delegations that a person gave or received (None: everybody's), the newest first."""
    rows = DelegationFact.objects.order_by("-pk")
    if person is not None:
        rows = rows.filter(giver=person) | rows.filter(delegate=person)
    ends = dict(DelegationEnd.objects.values_list("delegation_id", "recorded_at"))
    return [
        DelegationRow(one.pk, one.giver, one.delegate, one.begins_at, one.ends_at, one.reason, ends.get(one.pk))
        for one in rows
    ]


def delegations_around(person: str) -> tuple[Delegation, ...]:
    """The same as the domain reads them: each until it ended."""
    return tuple(
        Delegation(one.giver, one.delegate, one.begins_at, min(one.ends_at, one.ended_at or one.ends_at))
        for one in delegations(person)
    )


def _row(record: ApprovalRequest, stand: Stand) -> RequestRow:
    same = (
        *("kind", "subject", "company_id", "customer_id", "amount", "currency", "measured_total", "off_policy"),
        *("measure_currency", "shown", "reasons", "note", "maker", "digest", "authority_id", "replaces_id"),
    )
    return RequestRow(
        **{name: getattr(record, name) for name in same},
        id=record.pk,
        route=route_of(record),
        submitted_at=record.recorded_at,
        state=stand.state,
        stop=stand.stop,
        role=stand.role,
        since=stand.since,
        deadline=deadline_of(stand, record.deadline_days),
    )
