"""How a dispute's facts are written: one step after the other, each told, with the work that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import Kept, keep_bytes, store_kept
from huikuan.mechanisms.identity.queries import company_zone
from huikuan.mechanisms.work.operations import Wanted, cancel_items, open_item
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.disputes.domain.life import ANSWERED, WAITING
from huikuan.record.disputes.models import Dispute, DisputeStep
from huikuan.record.disputes.work import ANSWERING, DECIDING
from huikuan.record.receivables.queries.ledger import item

LONGEST_NOTE, LONGEST_NAME, MOST_FILES = 1_000, 200, 20

#: What a step leaves as it was unless it says otherwise.
_CARRIED = ("state", "amount", "department", "role", "owner", "above", "due_on", "pauses", "policy_id")


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that proves something, as it was handed in."""

    content: Path | bytes
    name: str


KeptPapers = list[tuple[Kept, str]]


def keep_papers(files: Sequence[Paper]) -> KeptPapers:
    """Their bytes on the disk, before the transaction; refuses too many at once."""
    if len(files) > MOST_FILES:
        raise Refusal("dispute_too_many_files", most=MOST_FILES)
    return [(keep_bytes(one.content), one.name) for one in files]


def filed(kept: KeptPapers, *, actor: str, at: datetime) -> list[dict[str, str]]:
    """The papers as a fact names them."""
    stored = [store_kept(one, name, actor=actor, at=at) for one, name in kept]
    return [{"sha256": one.sha256, "name": name} for one, (_, name) in zip(stored, kept, strict=True)]


def said(text: str) -> str:
    """Words as they are kept."""
    return tidy(text)[:LONGEST_NOTE]


def today_of(company_id: int, at: datetime) -> date:
    return business_date(at, company_zone(company_id))


def held(dispute_id: int, seen: int | None = None) -> tuple[Dispute, DisputeStep]:
    """A dispute and its last step; refuses an unknown one, and another step than was `seen`."""
    found = Dispute.objects.filter(pk=dispute_id).first()
    last = DisputeStep.objects.filter(dispute_id=dispute_id).order_by("number").last()
    if found is None or last is None:
        raise Refusal("dispute_unknown", dispute=dispute_id)
    if seen is not None and seen != last.number:
        raise Refusal("dispute_changed_since", dispute=dispute_id)
    return found, last


def write_step(
    dispute: Dispute, last: DisputeStep | None, step: str, told: Mapping[str, Any], *, actor: str, at: datetime
) -> DisputeStep:
    """Record the step that follows `last`, bring the work in line with it, announce it. Of two who write at once the
    database lets one through; the other is refused."""
    day = today_of(dispute.company_id, at)
    carried = {name: getattr(last, name) for name in _CARRIED} if last else {}
    row = {
        "dispute_id": dispute.pk,
        "company_id": dispute.company_id,
        "customer_id": dispute.customer_id,
        "number": last.number + 1 if last else 1,
        "step": step,
        "effective_on": max(day, last.effective_on) if last else dispute.opened_on,
        **carried,
        **told,
        "actor": actor,
    }
    try:
        with transaction.atomic():
            number = record(DisputeStep, [row], at=at)[0]
    except IntegrityError as error:
        raise Refusal("dispute_changed_since", dispute=dispute.pk) from error
    now = DisputeStep.objects.get(pk=number)
    if last is None or step != "evidence":
        _put_to_people(dispute, now, actor=actor, at=at)
    return now


def tell(kind: str, dispute: Dispute, at: datetime, **more: Any) -> None:
    """Announce what became of a dispute."""
    payload = {"dispute": dispute.pk, "item": dispute.item_id, **more}
    announce(kind, at=at, company_id=dispute.company_id, customer_id=dispute.customer_id, payload=payload)


def _put_to_people(dispute: Dispute, now: DisputeStep, *, actor: str, at: datetime) -> None:
    """What waits for somebody after the step; what waited before it goes."""
    key = f"dispute:{dispute.pk}"
    for kind in (ANSWERING, DECIDING):
        cancel_items(kind=kind.name, keys=[key], because="", actor=actor, at=at)
    if now.state == WAITING:
        whose = {"owner": now.owner, "role": now.role, "escalates_to": now.above, "due_on": now.due_on}
        open_item(kind=ANSWERING.name, wanted=_wanted(key, dispute, now, **whose), actor=actor, at=at)
    elif now.state == ANSWERED:
        open_item(kind=DECIDING.name, wanted=_wanted(key, dispute, now), actor=actor, at=at)


def _wanted(key: str, dispute: Dispute, now: DisputeStep, **whose: Any) -> Wanted:
    found = item(dispute.item_id)
    shown = {
        "dispute": dispute.pk,
        "department": now.department,
        "reason": dispute.reason,
        "customer": customers_by_id([dispute.customer_id])[dispute.customer_id].name,
        "amount": f"{dispute.currency} {to_text(now.amount, dispute.currency)}",
        "document": found.document_number or str(found.id),
    }
    return Wanted(key, dispute.company_id, dispute.customer_id, shown, **whose)
