"""The checkup of one day: every rule of domain.findings as a condition over the kept open lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.additive import keep_sums
from huikuan.mechanisms.columns.engine import ColumnsEngine, Source
from huikuan.mechanisms.columns.queries import asking_columns
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.columns import AFFILIATIONS
from huikuan.record.receivables.queries.aging import end_of_day
from huikuan.record.receivables.queries.history import CASH_KINDS
from huikuan.record.receivables.queries.items import ItemRow, Matching, Page, all_of, page_of
from huikuan.record.receivables.queries.open_lines import Moment, belongs, counted, moment_of
from huikuan.record.receivables.queries.periods import locked_through
from huikuan.record.receivables.queries.valuation import Valuation
from huikuan.see.cockpit.domain.findings import (
    CASH,
    DAYS_AHEAD,
    RULES,
    WATCHES,
    Finding,
    Thresholds,
    Windows,
    big_customers,
    is_registered,
    month_before,
    ranked,
)
from huikuan.see.cockpit.queries import standing

_LATE = "side = 'debit' AND due_date < %(as_of)s"
_ALIKE = "company_id, customer_id, currency, document_date, open_amount"
_INVOICE = "side = 'debit' AND kind = 'invoice'"

#: Each rule over `book`; but for `without_rate`, only what has a value in the checkup's currency counts.
CONDITIONS = {
    "long_overdue": "side = 'debit' AND due_date < %(long_overdue)s",
    "newly_overdue": f"{_LATE} AND due_date >= %(month_before)s",
    "over_concentration": """side = 'debit' AND customer_id IN (
        SELECT customer_id FROM totals
        WHERE CAST(total AS HUGEINT) * 100 > (SELECT SUM(total) FROM totals) * %(cap)s)""",
    "slowing_customers": "side = 'debit' AND customer_id IN (SELECT customer_id FROM slowing)",
    "usable_credits": f"""side = 'credit' AND (company_id, customer_id, currency) IN (
        SELECT company_id, customer_id, currency FROM book WHERE value IS NOT NULL AND {_LATE})""",
    "stale_cash": f"side = 'credit' AND kind IN {CASH} AND posting_date < %(stale_cash)s",
    "suspected_duplicates": f"""{_INVOICE} AND line = 0 AND ({_ALIKE}) IN (
        SELECT {_ALIKE} FROM book WHERE value IS NOT NULL AND {_INVOICE} AND line = 0
        GROUP BY {_ALIKE} HAVING COUNT(*) > 1)""",
    "without_due_date": "side = 'debit' AND due_date IS NULL AND document_date < %(awaiting)s",
    "unknown_big_customers": "side = 'debit' AND customer_id IN ({lacking})",
    "retention_due": f"{_LATE} AND kind = 'retention'",
    "odd_terms": f"""{_INVOICE} AND line = 0
        AND (due_date < document_date OR due_date - document_date > %(longest_term)s)""",
    "back_dated": f"{_INVOICE} AND ({{back_dated}})",
    "without_rate": "side = 'debit' AND currency IN ({unrated})",
    "due_today": "side = 'debit' AND due_date = %(as_of)s",
    "due_this_week": "side = 'debit' AND due_date > %(as_of)s AND due_date <= %(week)s",
    "overdue_since_yesterday": "side = 'debit' AND due_date = %(yesterday)s",
    "awaiting_an_event": "side = 'debit' AND due_date IS NULL",
}


@dataclass(frozen=True, slots=True)
class Checkup:
    """What was found on a day, the weightiest first; `total`: all open debits in `currency`.

    `watches` count what is no fault; those of nothing are left out.
    `thresholds` with the numbers of the policies they come from (0: the shipped default). `found` counts every
    finding, also those past the tenth.
    """

    as_of: date
    currency: str
    total: int
    findings: tuple[Finding, ...]
    watches: tuple[Finding, ...]
    found: int
    names: dict[int, tuple[str, str]]
    thresholds: Thresholds
    policy_number: int
    cap_policy_number: int
    locked: dict[int, date]


@dataclass(frozen=True, slots=True)
class _Desk:
    """Everything kept for one checkup, ready to be asked: `book` (open lines with value), `totals`, `slowing`."""

    engine: ColumnsEngine
    moment: Moment
    valued: Valuation
    unrated: tuple[str, ...]
    thresholds: Thresholds
    numbers: tuple[int, int]
    lacking: tuple[int, ...]
    locked: dict[int, date]

    def parameters(self) -> dict[str, Any]:
        as_of, set_at = self.moment.as_of, self.thresholds
        return {
            "as_of": as_of,
            "week": as_of + timedelta(days=DAYS_AHEAD),
            "yesterday": as_of - timedelta(days=1),
            "month_before": month_before(as_of),
            "long_overdue": as_of - timedelta(days=set_at.long_overdue_days),
            "stale_cash": as_of - timedelta(days=set_at.stale_cash_days),
            "awaiting": as_of - timedelta(days=set_at.awaiting_days),
            "longest_term": set_at.longest_term_days,
            "cap": set_at.customer_cap_percent,
        }

    def condition(self, code: str) -> str:
        """Numbers, dates and checked currencies need no quoting, so they stand in the text."""
        back_dated = " OR ".join(
            f"company_id = {company} AND document_date <= DATE '{day}' AND posting_date > DATE '{day}'"
            for company, day in self.locked.items()
        )
        text = CONDITIONS[code].format(
            lacking=", ".join(map(str, self.lacking)) or "NULL",
            unrated=", ".join(f"'{currency}'" for currency in self.unrated) or "NULL",
            back_dated=back_dated or "1 = 0",
        )
        return text if code == "without_rate" else f"value IS NOT NULL AND {text}"


def checkup(
    *, company_id: int | None, as_of: date, scope: Scope, known: Head | None = None, currency: str | None = None
) -> Checkup:
    """The ten weightiest findings of the day among the rows of the scope, in the currency the overview chooses
    (`currency` None) or the one named."""
    moment = moment_of(as_of, known, company_id, scope)
    with asking_columns() as engine:
        desk = _desk(engine, moment, currency)
        found, watched = _found(desk), _found(desk, tuple(WATCHES))
        ((total,),) = engine.rows("SELECT COALESCE(SUM(total), 0) FROM totals", {})
    shown = ranked(found, desk.valued.currency)
    return Checkup(
        as_of=as_of,
        currency=desk.valued.currency,
        total=int(total),
        findings=shown,
        watches=tuple(sorted(watched, key=lambda one: list(WATCHES).index(one.code))),
        found=sum(one.lines > 0 for one in found),
        names=_names([one.largest for one in shown]),
        thresholds=desk.thresholds,
        policy_number=desk.numbers[0],
        cap_policy_number=desk.numbers[1],
        locked=desk.locked,
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """A finding with the asked page of its lines."""

    finding: Finding
    checkup_currency: str
    thresholds: Thresholds
    numbers: tuple[int, int]
    names: dict[int, tuple[str, str]]
    locked: dict[int, date]
    page: Page


def open_finding(
    code: str,
    *,
    company_id: int | None,
    as_of: date,
    scope: Scope,
    known: Head | None = None,
    currency: str | None = None,
    only: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Opened:
    """The lines of one finding, by due date. `only`: which of the currencies `without_rate` found; the first if none
    is named."""
    moment = moment_of(as_of, known, company_id, scope)
    _known_code(code)
    with asking_columns() as engine:
        desk = _desk(engine, moment, currency)
        unit = _unit(desk, code, only)
        alone = [one for one in _found(desk, [code]) if one.currency == unit]
        finding = alone[0] if alone else Finding(code, unit, 0, 0, 0, 0, 0)
        page = page_of(engine, _lines(desk, code, unit), moment, value_in=unit, after=after, limit=limit)
    names = _names([finding.largest])
    return Opened(finding, desk.valued.currency, desk.thresholds, desk.numbers, names, desk.locked, page)


@contextmanager
def every_line(
    code: str,
    *,
    company_id: int | None,
    as_of: date,
    scope: Scope,
    known: Head | None = None,
    currency: str | None = None,
    only: str | None = None,
) -> Iterator[tuple[str, int, Iterator[ItemRow]]]:
    """The currency of the finding, how many lines it has, and all of them."""
    moment = moment_of(as_of, known, company_id, scope)
    _known_code(code)
    with asking_columns() as engine:
        desk = _desk(engine, moment, currency)
        unit = _unit(desk, code, only)
        yield unit, *all_of(engine, _lines(desk, code, unit), moment, value_in=unit)


def _known_code(code: str) -> None:
    if code not in RULES and code not in WATCHES:
        raise Refusal("finding_unknown", value=code)


def _unit(desk: _Desk, code: str, only: str | None) -> str:
    return (
        (only or next(iter(desk.unrated), "")) or desk.valued.currency
        if code == "without_rate"
        else desk.valued.currency
    )


def _lines(desk: _Desk, code: str, unit: str) -> Matching:
    alone = " AND currency = %(unit)s" if code == "without_rate" else ""
    sql = f"SELECT * FROM book WHERE {desk.condition(code)}{alone}"
    return Matching(sql, {**desk.parameters(), "unit": unit})


def _desk(engine: ColumnsEngine, moment: Moment, currency: str | None) -> _Desk:
    _, currencies = standing.keep_currencies(engine, moment, "due")
    home = standing.home_currency(moment.company_id)
    valued, _, unrated = standing.choose_currency(home, currencies, currency, moment)
    engine.define("book", f"SELECT *, {valued.sql('open_amount')} AS value FROM lines")
    engine.keep(
        "totals",
        "SELECT customer_id, CAST(SUM(value) AS BIGINT) AS total FROM book"
        " WHERE side = 'debit' AND value IS NOT NULL GROUP BY customer_id",
        {},
    )
    until = end_of_day(moment.company_id, moment.as_of)
    policy, cap = (
        in_force(kind, company_id=moment.company_id, at=until, known=moment.known)
        for kind in ("findings", "concentration")
    )
    set_at = Thresholds.of(policy.document, int(cap.document["customer_cap_percent"]))
    _keep_slowing(engine, moment, valued, set_at)
    return _Desk(
        engine=engine,
        moment=moment,
        valued=valued,
        unrated=unrated,
        thresholds=set_at,
        numbers=(policy.number, cap.number),
        lacking=_lacking(engine, moment, set_at),
        locked=_locked(moment),
    )


def _found(desk: _Desk, codes: Sequence[str] = tuple(RULES)) -> list[Finding]:
    """Every finding of the rules, of zero lines too; of `without_rate` one per currency."""
    ties = "ARRAY_AGG(customer_id ORDER BY amount DESC, customer_id)[1]"
    asked = [
        f"SELECT '{code}' AS code, currency, SUM(amount) AS amount, SUM(lines) AS lines, COUNT(*), {ties}, MAX(amount)"
        f" FROM (SELECT {_unit_sql(desk, code)} AS currency, customer_id, COUNT(*) AS lines,"
        f" SUM({'open_amount' if code == 'without_rate' else 'value'}) AS amount FROM book"
        f" WHERE {desk.condition(code)} GROUP BY ALL) AS held GROUP BY currency"
        for code in codes
    ]
    rows = desk.engine.rows(" UNION ALL ".join(asked), desk.parameters())
    return [
        Finding(code, currency, int(amount), int(lines), customers, largest, int(most))
        for code, currency, amount, lines, customers, largest, most in rows
    ]


def _unit_sql(desk: _Desk, code: str) -> str:
    return "currency" if code == "without_rate" else f"'{desk.valued.currency}'"


def _keep_slowing(engine: ColumnsEngine, moment: Moment, valued: Valuation, set_at: Thresholds) -> None:
    """Keep `paces`, per customer (domain.findings.Pace), and `slowing`, those who pay later than before."""
    windows = Windows.before(moment.as_of, set_at.pace_days)
    paid = f"-COALESCE({valued.sql('amount')}, 0)"
    late = f"{paid} * CAST(effective_on - due_date AS BIGINT)"
    sums = {
        "paid": ("effective_on > %(newest)s", paid),
        "days": ("effective_on > %(newest)s", late),
        "paid_before": ("effective_on <= %(newest)s", paid),
        "days_before": ("effective_on <= %(newest)s", late),
    }
    shown = ", ".join(
        f"CAST(SUM(CASE WHEN {when} THEN {what} ELSE 0 END) AS BIGINT) AS {name}"
        for name, (when, what) in sums.items()
    )

    def ask(facts: Source) -> str:
        return f"""WITH {counted(facts, moment, since=windows.earlier)}
