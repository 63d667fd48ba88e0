"""The terms of a contract: what they may say, how they are kept, which version governs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import LARGEST_MINOR
from huikuan.record.contracts.domain.interest import LateInterest
from huikuan.record.contracts.domain.milestones import Happened, Milestone, check_milestones

ACTIVE, COMPLETED, TERMINATED, VOID = STATUSES = ("active", "completed", "terminated", "void")

#: Longest texts of the clauses, in characters.
LONGEST = {
    "name": 200,
    "payment_terms": 1000,
    "jurisdiction": 200,
    "arbitration": 200,
    "governing_law": 200,
    "delivery": 2000,
    "breach": 2000,
    "goods": 2000,
}
_LONGEST_ADDRESS = 300


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything a contract says. `amount` in minor units of `currency`, None for a framework contract.

    Disputes go to a court (`jurisdiction`) or to arbitration, never to a choice of both: such a clause
    is void (PRC Arbitration Law, interpretation of 2006, article 7).
    """

    name: str
    currency: str
    amount: int | None = None
    signed_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    status: str = ACTIVE
    goods: str = ""
    payment_terms: str = ""
    late_interest: LateInterest | None = None
    jurisdiction: str = ""
    arbitration: str = ""
    governing_law: str = ""
    service_addresses: tuple[str, ...] = ()
    delivery: str = ""
    breach: str = ""
    milestones: tuple[Milestone, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One recorded state of the terms, in force from `effective_on`."""

    number: int
    effective_on: date
    terms: Terms


def check_terms(terms: Terms) -> None:
    """Refuse terms that are incomplete, too long or contradict themselves."""
    if not terms.name:
        raise Refusal("contract_field_missing", field="name")
    for name, longest in LONGEST.items():
        if len(getattr(terms, name)) > longest:
            raise Refusal("contract_field_too_long", field=name, longest=longest)
    if any(len(address) > _LONGEST_ADDRESS for address in terms.service_addresses):
        raise Refusal("contract_field_too_long", field="service_addresses", longest=_LONGEST_ADDRESS)
    if len(terms.currency) != 3 or not (terms.currency.isascii() and terms.currency.isupper()):
        raise Refusal("currency_bad", currency=terms.currency)
    if terms.amount is not None and not 0 < terms.amount <= LARGEST_MINOR:
        raise Refusal("contract_amount_bad", value=terms.amount)
    if terms.status not in STATUSES:
        raise Refusal("contract_status_unknown", value=terms.status, known=", ".join(STATUSES))
    begins = terms.effective_on or terms.signed_on
    if begins is not None and terms.expires_on is not None and terms.expires_on < begins:
        raise Refusal("contract_expires_early", expires_on=terms.expires_on, begins_on=begins)
    if terms.jurisdiction and terms.arbitration:
        raise Refusal("court_or_arbitration")
    check_milestones(terms.milestones)


def check_amendment(known: Terms, wanted: Terms, standing: Sequence[Happened]) -> None:
    """Refuse what an amendment may not change: the currency, and a milestone whose event stands."""
    if wanted.currency != known.currency:
        raise Refusal("contract_currency_fixed", currency=known.currency)
    before = {one.code: (one.event, one.days) for one in known.milestones}
    after = {one.code: (one.event, one.days) for one in wanted.milestones}
    for happened in standing:
        if after.get(happened.milestone) != before.get(happened.milestone):
            raise Refusal("milestone_reached_already", milestone=happened.milestone, day=happened.happened_on)


def governing(versions: Sequence[Version], as_of: date | None = None) -> Version:
    """The version in force as of a day (None: of all recorded): effective last, of equals the newest; before
    any is in force, the first."""
    valid = [one for one in versions if as_of is None or one.effective_on <= as_of]
    if not valid:
        return min(versions, key=lambda one: one.number)
    return max(valid, key=lambda one: (one.effective_on, one.number))


def successive(versions: Sequence[Version], as_of: date) -> list[tuple[date | None, Version]]:
    """The versions in force one after the other up to a day, each with the day from which it is; the first also holds
    before anything was in force (None)."""
    days = sorted({one.effective_on for one in versions if one.effective_on <= as_of})
    first = governing(versions, days[0] if days else as_of)
    return [(None, first), *((day, governing(versions, day)) for day in days[1:])]


def content_of(terms: Terms) -> str:
    """The canonical JSON text that a ContractVersion fact keeps: sorted keys, dates in ISO form."""
    return json.dumps(asdict(terms), ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=_plain)


def terms_from(content: str) -> Terms:
    said = json.loads(content)
    interest = said["late_interest"]
    return Terms(
        **{
            **said,
            **{name: _date(said[name]) for name in ("signed_on", "effective_on", "expires_on")},
            "late_interest": LateInterest(**interest) if interest else None,
            "service_addresses": tuple(said["service_addresses"]),
            "milestones": tuple(
                Milestone(**{**one, "planned_on": _date(one["planned_on"])}) for one in said["milestones"]
            ),
        }
    )


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in a contract's content")


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
