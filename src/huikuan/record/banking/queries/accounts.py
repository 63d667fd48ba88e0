"""The company's accounts, the statements each was told by, and whether these follow one another."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.banking.domain.accounts import account_number
from huikuan.record.banking.models import BankAccount, BankLine, BankStatement, OpenLine


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account with what was read in of it. `closing` at the end of `through`, minor units, null where no statement
    told one; `open_lines`: receipts of which something is left; `gaps`: statements that do not follow the one
    before."""

    id: int
    company_id: int
    company_code: str
    number: str
    bank: str
    name: str
    currency: str
    lines: int
    open_lines: int
    through: date | None
    closing: int | None
    gaps: int


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement as read in. `follows`: whether it opens with what the one before closed with (null: not told)."""

    id: int
    company_id: int
    account_id: int
    number: str
    file_sha256: str
    file_name: str
    layout: str
    currency: str
    period_from: date | None
    period_through: date | None
    opening: int | None
    closing: int | None
    lines_new: int
    lines_known: int
    actor: str
    recorded_at: datetime
    follows: bool | None


def accounts(scope: Scope, *, company_id: int | None = None) -> list[AccountRow]:
    """The accounts of companies the scope sees whole, by company and number."""
    found = BankAccount.objects.all()
    if scope.whole_companies is not None:
        found = found.filter(company_id__in=scope.whole_companies)
    if company_id is not None:
        found = found.filter(company_id=company_id)
    rows = list(found.order_by("company_id", "number"))
    ids = [row.id for row in rows]
    codes = dict(Company.objects.values_list("id", "code"))
    told = BankLine.objects.filter(account_id__in=ids).values_list("account_id").order_by()
    counted = {number: (lines, day) for number, lines, day in told.annotate(Count("id"), Max("booked_on"))}
    left = OpenLine.objects.filter(account_id__in=ids, left__gt=0).values("account_id").order_by()
    open_lines = dict(left.annotate(count=Count("line_id")).values_list("account_id", "count"))
    return [
        _account(row, codes[row.company_id], counted.get(row.id, (0, None)), open_lines.get(row.id, 0)) for row in rows
    ]


def account(number: str, *, company_id: int) -> BankAccount:
    """The company's account with this number; refuses an unknown one."""
    found = BankAccount.objects.filter(company_id=company_id, number=account_number(number)).first()
    if found is None:
        raise Refusal("bank_account_unknown", number=number)
    return found


def statements(account_id: int) -> list[StatementRow]:
    """The account's statements, the earliest first, each compared with the one that ended before it began."""
    found = BankStatement.objects.filter(account_id=account_id).order_by("period_from", "period_through", "id")
    names = [name for name in StatementRow.__dataclass_fields__ if name != "follows"]
    ends: dict[date, set[int]] = {}
    rows = []
    for one in found:
        rows.append(StatementRow(follows=_follows(one, ends), **{name: getattr(one, name) for name in names}))
        if one.closing is not None and one.period_through:
            ends.setdefault(one.period_through, set()).add(one.closing)
    return rows


def statements_of_file(sha256: str, *, company_id: int) -> list[StatementRow]:
    """What this file told the company's accounts."""
    ids = BankStatement.objects.filter(file_sha256=sha256, company_id=company_id).values_list("account_id", flat=True)
    return [row for account_id in sorted(set(ids)) for row in statements(account_id) if row.file_sha256 == sha256]


def _follows(one: BankStatement, ends: Mapping[date, Collection[int]]) -> bool | None:
    """Compared with what the latest day that ended before this one began closed with; null where there is nothing to
    compare."""
    earlier = [day for day in ends if one.period_from and day < one.period_from]
    return None if one.opening is None or not earlier else one.opening in ends[max(earlier)]


def _account(row: BankAccount, code: str, told: tuple[int, date | None], open_lines: int) -> AccountRow:
    rows = statements(row.id)
    closed = [one for one in rows if one.closing is not None and one.period_through]
    last = max(closed, key=lambda one: (one.period_through or date.min, one.id), default=None)
    return AccountRow(
        id=row.id,
        company_id=row.company_id,
        company_code=code,
        number=row.number,
        bank=row.bank,
        name=row.name,
        currency=row.currency,
        lines=told[0],
        open_lines=open_lines,
        through=told[1],
        closing=last.closing if last else None,
        gaps=sum(1 for one in rows if one.follows is False),
    )
