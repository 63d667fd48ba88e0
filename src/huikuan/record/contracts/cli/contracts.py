"""`huikuan contract list|show|milestone`."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.commanding import commander
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.record.contracts.cli.options import add_list_options, customer_id, finish, seen_by, show
from huikuan.record.contracts.domain.interest import written as interest_written
from huikuan.record.contracts.domain.terms import STATUSES, Terms
from huikuan.record.contracts.messages import STATUSES as STATUS_NAMES
from huikuan.record.contracts.queries.contracts import (
    ContractFilter,
    ContractRow,
    MilestoneRow,
    contract_numbered,
    contracts_page,
    whole_contract,
)
from huikuan.record.contracts.queries.terms import company_of_event

_CLAUSES = ("payment_terms", "goods", "delivery", "breach", "jurisdiction", "arbitration", "governing_law")


def add_contract(subparsers: Any) -> None:
    """`huikuan contract …`."""
    actions = subparsers.add_parser("contract", help=_("contracts and their milestones")).add_subparsers(
        dest="action", required=True
    )
    listing = actions.add_parser("list", help=_("contracts, the latest registered first"))
    add_list_options(listing)
    listing.add_argument("--status", choices=STATUSES)
    finish(listing, _list)
    one = actions.add_parser("show", help=_("one contract: clauses, milestones, versions as of a day"))
    one.add_argument("number")
    one.add_argument("--as-of", default="", metavar="DATE")
    finish(one, _show, company=True)
    steps = actions.add_parser("milestone", help=_("record or take back a milestone's event")).add_subparsers(
        dest="step", required=True
    )
    record = steps.add_parser("record", help=_("the event happened: what awaits it falls due"))
    record.add_argument("number", help=_("number of the contract"))
    record.add_argument("milestone", help=_("its code, as `contract show` lists it"))
    record.add_argument("--on", required=True, metavar="DATE", help=_("the day it happened"))
    record.add_argument("--note", default="")
    finish(record, _record, company=True)
    withdraw = steps.add_parser("withdraw", help=_("the event did not happen after all"))
    withdraw.add_argument("event", type=int, help=_("its number, as `contract show` lists it"))
    withdraw.add_argument("--reason", required=True)
    finish(withdraw, _withdraw)


def _list(options: Namespace) -> int:
    scope = seen_by(options, Permission.VIEW_CONTRACTS)
    chosen = ContractFilter(customer_id=customer_id(options, scope), status=options.status, text=options.find)
    found = contracts_page(chosen, scope=scope, after=options.after, limit=options.limit)
    body = {"contracts": [_row(row) for row in found.rows], "next": found.next, "count": found.count}
    show(options, body, ["\t".join(_columns(row)) for row in found.rows])
    return 0


def _show(options: Namespace) -> int:
    theirs = seen_by(options, Permission.VIEW_CONTRACTS)
    row = contract_numbered(options.company, options.number, scope=theirs)
    whole = whole_contract(row, scope=theirs, as_of=parse_date(options.as_of) if options.as_of else None)
    body = {
        **_row(row),
        "version": whole.version,
        "terms": _terms(whole.terms),
        "milestones": [_milestone(one, whole.terms.currency) for one in whole.milestones],
        "versions": [
            {"version": one.number, "effective_on": one.effective_on.isoformat(), "reason": one.reason}
            for one in whole.amendments
        ],
        "files": [{"name": one.name, "sha256": one.sha256} for one in whole.files],
    }
    lines = ["\t".join(_columns(row))]
    lines += [f"  {name}: {value}" for name, value in _terms(whole.terms).items() if value]
    lines += ["  " + _told(one, whole.terms.currency) for one in whole.milestones]
    show(options, body, lines)
    return 0


def _record(options: Namespace) -> int:
    # Operations are loaded only when something is written: listing answers sooner.
    from huikuan.record.contracts.operations.milestones import record_milestone

    theirs, at = seen_by(options, Permission.MANAGE_CONTRACTS), datetime.now(UTC)
    row = contract_numbered(options.company, options.number, scope=theirs)
    event_id = record_milestone(
        contract_id=row.id,
        milestone=options.milestone,
        happened_on=parse_date(options.on),
        note=options.note,
        actor=commander(options, Permission.MANAGE_CONTRACTS, company_id=row.company_id, at=at),
        at=at,
    )
    milestones = whole_contract(row, scope=theirs).milestones
    happened = next(one.happened for one in milestones if one.milestone.code == options.milestone)
    due = happened.due_date.isoformat() if happened else ""
    said = _("Event no. %(event)s recorded: what awaits it falls due on %(due)s.") % {"event": event_id, "due": due}
    show(options, {"event": event_id, "due_date": due}, [said])
    return 0


def _withdraw(options: Namespace) -> int:
    from huikuan.record.contracts.operations.milestones import withdraw_milestone

    at = datetime.now(UTC)
    company = company_of_event(options.event, scope=seen_by(options, Permission.MANAGE_CONTRACTS))
    actor = commander(options, Permission.MANAGE_CONTRACTS, company_id=company, at=at)
    number = withdraw_milestone(event_id=options.event, reason=options.reason, actor=actor, at=at)
    said = _("Event no. %(event)s is taken back.") % {"event": options.event}
    show(options, {"withdrawal": number, "event": options.event}, [said])
    return 0


def _row(row: ContractRow) -> dict[str, Any]:
    """The contract's keys: amounts as decimal strings, days in ISO form."""
    return {
        "id": row.id,
        "company": row.company_code,
        "number": row.number,
        "name": row.name,
        "customer": row.customer_code,
        "customer_name": row.customer_name,
        "signed_on": _day(row.signed_on),
        "effective_on": _day(row.effective_on),
        "expires_on": _day(row.expires_on),
        "currency": row.currency,
        "amount": None if row.amount is None else to_text(row.amount, row.currency),
        "status": row.status,
        "version": row.version,
    }


def _columns(row: ContractRow) -> list[str]:
    amount = "" if row.amount is None else f"{row.currency} {to_text(row.amount, row.currency)}"
    return [row.number, row.customer_code, row.customer_name, row.name, amount, _(STATUS_NAMES[row.status])]


def _terms(terms: Terms) -> dict[str, Any]:
    return {
        **{name: getattr(terms, name) for name in _CLAUSES},
        "late_interest": interest_written(terms.late_interest),
        "service_addresses": list(terms.service_addresses),
    }


def _milestone(one: MilestoneRow, currency: str) -> dict[str, Any]:
    happened = one.happened
    return {
        "milestone": one.milestone.code,
        "title": one.milestone.title,
        "event_kind": one.milestone.event,
        "share": one.share,
        "amount": None if one.amount is None else to_text(one.amount, currency),
        "days": one.milestone.days,
        "planned_on": _day(one.milestone.planned_on),
        "event": happened.event_id if happened else None,
        "happened_on": _day(happened.happened_on if happened else None),
        "due_date": _day(happened.due_date if happened else None),
    }


def _told(one: MilestoneRow, currency: str) -> str:
    amount = "" if one.amount is None else f" {currency} {to_text(one.amount, currency)}"
    head = f"{one.milestone.code} {one.share}%{amount}"
    if one.happened is None:
        return f"{head}: " + _("awaited")
    said = {"event": one.happened.event_id, "day": one.happened.happened_on, "due": one.happened.due_date}
    return f"{head}: " + _("happened on %(day)s (event no. %(event)s), due %(due)s") % said


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
