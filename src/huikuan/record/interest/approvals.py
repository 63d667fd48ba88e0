"""The kind of request by which part of an interest claim is given up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.approvals.kinds import ApprovalKind, Asked, Described, register
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.figures import grouped
from huikuan.record.interest.models import Waiver
from huikuan.record.interest.operations.claiming import claim_record, ledger_day, tell
from huikuan.record.interest.operations.waiving import KIND, still_open
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.settlements import settle


def _still_shown(asked: Asked, *, at: datetime) -> Mapping[str, Any]:
    """What is open of the claim is held: nobody pays or settles it meanwhile."""
    del at  # what is open is open, whatever the hour
    claim = claim_record(asked.shown["claim"])
    return {**asked.shown, "open": to_text(still_open(claim), claim.currency)}


def _waive(asked: Asked, *, actor: str, at: datetime) -> None:
    """A credit of kind discount, settled against the claim's item at once."""
    claim, shown = claim_record(asked.shown["claim"]), asked.shown
    amount = to_minor(shown["waived"], claim.currency)
    company = Company.objects.get(pk=claim.company_id)
    day = ledger_day(company, business_date(at, company.time_zone))
    credit = post_item(
        company=company,
        customer_id=claim.customer_id,
        kind="discount",
        amount=amount,
        currency=claim.currency,
        document_date=day,
        posting_date=day,
        text=shown["reason"],
        origin_system="interest.waiver",
        origin_key=str(asked.id),
        actor=actor,
        at=at,
    )
    settle(
        credit_id=credit,
        debit_id=claim.interest_item_id,
        credit_amount=amount,
        effective_on=day,
        reason="interest_waived",
        actor=actor,
        at=at,
    )
    row = {
        "company_id": claim.company_id,
        "customer_id": claim.customer_id,
        "claim_id": claim.pk,
        "approval_id": asked.id,
        "amount": amount,
        "reason": shown["reason"],
        "credit_id": credit,
        "actor": asked.maker,
    }
    record(Waiver, [row], at=at)
    tell("interest.waived", claim, at)


def _described(shown: Mapping[str, Any]) -> Described:
    return [
        (_("Interest claimed"), f"{shown['currency']} {grouped(shown['claimed'])}"),
        (_("First and last day"), f"{shown['from']} – {shown['to']}"),
        (_("Open"), f"{shown['currency']} {grouped(shown['open'])}"),
        (_("To be waived"), f"{shown['currency']} {grouped(shown['waived'])}"),
        (_("Reason"), shown["reason"]),
        (_("Computation sheet, SHA-256"), shown["digest"]),
    ]


def _address(asked: Asked) -> str:
    return reverse("interest:item", args=[claim_record(asked.shown["claim"]).item_id])


WAIVER = register(ApprovalKind(KIND, gettext_noop("waiver of interest"), _still_shown, _waive, _described, _address))
