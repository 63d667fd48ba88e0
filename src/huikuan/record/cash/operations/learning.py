"""What applications and rejections teach about payers, and what people register or revoke."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.banking.models import BankLine
from huikuan.record.cash.domain.known import ACCOUNT, CONFIRMED, DENIED, NAME, REGISTERED, REVOKED
from huikuan.record.cash.domain.names import key
from huikuan.record.cash.domain.payers import account_key
from huikuan.record.cash.models import AliasWord, Mandate
from huikuan.record.customers.domain.search_words import folded
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries.merging import one_with, shown_as

_LONGEST = 200
_LONGEST_DOCUMENT = 120


@dataclass(frozen=True, slots=True)
class Lesson:
    """A line paid for a customer, or did not."""

    line_id: int
    customer_id: int
    word: str
    application_id: int | None = None


def learn(*, company_id: int, lessons: Iterable[Lesson], actor: str, at: datetime) -> None:
    """Remember who pays for whom, inside the transaction that shows it. A customer's own name teaches nothing, nor
    does the name of another customer: that one pays by a mandate."""
    told = [lesson for lesson in lessons if lesson.line_id]
    lines = {line.id: line for line in BankLine.objects.filter(id__in={lesson.line_id for lesson in told})}
    rows = [
        {
            "company_id": company_id,
            "customer_id": shown_as(lesson.customer_id),
            "sign": sign,
            "value": value,
            "word": lesson.word,
            "application_id": lesson.application_id,
            "line_id": lesson.line_id,
            "actor": actor,
        }
        for lesson in told
        for sign, value in _signs(lines[lesson.line_id], lesson)
    ]
    record(AliasWord, rows, at=at)


def register_alias(
    *, company_id: int, customer_id: int, sign: str, value: str, note: str, actor: str, at: datetime
) -> int:
    """Have a payer's name or account count as this customer's from now on, also where it was revoked."""
    return _say(company_id, customer_id, sign, value, REGISTERED, note, actor, at)


def revoke_alias(
    *, company_id: int, customer_id: int, sign: str, value: str, note: str, actor: str, at: datetime
) -> int:
    """Have a payer's name or account count no more as this customer's, until a person registers it. Refuses one
    nobody ever said anything of, and one that is revoked already."""
    compared = _compared(sign, value)
    last = AliasWord.objects.filter(
        company_id=company_id, customer_id=shown_as(customer_id), sign=sign, value=compared
    ).order_by("-id")
    words = list(last.values_list("word", flat=True))
    if not words:
        raise Refusal("alias_unknown", value=value)
    if next((word for word in words if word in (REGISTERED, REVOKED)), "") == REVOKED:
        raise Refusal("alias_revoked", value=value)
    return _say(company_id, customer_id, sign, value, REVOKED, note, actor, at)


def register_mandate(
    *,
    company_id: int,
    customer_id: int,
    payer_name: str,
    document: str,
    valid_from: date,
    valid_until: date | None,
    actor: str,
    at: datetime,
    payer_account: str = "",
) -> int:
    """Record that somebody else may pay for a customer, by a paper; answers the mandate's id."""
    name, paper = tidy(payer_name)[:_LONGEST], tidy(document)[:_LONGEST_DOCUMENT]
    if not name or not paper:
        raise Refusal("mandate_incomplete")
    if valid_until is not None and valid_until < valid_from:
        raise Refusal("mandate_days", since=valid_from, until=valid_until)
    row = {
        "company_id": company_id,
        "customer_id": shown_as(customer_id),
        "payer_name": name,
        "payer_account": account_key(payer_account),
        "document": paper,
        "valid_from": valid_from,
        "valid_until": valid_until,
        "actor": actor,
    }
    return retrying(lambda: record(Mandate, [row], at=at)[0])


def end_mandate(*, company_id: int, mandate_id: int, actor: str, at: datetime) -> int:
    """Take a mandate back; refuses a second time."""
    found = Mandate.objects.filter(id=mandate_id, company_id=company_id, ends=None).first()
    if found is None:
        raise Refusal("mandate_unknown", mandate=mandate_id)
    same = ("company_id", "customer_id", "payer_name", "payer_account", "document", "valid_from", "valid_until")
    row = {**{name: getattr(found, name) for name in same}, "ends": mandate_id, "actor": actor}
    try:
        return retrying(lambda: record(Mandate, [row], at=at)[0])
    except IntegrityError as error:
        if "cash_mandate" not in str(error):
            raise
        raise Refusal("mandate_ended", mandate=mandate_id) from error


def _say(
    company_id: int, customer_id: int, sign: str, value: str, word: str, note: str, actor: str, at: datetime
) -> int:
    row: Mapping[str, Any] = {
        "company_id": company_id,
        "customer_id": shown_as(customer_id),
        "sign": sign,
        "value": _compared(sign, value),
        "word": word,
        "note": tidy(note)[:_LONGEST],
        "actor": actor,
    }
    return retrying(lambda: record(AliasWord, [row], at=at)[0])


def _compared(sign: str, value: str) -> str:
    """As names and accounts are compared; refuses what is neither."""
    if sign not in (NAME, ACCOUNT):
        raise Refusal("alias_sign_unknown", sign=sign)
    compared = (key(value) if sign == NAME else account_key(value))[:_LONGEST]
    if not compared:
        raise Refusal("alias_empty")
    return compared


def _signs(line: BankLine, lesson: Lesson) -> list[tuple[str, str]]:
    """What the line shows of its payer: its account, and its name where that is nobody's own."""
    found = []
    if account := account_key(line.counterparty_account)[:_LONGEST]:
        found.append((ACCOUNT, account))
    name = key(line.counterparty_name)[:_LONGEST]
    if name and not _is_name(line.counterparty_name, lesson):
        found.append((NAME, name))
    return found


def _is_name(said: str, lesson: Lesson) -> bool:
    """Whether a customer is called so: for a denial, whether this one is."""
    name, called = key(said), Customer.objects.filter(search__contains=folded(said))
    if lesson.word == DENIED:
        called = called.filter(id__in=one_with(lesson.customer_id))
    return any(
        key(text) == name
        for row in called.values_list("name", "short_name", "english_name", "former_names")
        for text in (*row[:3], *row[3])
        if text
    )


def confirmed(line_id: int, customer_id: int, application_id: int) -> Lesson:
    return Lesson(line_id, customer_id, CONFIRMED, application_id)


def denied(line_id: int, customer_id: int, application_id: int | None = None) -> Lesson:
    return Lesson(line_id, customer_id, DENIED, application_id)