SELECT customer_id, {shown} FROM counted
WHERE side = 'debit' AND by_kind IN {CASH_KINDS} AND due_date IS NOT NULL AND effective_on > %(earlier)s
GROUP BY customer_id"""

    parameters = {**moment.parameters(), "earlier": windows.earlier, "newest": windows.newest}
    keep_sums(engine, "paces", ask, parameters, until=moment.until, by="customer_id", sums=list(sums))
    engine.keep(
        "slowing",
        """SELECT customer_id FROM paces WHERE paid > 0 AND paid_before > 0
AND CAST(days AS HUGEINT) * paid_before - CAST(days_before AS HUGEINT) * paid
    >= %(slower_by)s * CAST(paid AS HUGEINT) * paid_before""",
        {"slower_by": set_at.slower_by_days},
    )


def _lacking(engine: ColumnsEngine, moment: Moment, set_at: Thresholds) -> tuple[int, ...]:
    """The big customers without an owner as of the day, or without a USCC in the register as it stands now."""
    big = sorted(big_customers(dict(engine.rows("SELECT customer_id, total FROM totals", {})), set_at))
    owned = _owned(engine, moment)
    registered = {
        customer
        for customer, name, uscc in Customer.objects.filter(id__in=big).values_list("id", "name", "uscc")
        if is_registered(name, uscc)
    }
    return tuple(customer for customer in big if customer not in owned & registered)


def _owned(engine: ColumnsEngine, moment: Moment) -> set[int]:
    if not engine.has(AFFILIATIONS):
        return set()
    sql = f"WITH {belongs(engine, moment, 'owner')} SELECT customer_id FROM of_customer"
    return {row[0] for row in engine.rows(sql, {**moment.parameters(), "organisation": moment.as_of})}


def _locked(moment: Moment) -> dict[int, date]:
    companies = Company.objects.order_by("id").values_list("id", flat=True)
    asked = companies if moment.company_id is None else [moment.company_id]
    days = {company: locked_through(company, moment.known) for company in asked}
    return {company: day for company, day in days.items() if day is not None}


def _names(customers: Sequence[int]) -> dict[int, tuple[str, str]]:
    found = Customer.objects.filter(id__in=[one for one in customers if one]).values_list("id", "code", "name")
    return {customer: (code, name) for customer, code, name in found}
