"""Accounts of the company: opened here once, and found again by what a file calls them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.store.transactions import is_postgres, retrying
from huikuan.record.banking.domain.accounts import account_number, same_account
from huikuan.record.banking.models import BankAccount

WRITES = Permission.IMPORT_BANK
#: Class of the advisory locks that let one file at a time into a company's accounts.
ACCOUNT_LOCKS = 0x48_4B_10
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Account:
    """What an account is called. `currency` '': the company's."""

    number: str
    currency: str = ""
    bank: str = ""
    name: str = ""


def open_account(*, company: Company, account: Account, actor: str, at: datetime) -> int:
    """Have an account of the company here; returns its id. Refuses a number that is here already, for any company."""
    require(actor, WRITES, company_id=company.pk, at=at)

    def work() -> int:
        hold_accounts(company.pk)
        known = BankAccount.objects.filter(number=account_number(account.number)).first()
        if known is not None:
            code = "bank_account_known" if known.company_id == company.pk else "bank_account_of_another"
            raise Refusal(code, number=known.number)
        return add_account(company, account, actor=actor, at=at)

    return retrying(work)


def add_account(company: Company, account: Account, *, actor: str, at: datetime) -> int:
    """The fact of it, in the caller's transaction, which holds the accounts and has looked for the number."""
    number, currency = account_number(account.number), account.currency or company.currency
    if not number or len(number) > _LONGEST or "*" in number:
        raise Refusal("bank_account_bad", number=account.number)
    if len(currency) != len("CNY") or not currency.isascii() or not currency.isupper():
        raise Refusal("currency_bad", currency=currency)
    row = {
        "company_id": company.pk,
        "number": number,
        "bank": tidy(account.bank)[:200],
        "name": tidy(account.name)[:200],
        "currency": currency,
        "actor": actor,
    }
    return record(BankAccount, [row], at=at)[0]


def hold_accounts(company_id: int) -> None:
    """Let no other file into the company's accounts until this transaction ends."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::bigint::int)", [ACCOUNT_LOCKS, company_id])


def account_called(company_id: int, told: str) -> BankAccount | None:
    """The company's account that `told` means, None if it has none.

    Refuses the account of another company, and hidden digits that fit several.
    """
    own = BankAccount.objects.filter(company_id=company_id)
    fitting = [one for one in own if same_account(told, one.number)]
    if not fitting and BankAccount.objects.filter(number=account_number(told)).exists():
        raise Refusal("bank_account_of_another", number=account_number(told))
    if len(fitting) > 1:
        raise Refusal("bank_account_unclear", number=told, known=", ".join(one.number for one in fitting))
    return fitting[0] if fitting else None
