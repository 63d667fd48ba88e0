"""A claim that demands more than its days bear is reduced to what they do, in one act."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.interest.domain.anew import sheet_anew
from huikuan.record.interest.domain.sheets import digest_of, sheet_text
from huikuan.record.interest.models import Claim, Correction
from huikuan.record.interest.operations.claiming import claim_record, held, ledger_day, tell
from huikuan.record.interest.queries.anew import Weighed, corrections_of, weighed
from huikuan.record.receivables.models import Item, Settlement
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.reversals import reverse_item, reverse_settlement
from huikuan.record.receivables.operations.settlements import settle

ORIGIN, REASON = "interest_correction", "interest_corrected"


def correct_claim(*, claim_id: int, actor: str, at: datetime) -> None:
    """Bring a claim in line with what its days bear by all that is known now. What is too much is given back: a credit
    note, settled against the claim's item as far as that is open, else the customer's; the computation anew is kept.
    What was given back and is borne again is undone, credit and settlement reversed.

    Not taken back and claimed again: part of it may be paid or waived, and what the customer was sent stays on record
    with what takes its place. Refuses a claim that is right, one that was taken back, one that demands too little
    though nothing was given back, and to undo a credit that something else was settled with.
    """

    def work() -> None:
        claim = claim_record(claim_id)
        # Weighed only once it is held: else it could be taken back or waived meanwhile, and be given back beside.
        held(claim)
        found = _demanding(weighed([claim], at=at).get(claim_id), claim)
        if found.again:
            _undo(claim, actor, at)
            found = weighed([claim], at=at)[claim_id]
        if not found.over:
            tell("interest.corrected", claim, at)
            return
        credit = _credit(found, actor, at)
        text = sheet_text(sheet_anew(found.sheet, found.anew, found.rates, corrects=claim.digest))
        row = {
            "company_id": claim.company_id,
            "customer_id": claim.customer_id,
            "claim_id": claim_id,
            "amount": found.over,
            "credit_id": credit,
            "sheet": text,
            "digest": digest_of(text),
            "actor": actor,
        }
        record(Correction, [row], at=at)
        tell("interest.corrected", claim, at, amount=to_text(found.over, claim.currency), currency=claim.currency)

    retrying(work)


def _demanding(found: Weighed | None, claim: Claim) -> Weighed:
    """The claim as weighed, if correcting it changes something."""
    if found is None or not (found.over or found.short):
        raise Refusal("interest_claim_right", claim=claim.pk)
    if not (found.over or found.again):
        # What was never demanded is not demanded by a correction.
        missing = to_text(found.short, claim.currency)
        raise Refusal("interest_claim_short", claim=claim.pk, amount=missing, currency=claim.currency)
    return found


def _undo(claim: Claim, actor: str, at: datetime) -> None:
    """The corrections of a claim never were; those that still are due are made anew."""
    for one in corrections_of(claim.pk):
        undone = Settlement.objects.filter(reversal_of=OuterRef("pk"))
        mine = Settlement.objects.filter(
            credit_id=one.credit_id, debit_id=claim.interest_item_id, reason=REASON, reversal_of__isnull=True
        ).exclude(Exists(undone))
        for settlement in mine.values_list("pk", flat=True):
            reverse_settlement(settlement_id=settlement, reason=REASON, actor=actor, at=at)
        reverse_item(item_id=one.credit_id, reason=REASON, actor=actor, at=at)


def _credit(found: Weighed, actor: str, at: datetime) -> int:
    claim, amount = found.claim, found.over
    company = Company.objects.get(pk=claim.company_id)
    side = open_items.lock([claim.interest_item_id]).sides.get(claim.interest_item_id)
    day = ledger_day(company, max(business_date(at, company.time_zone), side.settle_from if side else claim.last_on))
    claimed = Item.objects.get(pk=claim.interest_item_id)
    credit = post_item(
        company=company,
        customer_id=claim.customer_id,
        kind="credit_note",
        amount=amount,
        currency=claim.currency,
        document_date=day,
        posting_date=day,
        obligation=claimed.obligation,
        contract_number=claimed.contract_number,
        business_type=claimed.business_type,
        text=claimed.document_number,
        origin_system=ORIGIN,
        origin_key=_key(claim),
        actor=actor,
        at=at,
    )
    if side and (most := min(amount, side.open_amount)):
        settle(
            credit_id=credit,
            debit_id=claim.interest_item_id,
            credit_amount=most,
            effective_on=day,
            reason=REASON,
            actor=actor,
            at=at,
        )
    return credit


def _key(claim: Claim) -> str:
    return f"{claim.pk}:{Correction.objects.filter(claim_id=claim.pk).count() + 1}"
