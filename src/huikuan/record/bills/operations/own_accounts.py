"""Customers' money in the account of somebody who works here: the accounts are registered, what names one is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.transactions import retrying
from huikuan.mechanisms.work.operations import Wanted, open_item
from huikuan.record.bills.domain.own_accounts import BY_HAND, TOLD_BY, identity_of, named_in, read_account
from huikuan.record.bills.models import OwnAccount, OwnAccountPayment
from huikuan.record.bills.operations.facts import LONGEST
from huikuan.record.bills.queries.cash import own_accounts
from huikuan.record.bills.work import OWN_ACCOUNT
from huikuan.record.customers.queries import customers_by_id


@dataclass(frozen=True, slots=True)
class Told:
    """That a customer paid, or says it paid, so much: `says` are the words, `told_by` where they stand."""

    says: str
    told_by: str = BY_HAND
    customer_id: int | None = None
    amount: int | None = None
    currency: str = ""
    paid_on: date | None = None


def register_account(*, company: Company, holder: str, account: str, actor: str, at: datetime) -> int:
    """Enter an account of somebody who works here; answers the entry. Refuses one that is there already."""
    name, number = read_account(holder, account)

    def work() -> int:
        if any(one.number == number for one in own_accounts(company.pk)):
            raise Refusal("own_account_known")
        row = {"company_id": company.pk, "holder": name, "account": number, "actor": actor}
        return record(OwnAccount, [row], at=at)[0]

    return retrying(work)


def flag_payment(*, company: Company, told: Told, actor: str, at: datetime) -> int:
    """Record that a customer's money went to somebody who works here, said by hand; answers the finding. Finance has
    it as work. The same words are found once."""
    says = tidy(told.says)[:LONGEST]
    if not says:
        raise Refusal("own_payment_silent")
    if told.told_by not in TOLD_BY:
        raise Refusal("own_payment_told_by_unknown", value=told.told_by, known=", ".join(TOLD_BY))
    return retrying(lambda: _flag(company, told, says, None, actor, at))


def look_for_own_account(*, company: Company, told: Told, actor: str, at: datetime) -> int | None:
    """Where these words name a registered account, the finding; None: they name none, and nothing is written."""
    found = named_in(told.says, own_accounts(company.pk))
    if found is None:
        return None
    return retrying(lambda: _flag(company, told, tidy(told.says)[:LONGEST], found.id, actor, at))


def _flag(company: Company, told: Told, says: str, account_id: int | None, actor: str, at: datetime) -> int:
    identity = identity_of(told.customer_id, told.amount, told.paid_on, says)
    known = OwnAccountPayment.objects.filter(company_id=company.pk, identity=identity).first()
    if known is not None:
        return int(known.pk)
    row = {
        "company_id": company.pk,
        "customer_id": told.customer_id,
        "account_id": account_id,
        "amount": told.amount,
        "currency": told.currency,
        "paid_on": told.paid_on,
        "told_by": told.told_by,
        "says": says,
        "identity": identity,
        "actor": actor,
    }
    number = record(OwnAccountPayment, [row], at=at)[0]
    name = ""
    if told.customer_id is not None:
        name = customers_by_id({told.customer_id})[told.customer_id].name
    amount = f"{told.currency} {to_text(told.amount, told.currency)}" if told.amount else ""
    shown = {"finding": number, "customer": name, "amount": amount, "says": says}
    wanted = Wanted(f"payment:{number}", company.pk, told.customer_id, shown)
    open_item(kind=OWN_ACCOUNT.name, wanted=wanted, actor=actor, at=at)
    return number
