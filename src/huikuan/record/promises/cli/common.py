"""What these commands have in common: whose claims, how answers are said."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.amounts import typed_positive_minor
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.customers.queries import CustomerRow, customer, seen
from huikuan.record.promises.operations.asking import WRITES, Paper
from huikuan.record.promises.queries.claims import owed_by


@dataclass(frozen=True, slots=True)
class Caller:
    """Who acts for which company about which customer, when."""

    company: Company
    whose: CustomerRow
    actor: str
    at: datetime


def caller(options: Namespace, permission: Permission = WRITES) -> Caller:
    """The company and customer named, and who acts with which right."""
    at, company = datetime.now(UTC), company_record(options.company)
    scope = reader_scope(options, permission, at=at)
    whose = customer(options.customer, scope=scope)
    if not seen(scope).has(company.pk, whose.id):
        raise Refusal("customer_unknown", customer=options.customer)
    return Caller(company, whose, commander(options, permission, company_id=company.pk, at=at), at)


def reading(options: Namespace) -> dict[str, Any]:
    """Scope and day of a command that reads: `--as-of`, or today."""
    at = datetime.now(UTC)
    day = parse_date(options.as_of) if options.as_of else business_date(at)
    return {"scope": reader_scope(options, Permission.VIEW_LEDGER, at=at), "as_of": day}


def add_whose(parser: Any) -> None:
    parser.add_argument("customer", metavar="CUSTOMER", help=_("code of the customer"))
    parser.add_argument("--company", default="MAIN", metavar="CODE")


def add_listing(parser: Any, states: Sequence[str]) -> None:
    parser.add_argument("--customer", default="", metavar="CODE")
    parser.add_argument("--state", default="", choices=["", *states])
    parser.add_argument("--as-of", default="", metavar="DATE")


def customer_id(options: Namespace, scope: Any) -> int | None:
    """The customer a listing is narrowed to, None: none."""
    return customer(options.customer, scope=scope).id if options.customer else None


def parts_of(who: Caller, claims: Sequence[str]) -> list[tuple[int, int]]:
    """What stands as DOCUMENT=AMOUNT, or DOCUMENT for all that is open of it; DOCUMENT is a number or an item's id."""
    owed = owed_by(who.company.pk, who.whose.id)
    found = []
    for text in claims:
        name, _sign, amount = text.partition("=")
        one = next((claim for claim in owed if name in (claim.document_number, str(claim.item_id))), None)
        if one is None:
            raise Refusal("promise_claim_unfit", item=name)
        found.append((one.item_id, typed_positive_minor(amount, one.currency) if amount else one.open_amount))
    return found


def currency_of(who: Caller, item_id: int) -> str:
    """In which currency a claim stands."""
    return next(one.currency for one in owed_by(who.company.pk, who.whose.id) if one.item_id == item_id)


def paper_of(path: str) -> Paper | None:
    """A document handed in as a file; refuses one that is not there."""
    if not path:
        return None
    if not Path(path).is_file():
        raise Refusal("promise_file_missing", file=path)
    return Paper(Path(path), Path(path).name)


def said(minor: int, currency: str) -> str:
    return f"{currency} {to_text(minor, currency)}"


def as_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def tell(options: Namespace, body: Mapping[str, Any], lines: Sequence[str]) -> int:
    """Say the answer: JSON alone, or lines."""
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
    return 0


def asked(options: Namespace, request: int) -> int:
    """Say that something was asked for."""
    line = _("Asked for as request %(request)s; it holds once another person has approved it.")
    return tell(options, {"request": request, "state": "waiting"}, [line % {"request": request}])
