"""Facts the rule depends on: who the buyer is, what we declared, whether bankruptcy was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import plain, tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import keep_bytes, store_kept
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.interest.domain.governing import BUYERS
from huikuan.record.interest.models import Bankruptcy, Declaration

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Paper:
    """A proof as it was handed in."""

    content: Path | bytes
    name: str


def declare_parties(
    *,
    company: Company,
    customer_id: int,
    buyer: str,
    seller_declared: bool,
    contract_number: str = "",
    note: str = "",
    paper: Paper | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Say who the buyer is and whether we declared at signing that we are an SME, of one contract or of all others.
    What was computed and claimed before stays. Refuses a kind of buyer nobody knows."""
    if buyer not in BUYERS:
        raise Refusal("interest_buyer_unknown", value=buyer, known=", ".join(BUYERS))
    kept = keep_bytes(paper.content) if paper else None

    def work() -> int:
        _require_customer(customer_id)
        filed = store_kept(kept, paper.name, actor=actor, at=at) if kept and paper else None
        row = {
            "company_id": company.pk,
            "customer_id": customer_id,
            "contract_number": plain(contract_number),
            "buyer": buyer,
            "seller_declared": seller_declared,
            "note": tidy(note)[:LONGEST],
            "sha256": filed.sha256 if filed else "",
            "file_name": filed.name if filed else "",
            "actor": actor,
        }
        fact = record(Declaration, [row], at=at)[0]
        announce("interest.declared", at=at, company_id=company.pk, customer_id=customer_id, payload={"fact": fact})
        return fact

    return retrying(work)


def record_bankruptcy(
    *, company: Company, customer_id: int, accepted_on: date | None, note: str, actor: str, at: datetime
) -> int:
    """A court accepted the customer's bankruptcy on that day (None: it did not, after all): interest stops. `note`
    says which court and case; refuses to go without it, and a day ahead."""
    said, today = tidy(note)[:LONGEST], business_date(at, company.time_zone)
    if not said:
        raise Refusal("interest_reason_missing")
    if accepted_on is not None and accepted_on > today:
        raise Refusal("interest_ahead", last=accepted_on, today=today)

    def work() -> int:
        _require_customer(customer_id)
        row = {
            "company_id": company.pk,
            "customer_id": customer_id,
            "accepted_on": accepted_on,
            "note": said,
            "actor": actor,
        }
        fact = record(Bankruptcy, [row], at=at)[0]
        announce("interest.bankruptcy", at=at, company_id=company.pk, customer_id=customer_id, payload={"fact": fact})
        return fact

    return retrying(work)


def _require_customer(customer_id: int) -> None:
    if customer_id not in customers_by_id({customer_id}):
        raise Refusal("customer_unknown", customer=customer_id)
