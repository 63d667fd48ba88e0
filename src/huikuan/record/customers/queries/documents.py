"""Papers of customers as they are now, what expires, and every edition there was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery

from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.domain.documents import NOTICE, validity
from huikuan.record.customers.models import Customer, DocumentVersion
from huikuan.record.customers.queries.customers import seen
from huikuan.record.customers.queries.merging import under


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One edition of a paper. `state` as in domain.documents.validity on the day asked about."""

    customer_id: int
    number: int
    version: int
    kind: str
    title: str
    sha256: str
    file_name: str
    issued_on: date | None
    expires_on: date | None
    note: str
    withdrawn: bool
    recorded_at: datetime
    actor: str
    state: str


@dataclass(frozen=True, slots=True)
class ExpiringRow:
    """A paper that expires, with the customer it is shown under."""

    document: DocumentRow
    customer_code: str
    customer_name: str


def documents(customer_id: int, day: date) -> list[DocumentRow]:
    """The customer's papers as they are now, those taken back left out; the first to expire first."""
    latest = {row.number: row for row in document_versions(customer_id, day)}
    standing = [row for row in latest.values() if not row.withdrawn]
    return sorted(standing, key=lambda row: (row.expires_on or date.max, row.number))


def last_document(customer_id: int) -> int:
    """The number of the customer's paper kept last; 0: there is none."""
    return DocumentVersion.objects.filter(customer_id=customer_id).aggregate(last=Max("number"))["last"] or 0


def document_versions(customer_id: int, day: date) -> list[DocumentRow]:
    """Every edition of every paper of the customer, by number and version."""
    facts = DocumentVersion.objects.filter(customer_id=customer_id).order_by("number", "version")
    return [_row(fact, day) for fact in facts]


def expiring(*, scope: Scope, day: date) -> list[ExpiringRow]:
    """The papers of the scope's customers that expired or expire within the notice, the first to expire first."""
    whose = seen(scope).customers
    facts = _latest(DocumentVersion.objects.filter(expires_on__lte=day + NOTICE))
    if whose is not None:
        facts = facts.filter(customer_id__in=whose)
    found = list(facts.order_by("expires_on", "customer_id", "number"))
    held = Customer.objects.select_related("merged_into").in_bulk([fact.customer_id for fact in found])
    shown = {one: row.merged_into or row for one, row in held.items()}
    return [ExpiringRow(_row(fact, day), shown[fact.customer_id].code, shown[fact.customer_id].name) for fact in found]


def kinds_held(customer_ids: Collection[int] | None, day: date) -> dict[int, set[str]]:
    """Customer id → kinds of papers that hold on the day, with those of customers merged into it. None: of every
    customer."""
    into = under(customer_ids)
    facts = _latest(DocumentVersion.objects.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=day)))
    if customer_ids is not None:
        facts = facts.filter(customer_id__in=[*customer_ids, *into])
    held: dict[int, set[str]] = {}
    for customer_id, kind in facts.values_list("customer_id", "kind"):
        held.setdefault(into.get(customer_id, customer_id), set()).add(kind)
    return held


def _latest(facts: QuerySet[DocumentVersion]) -> QuerySet[DocumentVersion]:
    """Those of the editions that are their paper's last and not taken back."""
    same = DocumentVersion.objects.filter(customer_id=OuterRef("customer_id"), number=OuterRef("number"))
    last = same.values("customer_id", "number").annotate(last=Max("version")).values("last")
    return facts.annotate(last=Subquery(last)).filter(version=F("last"), withdrawn=False)


def _row(fact: DocumentVersion, day: date) -> DocumentRow:
    own = [name for name in DocumentRow.__dataclass_fields__ if name != "state"]
    return DocumentRow(**{name: getattr(fact, name) for name in own}, state=validity(fact.expires_on, day))
