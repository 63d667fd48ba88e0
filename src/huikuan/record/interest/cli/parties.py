"""`huikuan interest declare|bankruptcy`: facts of a customer the rule depends on."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.customers.queries import CustomerRow, customer, seen
from huikuan.record.interest.cli.common import tell
from huikuan.record.interest.domain.governing import BUYERS
from huikuan.record.interest.operations.parties import Paper, declare_parties, record_bankruptcy

WRITES = Permission.CLAIM_INTEREST


def add_words(actions: Any) -> None:
    """Who the buyer is, and whether its bankruptcy was accepted."""
    declare = add_command(actions, "declare", _declare, _("who the buyer is, and whether we said that we are an SME"))
    declare.add_argument("--buyer", required=True, choices=BUYERS)
    declare.add_argument("--seller-declared", action="store_true", help=_("we said so at signing"))
    declare.add_argument("--contract", default="", metavar="NUMBER", help=_("of this contract alone"))
    declare.add_argument("--file", type=Path, help=_("the proof"))
    declare.add_argument("--note", default="")
    bankruptcy = add_command(actions, "bankruptcy", _bankruptcy, _("a court accepted a customer's bankruptcy"))
    day = bankruptcy.add_mutually_exclusive_group(required=True)
    day.add_argument("--on", metavar="DATE", help=_("from this day on nothing runs"))
    day.add_argument("--none", action="store_true", help=_("it did not, after all"))
    bankruptcy.add_argument("--note", required=True, help=_("court and number of the case"))
    for parser in (declare, bankruptcy):
        parser.add_argument("customer", metavar="CUSTOMER", help=_("code of the customer"))
        parser.add_argument("--company", default="MAIN", metavar="CODE")


def _declare(options: Namespace) -> int:
    if options.file and not options.file.is_file():
        raise Refusal("interest_file_missing", file=str(options.file))
    by = _by(options)
    fact = declare_parties(
        company=by.company,
        customer_id=by.whose.id,
        buyer=options.buyer,
        seller_declared=options.seller_declared,
        contract_number=options.contract,
        note=options.note,
        paper=Paper(options.file, options.file.name) if options.file else None,
        actor=by.actor,
        at=by.at,
    )
    body = {"fact": fact, "customer": by.whose.code, "buyer": options.buyer, "contract": options.contract or None}
    return tell(options, body, [_("Recorded.")])


def _bankruptcy(options: Namespace) -> int:
    by, on = _by(options), None if options.none else parse_date(options.on)
    fact = record_bankruptcy(
        company=by.company, customer_id=by.whose.id, accepted_on=on, note=options.note, actor=by.actor, at=by.at
    )
    body = {"fact": fact, "customer": by.whose.code, "accepted_on": on.isoformat() if on else None}
    return tell(options, body, [_("Recorded.")])


@dataclass(frozen=True, slots=True)
class _By:
    company: Company
    whose: CustomerRow
    actor: str
    at: datetime


def _by(options: Namespace) -> _By:
    """The company and customer named, and who acts."""
    at, company = datetime.now(UTC), company_record(options.company)
    scope = reader_scope(options, WRITES, at=at)
    whose = customer(options.customer, scope=scope)
    if not seen(scope).has(company.pk, whose.id):
        raise Refusal("customer_unknown", customer=options.customer)
    return _By(company, whose, commander(options, WRITES, company_id=company.pk, at=at), at)
