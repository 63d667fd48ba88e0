"""`huikuan interest accrued|claim|claims|correct|withdraw|waive`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.customers.queries import customer
from huikuan.record.interest.cli.common import tell
from huikuan.record.interest.domain.rules import rule_text
from huikuan.record.interest.messages import CLAIM_STATES
from huikuan.record.interest.operations.claiming import claim_interest, withdraw_claim
from huikuan.record.interest.operations.correcting import correct_claim
from huikuan.record.interest.operations.waiving import ask_waiver
from huikuan.record.interest.queries.accruals import Accrual, accruals
from huikuan.record.interest.queries.claims import OVER, STATES, ClaimRow, claim, claims
from huikuan.record.interest.queries.documents import items_of_customer, items_of_document
from huikuan.record.interest.telling import claim_json, sentences

READS, WRITES = Permission.VIEW_LEDGER, Permission.CLAIM_INTEREST


def add_words(actions: Any) -> None:
    """What is borne, claimed, given back, taken back and waived."""
    told = add_command(actions, "accrued", _accrued, _("what the items of a customer bear and nobody claimed"))
    told.add_argument("customer", metavar="CUSTOMER", help=_("code of the customer"))
    _add_until(told)
    claiming = add_command(actions, "claim", _claim, _("make what a document bears an item of its own"))
    claiming.add_argument("document", metavar="DOCUMENT", help=_("its number, or #17 for an item"))
    _add_until(claiming)
    listing = add_command(actions, "claims", _claims, _("claims of interest, the latest first"))
    listing.add_argument("--customer", default="", metavar="CODE")
    listing.add_argument("--state", default="", choices=["", *STATES, OVER])
    listing.add_argument("--company", default="MAIN", metavar="CODE")
    correct = add_command(actions, "correct", _correct, _("give back what a claim demands and its days do not bear"))
    withdraw = add_command(actions, "withdraw", _withdraw, _("take a claim back; its days may be claimed again"))
    waive = add_command(actions, "waive", _waive, _("ask that part of a claim be given up"))
    waive.add_argument("--amount", required=True)
    for parser in (correct, withdraw, waive):
        parser.add_argument("claim", type=int)
    for parser in (withdraw, waive):
        parser.add_argument("--reason", required=True)


def _add_until(parser: ArgumentParser) -> None:
    parser.add_argument("--until", default="", metavar="DATE", help=_("the day it would be paid; today if left out"))
    parser.add_argument("--company", default="MAIN", metavar="CODE")


def _accrued(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    scope = reader_scope(options, READS, at=at)
    whose = customer(options.customer, scope=scope)
    until = _until(options, at)
    ids = items_of_customer(whose.id, company_id=company.pk, scope=scope)
    found = [one for one in accruals(ids, until, at=at) if one.whole.amount]
    sums: dict[str, int] = {}
    for one in found:
        sums[one.item.currency] = sums.get(one.item.currency, 0) + one.unclaimed_amount
    unclaimed = {currency: to_text(amount, currency) for currency, amount in sorted(sums.items())}
    warnings = list(dict.fromkeys(line for one in found for line in sentences(one.warnings)))
    body = {
        "until": until.isoformat(),
        "customer": whose.code,
        "items": [_accrual_json(one) for one in found],
        "unclaimed": unclaimed,
        "warnings": warnings,
    }
    lines = ["\t".join(str(value) for value in _accrual_json(one).values()) for one in found]
    lines += [f"{currency} {amount}" for currency, amount in unclaimed.items()]
    return tell(options, body, [*lines, *warnings])


def _claim(options: Namespace) -> int:
    at = datetime.now(UTC)
    scope = reader_scope(options, WRITES, at=at)
    ids = items_of_document(options.document, company=options.company, scope=scope)
    until = _until(options, at)
    made: list[int] = []
    for one in accruals(ids, until, at=at):
        if one.unclaimed_amount or len(ids) == 1:
            actor = commander(options, WRITES, company_id=one.item.company_id, at=at)
            made += claim_interest(item_id=one.item.pk, until=until, actor=actor, at=at)
    rows = [claim(number, scope=scope, at=at) for number in made]
    return tell(options, {"claims": [claim_json(row) for row in rows]}, [_line(row) for row in rows])


def _claims(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    scope = reader_scope(options, READS, at=at)
    whose = customer(options.customer, scope=scope).id if options.customer else None
    rows = claims(scope=scope, at=at, company_id=company.pk, customer_id=whose, state=options.state)
    return tell(options, {"claims": [claim_json(row) for row in rows]}, [_line(row) for row in rows])


def _correct(options: Namespace) -> int:
    row, actor, at = _known(options)
    correct_claim(claim_id=row.id, actor=actor, at=at)
    return _tell_one(options, row.id, at)


def _withdraw(options: Namespace) -> int:
    row, actor, at = _known(options)
    withdraw_claim(claim_id=row.id, reason=options.reason, actor=actor, at=at)
    return _tell_one(options, row.id, at)


def _waive(options: Namespace) -> int:
    row, actor, at = _known(options)
    amount = typed_minor(options.amount, row.currency)
    request = ask_waiver(claim_id=row.id, amount=amount, reason=options.reason, actor=actor, at=at)
    line = _("Asked for as request %(request)s; it holds once another person has approved it.")
    return tell(options, {"request": request, "state": "waiting"}, [line % {"request": request}])


def _known(options: Namespace) -> tuple[ClaimRow, str, datetime]:
    """The claim named, in reach of who acts, and who does."""
    at = datetime.now(UTC)
    row = claim(options.claim, scope=reader_scope(options, WRITES, at=at), at=at)
    return row, commander(options, WRITES, company_id=row.company_id, at=at), at


def _tell_one(options: Namespace, number: int, at: datetime) -> int:
    row = claim(number, scope=reader_scope(options, WRITES, at=at), at=at)
    return tell(options, claim_json(row), [_line(row)])


def _until(options: Namespace, at: datetime) -> date:
    return parse_date(options.until) if options.until else business_date(at, company_record(options.company).time_zone)


def _accrual_json(one: Accrual) -> dict[str, Any]:
    return {
        "item": one.item.pk,
        "document_no": one.item.document_number,
        "currency": one.item.currency,
        "amount": to_text(one.whole.amount, one.item.currency),
        "unclaimed": to_text(one.unclaimed_amount, one.item.currency),
        "basis": one.governing.basis,
        "rule": rule_text(one.governing.rule),
    }


def _line(row: ClaimRow) -> str:
    days, amount = f"{row.first_on} – {row.last_on}", to_text(row.amount, row.currency)
    said = [str(row.id), row.customer_name, row.document_number, days, f"{row.currency} {amount}"]
    if row.over_claimed:
        said.append(f"{_('too much:')} {to_text(row.over_claimed, row.currency)}")
    if row.under_claimed:
        said.append(f"{_('too little:')} {to_text(row.under_claimed, row.currency)}")
    return "\t".join([*said, _(CLAIM_STATES[row.state])])
