"""What a company prints on its statements: a policy, so that a second person approves new bank details."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.identifiers import uscc_problem
from huikuan.kernel.text import tidy
from huikuan.mechanisms.policies.kinds import Kind, register

#: What a letterhead may say of the company, and how long each may be.
FIELDS = {
    "name": 200,
    "english_name": 200,
    "uscc": 18,
    "address": 200,
    "english_address": 200,
    "department": 100,
    "phone": 60,
    "email": 200,
}
ACCOUNT_FIELDS = {"currency": 3, "holder": 200, "bank": 200, "number": 40, "swift": 11}
_MOST_ACCOUNTS = 12
_CURRENCY = re.compile(r"[A-Z]{3}")
_SWIFT = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z -]{4,39}")


def check_letterhead(document: Mapping[str, Any]) -> None:
    """{"name", "english_name", "uscc", "address", "english_address", "department", "phone", "email": texts or left
    out, "bank_accounts": [{"currency": "CNY" or "" for any, "holder", "bank", "number", "swift" or ""}]}.

    `department` is a desk, not a person: a policy is a fact and is never erased.
    """
    places = [*_strangers(document), *_texts(document), *_accounts(document.get("bank_accounts", []))]
    if places:
        raise Refusal("letterhead_invalid", where=places)


def _strangers(document: Mapping[str, Any]) -> Iterator[Place]:
    for name in document.keys() - FIELDS.keys() - {"bank_accounts"}:
        yield Place(column=name, reason=gettext_noop("A letterhead has no such field."), fix=", ".join(FIELDS))


def _texts(document: Mapping[str, Any]) -> Iterator[Place]:
    for name, longest in FIELDS.items():
        if not _is_text(document.get(name, ""), longest):
            yield Place(column=name, reason=gettext_noop("A text on one line is needed, not too long."))
    uscc = document.get("uscc") or ""
    if isinstance(uscc, str) and uscc and uscc_problem(uscc):
        yield Place(column="uscc", value=uscc, reason=gettext_noop("This is not a unified social credit code."))


def _accounts(accounts: object) -> Iterator[Place]:
    if not isinstance(accounts, list) or len(accounts) > _MOST_ACCOUNTS:
        yield Place(column="bank_accounts", reason=gettext_noop("A list of at most 12 bank accounts is needed."))
        return
    for row, account in enumerate(accounts, 1):
        if not isinstance(account, dict) or account.keys() - ACCOUNT_FIELDS.keys():
            yield Place(column="bank_accounts", row=row, reason=gettext_noop("A bank account has other fields."))
            continue
        for name in _faults(account):
            yield Place(
                column=f"bank_accounts.{name}",
                row=row,
                value=str(account.get(name, "")),
                reason=gettext_noop("This is missing or not written as banks write it."),
            )


def _faults(account: Mapping[str, Any]) -> Iterator[str]:
    values = {name: account.get(name, "") for name in ACCOUNT_FIELDS}
    well = {name: _is_text(value, ACCOUNT_FIELDS[name]) for name, value in values.items()}
    well["currency"] &= values["currency"] == "" or bool(_CURRENCY.fullmatch(str(values["currency"])))
    well["number"] &= bool(_NUMBER.fullmatch(str(values["number"])))
    well["swift"] &= values["swift"] == "" or bool(_SWIFT.fullmatch(str(values["swift"])))
    well["bank"] &= bool(values["bank"])
    yield from (name for name, good in well.items() if not good)


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest and tidy(value) == value


LETTERHEAD = register(
    Kind(
        name="letterhead",
        title=gettext_noop("Letterhead and bank accounts"),
        default={"bank_accounts": []},
        check=check_letterhead,
    )
)
