"""Behaviour of all customers at once: the sums of `domain.behaviour`, set-based, over the mirrored ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from huikuan.judge.rating.domain.behaviour import VERY_LATE_DAYS, Behaviour, Sums, behaviour_of, periods
from huikuan.kernel.money import divide_half_up, minor_digits
from huikuan.kernel.rates import SCALE
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.columns.engine import ColumnsEngine
from huikuan.mechanisms.columns.queries import asking_columns
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.record.customers.queries.merging import merged
from huikuan.record.receivables.queries.history import CASH_KINDS, LOSS_KINDS
from huikuan.record.receivables.queries.open_lines import Moment, counted, keep_lines, moment_of
from huikuan.record.receivables.queries.valuation import Valuation, valuation

#: Claims whose payment is looked at.
CLAIM_KINDS = ("invoice", "retention", "unbilled", "opening", "fee", "interest")
#: Sales; on the other side their reversals.
SALE_KINDS = ("invoice", "retention", "unbilled")
#: What takes sales back; on the other side its reversals.
RETURN_KINDS = ("credit_note", "return")
#: What clears a claim that was not withdrawn.
CLEARING_KINDS = (*CASH_KINDS, *LOSS_KINDS)
#: All of the ledger: the columns leave out what was closed by the day a question begins with.
_BEGINNING = date(1, 1, 1)

_CLAIM = f"side = 'debit' AND kind IN {CLAIM_KINDS}"
_SIGN = "CASE WHEN side = 'debit' THEN 1 ELSE -1 END"
_WHOLE = "CAST({} AS HUGEINT)"


@dataclass(frozen=True, slots=True)
class _Part:
    """One kind of rows and what of the sums they make; `young` is the condition of the recent ones."""

    source: str
    where: str
    sums: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read of the ledger, customer by customer; values are made of it one at a time, there may be many."""

    as_of: date
    sums: Mapping[int, Mapping[str, Sums]]
    worth: Mapping[str, int]
    home: str = ""

    def open_of(self, customer_id: int) -> int | None:
        """Open claims in minor units of `home`, at the day's rates; None: without a rate, or nothing to value by."""
        found = {currency: one.open for currency, one in self.sums.get(customer_id, {}).items() if one.open}
        if not found:
            return 0
        if not found.keys() <= self.worth.keys() or not self.worth.get(self.home):
            return None
        return divide_half_up(sum(self.worth[one] * amount for one, amount in found.items()), self.worth[self.home])

    def of(self, customer_id: int) -> Behaviour | None:
        """None: there is nothing in the ledger by the day."""
        found = self.sums.get(customer_id)
        return behaviour_of(found, self.worth, self.as_of) if found else None


def sheet(
    *, as_of: date, scope: Scope = EVERYTHING, known: Head | None = None, customer_ids: Collection[int] | None = None
) -> Sheet:
    """The ledger by the day over all companies the scope reaches: a customer is one debtor, whoever was merged into it
    included. `customer_ids` None: of every customer."""
    moment = moment_of(as_of, known, None, scope)
    if customer_ids is not None:
        ones = merged(known.horizon if known else None)
        whole = {*customer_ids, *(one for one, into in ones.items() if into in set(customer_ids))}
        moment = replace(moment, seen=moment.seen.among(whole))
    with asking_columns() as engine:
        found = sums_by_customer(engine, moment)
    home = Company.objects.order_by("id").values_list("currency", flat=True).first() or ""
    worth = _worth({currency for sums in found.values() for currency in sums}, moment, home)
    return Sheet(as_of, found, worth, home)


def behaviours(
    *, as_of: date, scope: Scope = EVERYTHING, known: Head | None = None, customer_ids: Collection[int] | None = None
) -> dict[int, Behaviour]:
    """Customer id → behaviour by the day, of those with anything in the ledger by then (as `sheet`)."""
    read = sheet(as_of=as_of, scope=scope, known=known, customer_ids=customer_ids)
    return {customer_id: behaviour_of(sums, read.worth, as_of) for customer_id, sums in read.sums.items()}


def sums_by_customer(engine: ColumnsEngine, moment: Moment) -> dict[int, dict[str, Sums]]:
    """Customer id → currency → what its rows add up to at the moment."""
    begin, recent = periods(moment.as_of)
    keep_lines(engine, moment, "due")
    parameters = {**moment.parameters(), "begin": begin, "recent": recent, "very_late": VERY_LATE_DAYS}
    found: dict[int, dict[str, Sums]] = defaultdict(dict)
    for customer_id, currency, *sums in engine.rows(_statement(engine, moment), parameters):
        found[customer_id][currency] = Sums(*sums)
    return dict(found)


def _statement(engine: ColumnsEngine, moment: Moment) -> str:
    names = [field.name for field in fields(Sums)]
    parts = "\nUNION ALL\n".join(_summed(part, names) for part in _parts())
    together = ", ".join(f"{_OVER.get(name, 'SUM')}({name}) AS {name}" for name in names)
    return f"""WITH {counted(engine, moment, since=_BEGINNING)}, {_CLAIMS}
SELECT customer_id, currency, {together} FROM (
{parts}
) AS parts GROUP BY customer_id, currency"""


