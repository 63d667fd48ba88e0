"""The computation sheet (计算书) of interest: everything the figure follows from, as one text with one digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from huikuan.kernel.money import to_minor, to_text
from huikuan.kernel.reasons import Reason
from huikuan.record.interest.domain.computing import Computed, Owed, Segment
from huikuan.record.interest.domain.governing import Governing
from huikuan.record.interest.domain.prime import PrimeRates
from huikuan.record.interest.domain.rules import rule_text


def sheet_of(
    owed: Sequence[Owed],
    governing: Governing,
    computed: Computed,
    rates: PrimeRates,
    *,
    currency: str,
    warnings: Sequence[Reason],
    more: dict[str, Any],
) -> dict[str, Any]:
    """Rule, days, payments, the LPR's changes of those days and the segments; `more` names item and versions."""
    first, last = computed.segments[0].first, computed.segments[-1].last
    return {
        **more,
        "currency": currency,
        "amount": to_text(computed.amount, currency),
        "from": first.isoformat(),
        "to": last.isoformat(),
        "basis": governing.basis,
        "rule": rule_text(governing.rule),
        "base": governing.counting.base,
        "fixed_at_breach": governing.counting.fixed_at_breach,
        "both_ends": governing.counting.both_ends,
        "owed": [owed_of(one, currency) for one in owed if one.due < last],
        "lpr": changes_of(rates, last) if governing.rule.basis == "lpr" else [],
        "segments": [segment_of(one, currency) for one in computed.segments],
        "reasons": [_reason(one) for one in governing.reasons],
        "warnings": [_reason(one) for one in warnings],
    }


def owed_of(one: Owed, currency: str) -> dict[str, Any]:
    """What fell due on a day, with what was paid of it."""
    paid = [{"on": _iso(on), "amount": to_text(amount, currency)} for on, amount in one.paid]
    return {"due": _iso(one.due), "principal": to_text(one.principal, currency), "paid": paid}


def dues_in(sheet: Mapping[str, Any]) -> list[tuple[date, int]]:
    """What fell due by a sheet, and when; minor units of its currency."""
    return [(date.fromisoformat(one["due"]), to_minor(one["principal"], sheet["currency"])) for one in sheet["owed"]]


def changes_of(rates: PrimeRates, last: date) -> list[dict[str, str]]:
    """How the LPR moved up to a day."""
    return [{"on": one.on.isoformat(), "percent": _percent(one.rate_e8)} for one in rates.changes if one.on <= last]


def segment_of(one: Segment, currency: str) -> dict[str, Any]:
    """A segment as programs and sheets read it."""
    return {
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "days": one.days,
        "principal": to_text(one.principal, currency),
        "rate": decimal_text(one.rate),
        "amount": to_text(one.amount, currency),
    }


def sheet_text(sheet: dict[str, Any]) -> str:
    """The canonical text: sorted keys, nothing between."""
    return json.dumps(sheet, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def reasons_from(said: Sequence[dict[str, str]]) -> list[Reason]:
    """The reasons or warnings a sheet keeps."""
    return [Reason(one["code"], True, one["value"], one["threshold"]) for one in said]


def decimal_text(rate: Fraction) -> str:
    """A rate as a decimal, exact: a rule has eight places and the LPR eight more."""
    return f"{Decimal(int(rate * 10**16)).scaleb(-16).normalize():f}"


def _reason(one: Reason) -> dict[str, str]:
    return {"code": one.code, "value": one.value, "threshold": one.threshold}


def _percent(rate_e8: int) -> str:
    return f"{Decimal(rate_e8).scaleb(-6).normalize():f}"


def _iso(day: date) -> str:
    return day.isoformat()
