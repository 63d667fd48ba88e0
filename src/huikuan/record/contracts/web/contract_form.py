"""The fields of a contract: its terms as texts, and texts read as terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.text import plain
from huikuan.mechanisms.pages.forms import Form
from huikuan.record.contracts.domain import interest
from huikuan.record.contracts.domain.milestones import (
    OTHER,
    Milestone,
    check_whole,
    coded,
    event_named,
    read_days,
    read_share,
    share_of,
)
from huikuan.record.contracts.domain.milestones import written as milestones_written
from huikuan.record.contracts.domain.terms import ACTIVE, Terms

#: The cells of a milestone's row; its code is kept by the form, not typed.
CELLS = ("event", "title", "share", "days", "planned")
_DAYS = ("signed_on", "effective_on", "expires_on")
_TEXTS = ("name", "goods", "payment_terms", "jurisdiction", "arbitration", "governing_law", "delivery", "breach")
#: Which field a refusal of the terms belongs to.
_FIELDS = {
    "contract_amount_bad": "amount",
    "contract_currency_fixed": "currency",
    "contract_customer_unknown": "customer",
    "contract_expires_early": "expires_on",
    "contract_number_taken": "number",
    "contract_status_unknown": "status",
    "court_or_arbitration": "arbitration",
    "currency_bad": "currency",
    "file_not_stored": "file",
    "amendment_reason_needed": "reason",
}


def typed_of(terms: Terms) -> dict[str, str]:
    """Every field as it would have to be typed for these terms."""
    typed = {name: getattr(terms, name) for name in (*_TEXTS, "currency", "status")}
    typed |= {name: _day(getattr(terms, name)) for name in _DAYS}
    typed |= {
        "amount": "" if terms.amount is None else to_text(terms.amount, terms.currency),
        "late_interest": interest.written(terms.late_interest),
        "service_addresses": "\n".join(terms.service_addresses),
    }
    for row, one in enumerate(terms.milestones):
        cells = {
            "code": one.code,
            "event": one.event,
            "title": one.title,
            "share": f"{share_of(one, terms.milestones):f}",
            "days": str(one.days),
            "planned": _day(one.planned_on),
        }
        typed |= {f"milestone-{row}-{name}": value for name, value in cells.items()}
    return typed


def told_of(terms: Terms) -> dict[str, str]:
    """The same by group, to be read: milestones in one line."""
    typed = {name: value for name, value in typed_of(terms).items() if "-" not in name}
    return typed | {"milestone": milestones_written(terms.milestones)}


def terms_in(form: Form, known: Terms | None = None) -> Terms:
    """The terms the form says; what is wrong with a field stands beside it. `known`: what it began with."""
    currency = plain(form.text("currency")).upper()
    said: dict[str, Any] = {name: form.text(name) for name in _TEXTS}
    said |= {name: form.read(name, parse_date) for name in _DAYS}
    return Terms(
        currency=currency,
        amount=form.read("amount", lambda text: typed_minor(text, currency)),
        status=form.text("status") or ACTIVE,
        late_interest=form.read("late_interest", interest.read_late_interest),
        service_addresses=tuple(line for line in form.text("service_addresses").split("\n") if line.strip()),
        milestones=_milestones(form, known.milestones if known else ()),
        **said,
    )


def blame(form: Form, refusal: Refusal) -> None:
    """Keep a refusal of the terms beside the field it speaks of."""
    code = refusal.code
    if code in ("contract_field_missing", "contract_field_too_long"):
        form.blame(str(refusal.params["field"]), refusal)
    elif code.startswith(("milestone", "event_unknown")):
        form.blame("milestone", refusal)
    else:
        form.blame(_FIELDS.get(code, ""), refusal)


def _milestones(form: Form, known: tuple[Milestone, ...]) -> tuple[Milestone, ...]:
    rows = form.rows("milestone", CELLS)
    read = [one for row in rows if (one := _milestone(form, row)) is not None]
    faulty = any(name.startswith("milestone") for name in form.problems)
    if faulty:
        return ()
    # Shares come from a contract in proportion, and are shown in percent: left alone they stay exactly as they are.
    weights = {one.code: one.weight for one in known}
    shares = {one.code: int(share_of(one, known) * 100) for one in known}
    if {one.code: one.weight for one in read} == shares and len(read) == len(known):
        return tuple(replace(one, weight=weights[one.code]) for one in read)
    try:
        check_whole(read)
    except Refusal as refusal:
        form.blame("milestone", refusal)
    return coded(read)


def _milestone(form: Form, row: int) -> Milestone | None:
    def cell(name: str) -> str:
        return f"milestone-{row}-{name}"

    def read(name: str, parse: Callable[[str], Any]) -> Any:
        return form.read(cell(name), parse)

    weight = read("share", read_share)
    if not form.text(cell("share")):
        form.blame(cell("share"), Refusal("milestone_share_missing"))
    title = form.text(cell("title"))
    days, planned = read("days", read_days), read("planned", parse_date)
    if weight is None:
        return None
    event = form.text(cell("event")) or (event_named(title) if title else OTHER)
    return Milestone(form.text(cell("code")), event, weight, days or 0, planned, title)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