#: Of these the greatest or the least stands, not the sum.
_OVER = {"worst": "MAX", "longest_overdue": "MAX", "first_on": "MIN"}
_NONE = {"worst": "CAST(NULL AS BIGINT)", "longest_overdue": "CAST(NULL AS BIGINT)", "first_on": "CAST(NULL AS DATE)"}


def _summed(part: _Part, names: Iterable[str]) -> str:
    columns = ", ".join(f"{part.sums.get(name) or _NONE.get(name, '0')} AS {name}" for name in names)
    return (
        f"SELECT customer_id, currency, {columns} FROM {part.source} WHERE {part.where} GROUP BY customer_id, currency"
    )


#: The claims that fell due in the year, one row each: what was owed, what is open, what came in time, and when it
#: was cleared.
_CLAIMS = f"""claims AS (
    SELECT customer_id, currency, due_date, owed, late_days + {_WHOLE.format("still_open")} * (%(as_of)s - due_date)
               AS late_days,
           GREATEST(owed - in_time, 0) AS late,
           CASE WHEN still_open = 0 THEN cleared_on ELSE %(as_of)s END - due_date AS days
    FROM (
        SELECT item_id, customer_id, currency, due_date,
               SUM(CASE WHEN by_kind IN {CLEARING_KINDS} THEN 0 ELSE amount END) AS owed,
               SUM(amount) AS still_open,
               SUM(CASE WHEN by_kind IN {CLEARING_KINDS} AND effective_on <= due_date THEN -amount ELSE 0 END)
                   AS in_time,
               SUM(CASE WHEN by_kind IN {CLEARING_KINDS}
                   THEN {_WHOLE.format("-amount")} * (effective_on - due_date) ELSE 0 END) AS late_days,
               MAX(CASE WHEN by_kind IN {CLEARING_KINDS} THEN effective_on END) AS cleared_on
        FROM counted WHERE {_CLAIM} AND due_date >= %(begin)s AND due_date < %(as_of)s
        GROUP BY item_id, customer_id, currency, due_date
    ) AS matured WHERE owed > 0
)"""


def _parts() -> list[_Part]:
    return [
        _Part("claims", "1 = 1", _matured_sums()),
        _Part("counted", f"{_CLAIM} AND by_kind IN {CASH_KINDS} AND effective_on > %(begin)s", _paid_sums()),
        _Part("counted", "by_kind = '' AND posting_date > %(begin)s", _posted_sums()),
        _Part("counted", f"{_CLAIM} AND by_kind = ''", {"first_on": "MIN(document_date)"}),
        _Part("lines", "side = 'debit'", _open_sums()),
    ]


def _matured_sums() -> dict[str, str]:
    young = "due_date >= %(recent)s"
    return {
        "claims": "COUNT(*)",
        "punctual": "COUNT(CASE WHEN days <= 0 THEN 1 END)",
        "very_late": "COUNT(CASE WHEN days > %(very_late)s THEN 1 END)",
        "worst": "MAX(days)",
        "owed": "SUM(owed)",
        "late": "SUM(late)",
        "late_days": "SUM(late_days)",
        "recent_owed": _if(young, "owed"),
        "recent_late_days": _if(young, "late_days"),
    }


def _paid_sums() -> dict[str, str]:
    weighted = f"{_WHOLE.format('-amount')} * (effective_on - document_date)"
    lately = "effective_on > %(recent)s"
    return {
        "paid": "SUM(-amount)",
        "paid_days": f"SUM({weighted})",
        "recent_paid": _if(lately, "-amount"),
        "recent_paid_days": _if(lately, weighted),
    }


def _posted_sums() -> dict[str, str]:
    return {
        "sold": _if(f"kind IN {SALE_KINDS}", f"{_SIGN} * amount"),
        "returned": _if(f"kind IN {RETURN_KINDS}", f"-({_SIGN}) * amount"),
        "invoices": _if("kind = 'invoice'", _SIGN),
        "recent_invoices": _if("kind = 'invoice' AND posting_date > %(recent)s", _SIGN),
    }


def _open_sums() -> dict[str, str]:
    overdue = "due_date < %(as_of)s"
    return {
        "open": "SUM(open_amount)",
        "overdue": _if(overdue, "open_amount"),
        "longest_overdue": f"MAX(CASE WHEN {overdue} THEN %(as_of)s - due_date END)",
    }


def _if(condition: str, value: str) -> str:
    return f"SUM(CASE WHEN {condition} THEN {value} ELSE 0 END)"


def _worth(currencies: Collection[str], moment: Moment, home: str) -> dict[str, int]:
    """What a minor unit of each currency weighs beside the others, by the day's rates; without one: absent."""
    return _weights(valuation(home, currencies, moment.as_of, moment.known)) if home else {}


def _weights(valued: Valuation) -> dict[str, int]:
    """A minor unit of each currency in the smallest parts of the reporting one that make all of them whole."""
    rates = {valued.currency: SCALE, **{rate.currency: rate.rate_e8 for rate in valued.rates}}
    finest = max(minor_digits(currency) for currency in rates)
    return {currency: rate * 10 ** (finest - minor_digits(currency)) for currency, rate in rates.items()}
