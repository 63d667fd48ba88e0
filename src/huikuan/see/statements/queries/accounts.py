"""Every customer's account over a period, in one set-based question: the list statements are chosen from."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import spellings
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.engine import Engine
from huikuan.mechanisms.columns.queries import asking
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.queries.open_lines import Moment, counted, moment_of
from huikuan.see.statements.domain.account import CATEGORIES, KINDS, OTHER, Figures, Period

_LONGEST_YEARS = 10
_MANY = 1_000


class AccountRow(NamedTuple):
    """One customer's account in one currency; amounts in minor units, positive owed to us."""

    customer_id: int
    code: str
    name: str
    currency: str
    figures: Figures


def check_period(period: Period) -> Period:
    """`period`; refuses one that ends before it begins, or is longer than ten years."""
    if period.until < period.since:
        raise Refusal("statement_period", since=period.since, until=period.until)
    if (period.until - period.since).days > _LONGEST_YEARS * 366:
        raise Refusal("statement_period_long", years=_LONGEST_YEARS)
    return period


def accounts(
    *,
    company_id: int,
    period: Period,
    scope: Scope,
    known: Head | None = None,
    codes: Collection[str] | None = None,
    text: str = "",
    engine: str = "columns",
) -> list[AccountRow]:
    """The accounts of the scope with something to say: a balance, a movement, or something open.
    By customer code, then currency.

    `codes` and `text` (in code or name) narrow to customers; None and '' do not, and a merged one's code is that of
    the customer it is shown under. Each row's figures equal those of the account's own statement.
    """
    moment = moment_of(check_period(period).until, known, company_id, scope)
    with asking(engine) as answering:
        rows = answering.rows(_statement(answering, moment, period), {**moment.parameters(), "since": period.since})
    named = _named({row[0] for row in rows})
    found, wanted = [], [spelling.casefold() for spelling in spellings(text)]
    codes = None if codes is None else _shown(codes, moment)
    also = _also_kept_as(moment) if wanted else {}
    for customer_id, currency, *amounts in rows:
        customer = named.get(customer_id)
        if customer is None or (codes is not None and customer.code not in codes):
            continue
        called = f"{customer.code} {customer.name} {also.get(customer_id, '')}".casefold()
        if wanted and not any(one in called for one in wanted):
            continue
        opening, invoiced, returned, paid, other = map(int, amounts)
        figures = Figures(opening, invoiced, returned, paid, other, opening + invoiced + returned + paid + other)
        found.append(AccountRow(customer_id, customer.code, customer.name, currency, figures))
    return sorted(found, key=lambda row: (row.code, row.currency))


def _named(ids: set[int]) -> dict[int, Customer]:
    """Customers by id; of many, one pass over the table is quicker than a long list."""
    found = Customer.objects.all() if len(ids) > _MANY else Customer.objects.filter(pk__in=ids)
    return {one.pk: one for one in found.only("pk", "code", "name")}


def _shown(codes: Collection[str], moment: Moment) -> set[str]:
    """The codes, with those of the customers under which some of theirs are shown."""
    under = merged(moment.known, moment.seen)
    asked = Customer.objects.filter(pk__in=under, code__in=codes).values_list("pk", flat=True)
    into = Customer.objects.filter(pk__in=[under[one] for one in asked])
    return {*codes, *into.values_list("code", flat=True)}


def _also_kept_as(moment: Moment) -> dict[int, str]:
    """Customer id → codes and names of those merged into it."""
    under, called = merged(moment.known, moment.seen), dict[int, str]()
    for pk, code, name in Customer.objects.filter(pk__in=under).values_list("pk", "code", "name"):
        called[under[pk]] = f"{called.get(under[pk], '')} {code} {name}"
    return called


def _statement(engine: Engine, moment: Moment, period: Period) -> str:
    """domain.account.account_of's figures as sums over linear moves.

    A settlement moves by its credit's kind, on both sides; inside an account the two cancel out.
    """
    earlier, moved = "effective_on < %(since)s", "effective_on >= %(since)s"
    sums = [
        f"SUM(CASE WHEN {earlier} THEN signed ELSE 0 END)",
        *(f"SUM(CASE WHEN {moved} AND category = '{name}' THEN signed ELSE 0 END)" for name in CATEGORIES),
    ]
    figures = ", ".join(f"CAST({amount} AS BIGINT)" for amount in sums)
    said = [*sums, "SUM(amount)", f"SUM(CASE WHEN {moved} AND by_kind = '' THEN 1 ELSE 0 END)"]
    cases = "".join(f" WHEN '{kind}' THEN '{name}'" for kind, name in KINDS.items())
    by = "CASE WHEN by_kind <> '' AND side = 'debit' THEN by_kind ELSE kind END"
    return f"""WITH {counted(engine, moment, since=period.eve)}, lines AS (
    SELECT customer_id, currency, effective_on, amount, by_kind,
           CASE WHEN side = 'debit' THEN amount ELSE -amount END AS signed,
           CASE {by}{cases} ELSE '{OTHER}' END AS category
    FROM counted
)
SELECT customer_id, currency, {figures}
FROM lines GROUP BY customer_id, currency HAVING {" OR ".join(f"{amount} <> 0" for amount in said)}"""
