"""What the commands of this context have in common."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.commanding import reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.customers.queries import CustomerRow, customer


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose books, which customer, when, and which rows whoever asks reaches."""

    company: Company
    customer: CustomerRow
    scope: Scope
    at: datetime
    today: date


def finish(parser: Any, run: Any) -> Any:
    """The company it is about, who gives it, JSON, and what it does."""
    parser.add_argument("--company", default="MAIN", metavar="CODE")
    add_actor_option(parser)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)
    return parser


def about_customer(parser: Any) -> Any:
    """The customer it is about."""
    parser.add_argument("customer", metavar="CUSTOMER", help=_("code of the customer"))
    return parser


def asked(options: Namespace, permission: Permission) -> Asked:
    """What a command about a customer is about; refuses one out of the reach of whoever is named."""
    at = datetime.now(UTC)
    company, scope = company_record(options.company), reader_scope(options, permission, at=at)
    found = customer(options.customer, scope=scope)
    return Asked(company, found, scope, at, business_date(at, company.time_zone))


def show(options: Namespace, body: Any, lines: Sequence[str]) -> None:
    """JSON alone where it is asked for, else the lines."""
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
