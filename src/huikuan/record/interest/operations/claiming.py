"""Claiming interest: it becomes an item that can be paid, with its computation as evidence."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.pipeline import send
from huikuan.mechanisms.store.transactions import is_postgres, retrying
from huikuan.record.interest.domain.computing import Computed
from huikuan.record.interest.domain.governing import Governing
from huikuan.record.interest.domain.rules import rule_text
from huikuan.record.interest.domain.sheets import digest_of, sheet_of, sheet_text
from huikuan.record.interest.models import Claim
from huikuan.record.interest.queries.accruals import Accrual, accrual
from huikuan.record.interest.queries.anew import money_waiting
from huikuan.record.interest.queries.facts import standing_claims
from huikuan.record.receivables.domain.periods import first_open_day
from huikuan.record.receivables.domain.settling import OpenSide
from huikuan.record.receivables.operations import open_items
from huikuan.record.receivables.operations.items import post_item
from huikuan.record.receivables.operations.open_items import hold_period
from huikuan.record.receivables.operations.reversals import reverse_item
from huikuan.record.receivables.queries.periods import locked_through

ORIGIN = "interest"
_LONGEST_NUMBER = 60
#: So many of the credits that wait are named.
_NAMED = 5


def claim_interest(*, item_id: int, until: date, actor: str, at: datetime) -> list[int]:
    """Post what the item bore until that day, the day itself not counted, as items of kind interest due at once;
    answers the claims, one for each stretch of days nobody claimed before and one rule governs.

    Asked again for the same days it answers the claims that stand of the last call for them, also where the item had
    ceased to bear before their end (it was paid, the customer went bankrupt). Refuses days that are not over, an item
    that bears none, where nothing is left to claim, and while money of the customer waits that would count from one of
    the days.
    """

    def work() -> list[int]:
        hold_claims(item_id)
        found = accrual(item_id, until, at=at)
        company = Company.objects.get(pk=found.item.company_id)
        today = business_date(at, company.time_zone)
        last = found.last
        if last >= today:
            raise Refusal("interest_day_not_over", last=last, today=today)
        if not found.unclaimed:
            return _standing(found, last)
        _require_no_money(found, last)
        day = ledger_day(company, today)
        return [_claim(company, found, one, day, actor, at) for one in found.unclaimed]

    return retrying(work)


def hold_claims(item_id: int) -> None:
    """Whoever claims interest of this item waits until this transaction ends, and only then looks what is claimed.
    SQLite has one writer: its transaction is lock enough."""
    if is_postgres():
        send("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"interest:{item_id}"])


def held(claim: Claim) -> OpenSide | None:
    """What is open of a claim's item, None: nothing. Until this transaction ends nobody claims interest of the same
    item, or corrects, waives, pays, takes back or reverses this claim."""
    hold_claims(claim.item_id)
    return open_items.lock([claim.interest_item_id]).sides.get(claim.interest_item_id)


def withdraw_claim(*, claim_id: int, reason: str, actor: str, at: datetime) -> None:
    """Take a claim back: its item is reversed, its days may be claimed again. Refuses what the ledger refuses (some
    of it is settled), and a silent no."""
    why = tidy(reason)[:_LONGEST_NUMBER]
    if not why:
        raise Refusal("interest_reason_missing")

    def work() -> None:
        claim = claim_record(claim_id)
        held(claim)
        reverse_item(item_id=claim.interest_item_id, reason=why, actor=actor, at=at)
        tell("interest.withdrawn", claim, at)

    retrying(work)


def claim_record(claim_id: int) -> Claim:
    """The claim, whether it stands or not; refuses an unknown one."""
    found = Claim.objects.filter(pk=claim_id).first()
    if found is None:
        raise Refusal("interest_claim_unknown", claim=claim_id)
    return found


def _standing(found: Accrual, last: date) -> list[int]:
    """The claims the last call made that claimed of the days up to `last`: each rule's and each gap's stands by
    itself. Refuses where there is none, and where one goes on after `last`: it was claimed for other days."""
    theirs = standing_claims().filter(item_id=found.item.pk).order_by("sequence")
    newest = theirs.filter(last_on__lte=last).last()
    if newest is None or theirs.filter(first_on__lte=last, last_on__gt=last).exists():
        raise Refusal("interest_nothing_to_claim", item=found.item.pk, until=found.until)
    return [one.pk for one in theirs.filter(last_on__lte=last, recorded_at=newest.recorded_at)]


def _require_no_money(found: Accrual, last: date) -> None:
    """Applied to the item, it counts from the day it came: those days would have been claimed of what was paid."""
    item = found.item
    waiting = money_waiting(item.company_id, item.customer_id, last)
    if waiting:
        places = [
            Place(
                column="item", value=f"#{one.item_id}", fix=f"{one.currency} {to_text(one.open_amount, one.currency)}"
            )
            for one in waiting[:_NAMED]
        ]
        raise Refusal("interest_money_waits", item=f"#{waiting[0].item_id}", count=len(waiting), where=places)


def _claim(
    company: Company, found: Accrual, stretch: tuple[Governing, Computed], day: date, actor: str, at: datetime
) -> int:
    item, (governing, computed) = found.item, stretch
    sequence = Claim.objects.filter(item_id=item.pk).count() + 1
    number = f"LX-{item.document_number or item.pk}"[: _LONGEST_NUMBER - 4] + f"-{sequence}"
    first, last = computed.segments[0].first, computed.segments[-1].last
    text = sheet_text(_sheet(found, governing, computed))
    try:
        with transaction.atomic():
            posted = post_item(
                company=company,
                customer_id=item.customer_id,
                kind="interest",
                amount=computed.amount,
                currency=item.currency,
                document_date=day,
                posting_date=day,
                due_date=day,
                document_number=number,
                # So that the law's order of application finds the debt it belongs to.
                obligation=item.obligation or item.document_number,
                contract_number=item.contract_number,
                business_type=item.business_type,
                text=f"{first} – {last}",
                origin_system=ORIGIN,
                origin_key=f"{item.pk}:{sequence}",
                actor=actor,
                at=at,
            )
            row = {
                "company_id": item.company_id,
                "customer_id": item.customer_id,
                "item_id": item.pk,
                "sequence": sequence,
                "interest_item_id": posted,
                "first_on": first,
                "last_on": last,
                "currency": item.currency,
                "amount": computed.amount,
                **_how(found, governing),
                "sheet": text,
                "digest": digest_of(text),
                "actor": actor,
            }
            claim_id = record(Claim, [row], at=at)[0]
    except IntegrityError as error:
        raise Refusal("interest_claimed_since", item=item.pk) from error
    except Refusal as refusal:
        if refusal.code == "origin_taken":
            raise Refusal("interest_claimed_since", item=item.pk) from refusal
        raise
    tell("interest.claimed", claim_record(claim_id), at)
    return claim_id


def _how(found: Accrual, governing: Governing) -> dict[str, Any]:
    return {
        "basis": governing.basis,
        "rule": rule_text(governing.rule),
        "lpr_version_id": found.policies.rates_version,
        "rules_version_id": found.policies.rules_version,
    }


def _sheet(found: Accrual, governing: Governing, computed: Computed) -> dict[str, Any]:
    item, known = found.item, found.policies
    more = {
        "item": item.pk,
        "document_number": item.document_number,
        "contract_number": item.contract_number,
        "customer": item.customer_id,
        "company": item.company_id,
        "lpr_version": known.rates_version,
        "rules_version": known.rules_version,
    }
    return sheet_of(
        found.owed, governing, computed, known.rates, currency=item.currency, warnings=found.warnings, more=more
    )


def ledger_day(company: Company, day: date) -> date:
    """`day`, or where its period is locked the first day that is open; nobody locks it meanwhile."""
    hold_period(company.pk)
    return first_open_day(day, locked_through(company.pk))


def tell(kind: str, claim: Claim, at: datetime, **more: Any) -> None:
    """Announce what became of a claim."""
    payload = {"claim": claim.pk, "item": claim.item_id, "interest_item": claim.interest_item_id, **more}
    announce(kind, at=at, company_id=claim.company_id, customer_id=claim.customer_id, payload=payload)
