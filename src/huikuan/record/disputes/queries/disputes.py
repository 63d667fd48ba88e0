"""One dispute as it stands on a day, and its life."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.queries import customers_by_id, narrowed, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.disputes.domain.life import RESOLVED
from huikuan.record.disputes.models import Dispute, DisputeStep
from huikuan.record.disputes.queries.standing import with_state
from huikuan.record.receivables.models import Item

#: Columns of the last step that a row tells.
STEP_COLUMNS = (
    "amount", "department", "role", "owner", "due_on", "pauses", "outcome", "accepted", "item_id", "effective_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A kept original."""

    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A dispute as it stands on a day. `amount` was disputed when it was raised, `standing` still is (of what is open
    no more than that). `resolved_on`, `outcome`, `accepted`, `credit_id` of one that is over; `accepted` of one that
    is answered is what the department finds right. `step`: the number of its last step."""

    id: int
    company_id: int
    company_code: str
    customer_id: int
    customer_code: str
    customer_name: str
    item_id: int
    document_number: str
    contract_number: str
    currency: str
    amount: int
    standing: int
    reason: str
    source: str
    said_by: str
    note: str
    business_type: str
    opened_on: date
    files: tuple[File, ...]
    actor: str
    recorded_at: datetime
    state: str
    step: int
    department: str
    role: str
    owner: str
    due_on: date
    pauses: bool
    outcome: str
    accepted: int | None
    credit_id: int | None
    resolved_on: date | None

    @property
    def over(self) -> bool:
        return self.state == RESOLVED

    @property
    def days(self) -> int | None:
        """Days from the day it was raised to the day it was resolved; None while it is not."""
        return (self.resolved_on - self.opened_on).days if self.resolved_on else None


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of a dispute."""

    number: int
    step: str
    state: str
    effective_on: date
    amount: int
    department: str
    role: str
    owner: str
    due_on: date
    outcome: str
    accepted: int | None
    item_id: int | None
    note: str
    files: tuple[File, ...]
    actor: str
    recorded_at: datetime


def dispute(dispute_id: int, *, scope: Scope, day: date | None = None, known: int | None = None) -> DisputeRow:
    """One dispute as of a day; refuses one that is unknown then, or out of scope, which is the same to the reader."""
    rows = narrowed(Dispute.objects.filter(pk=dispute_id), seen(scope))
    found = rows_of(with_state(rows, day, known, STEP_COLUMNS))
    if not found:
        raise Refusal("dispute_unknown", dispute=dispute_id)
    return found[0]


def of_customer(
    customer_id: int, scope: Scope, *, day: date | None = None, known: int | None = None
) -> list[DisputeRow]:
    """The disputes of a customer, and of those it is one with, that the reader sees; the newest first."""
    theirs = seen(scope)
    rows = narrowed(Dispute.objects.filter(customer_id__in=one_with(customer_id, known, theirs)), theirs)
    return rows_of(with_state(rows, day, known, STEP_COLUMNS).order_by("-opened_on", "-pk"))


def of_item(item_id: int, scope: Scope, *, day: date | None = None, known: int | None = None) -> list[DisputeRow]:
    """The disputes of an item that the reader sees, the newest first."""
    rows = narrowed(Dispute.objects.filter(item_id=item_id), seen(scope))
    return rows_of(with_state(rows, day, known, STEP_COLUMNS).order_by("-opened_on", "-pk"))


def steps_of(dispute_id: int, *, day: date | None = None, known: int | None = None) -> list[StepRow]:
    """Its steps by a day, the first first. Of what it is about, `dispute` is asked: whose it is."""
    steps = DisputeStep.objects.filter(dispute_id=dispute_id, tx__lt=ALWAYS_KNOWN if known is None else known)
    if day is not None:
        steps = steps.filter(effective_on__lte=day)
    names = [name for name in StepRow.__dataclass_fields__ if name != "files"]
    return [
        StepRow(**{name: getattr(one, name) for name in names}, files=files_of(one.files))
        for one in steps.order_by("number")
    ]


def files_of(said: Sequence[dict[str, str]]) -> tuple[File, ...]:
    return tuple(File(one["sha256"], one["name"]) for one in said)


def rows_of(disputes: Iterable[Any]) -> list[DisputeRow]:
    """Annotated disputes as rows with the names of company, customer and document, in their order."""
    found = list(disputes)
    customers = customers_by_id({one.customer_id for one in found})
    companies = dict(Company.objects.values_list("pk", "code"))
    items = {
        item_id: (document, contract)
        for item_id, document, contract in Item.objects.filter(pk__in={one.item_id for one in found}).values_list(
            "pk", "document_number", "contract_number"
        )
    }
    return [_row(one, companies[one.company_id], customers[one.customer_id], items[one.item_id]) for one in found]


_OWN = (
    "id", "company_id", "customer_id", "item_id", "currency", "amount", "reason", "source", "said_by", "note",
    "business_type", "opened_on", "actor", "recorded_at",
)  # fmt: skip


def _row(one: Any, company: str, customer: Any, named: tuple[str, str]) -> DisputeRow:
    over = one.now_state == RESOLVED
    return DisputeRow(
        **{name: getattr(one, name) for name in _OWN},
        company_code=company,
        customer_code=customer.code,
        customer_name=customer.name,
        document_number=named[0],
        contract_number=named[1],
        files=files_of(one.files),
        standing=one.now_amount,
        state=one.now_state,
        step=one.now_number,
        department=one.now_department,
        role=one.now_role,
        owner=one.now_owner,
        due_on=one.now_due_on,
        pauses=bool(one.now_pauses),
        outcome=one.now_outcome if over else "",
        accepted=one.now_accepted,
        credit_id=one.now_item_id,
        resolved_on=one.now_effective_on if over else None,
    )
