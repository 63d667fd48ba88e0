"""`huikuan credit check|decide|held|release`."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.judge.credit.cli.options import about_customer, asked, finish, show
from huikuan.judge.credit.messages import DECISIONS, STATES
from huikuan.judge.credit.operations.orders import check_order, release_order
from huikuan.judge.credit.queries.judging import Judged, judge_amount
from huikuan.judge.credit.queries.standings import WaitingRow, observed_page, waiting_page
from huikuan.judge.credit.telling.decisions import judged_json
from huikuan.kernel.dates import parse_date
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.identity.cli import add_user_option, authenticated
from huikuan.mechanisms.identity.commanding import reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.queries import company_record, scope
from huikuan.record.contracts.queries.orders import order_numbered


def add_check(actions: Any) -> None:
    """`huikuan credit check CUSTOMER AMOUNT`, `decide NUMBER`, `held`, `release NUMBER`."""
    check = finish(about_customer(actions.add_parser("check", help=_("would an order of this amount fit in"))), _check)
    check.add_argument("amount")
    check.add_argument("--currency", default="", metavar="CODE", help=_("default: the company's currency"))
    check.add_argument("--contract", default="", metavar="NUMBER", help=_("the contract the order would stand under"))
    told = _("decide anew about an order that waits, or that came with an import unchecked, as a user")
    decide = finish(actions.add_parser("decide", help=told), _decide)
    decide.add_argument("number", help=_("number of the order"))
    add_user_option(decide)
    finish(actions.add_parser("held", help=_("orders that wait for a release")), _held)
    release = finish(actions.add_parser("release", help=_("let an order that waits go on, as a user")), _release)
    release.add_argument("number", help=_("number of the order"))
    release.add_argument("--reason", required=True, help=_("why"))
    release.add_argument("--until", default="", metavar="DATE", help=_("deliver by then"))
    add_user_option(release)


def _check(options: Namespace) -> int:
    about = asked(options, Permission.VIEW_LEDGER)
    currency = options.currency or about.company.currency
    judged = judge_amount(
        about.company,
        about.customer.id,
        amount=to_minor(options.amount, currency),
        currency=currency,
        contract_number=options.contract,
        scope=about.scope,
        at=about.at,
    )
    _show_judged(options, judged, about.company.currency)
    return 0


def _decide(options: Namespace) -> int:
    actor, at = authenticated(options), datetime.now(UTC)
    company = company_record(options.company)
    row = order_numbered(company.code, options.number, scope=scope(actor, Permission.MANAGE_ORDERS, at=at))
    _show_judged(options, check_order(order_id=row.id, actor=actor, at=at), company.currency)
    return 0


def _show_judged(options: Namespace, judged: Judged, company_currency: str) -> None:
    body = judged_json(judged, company_currency)
    told = [_(DECISIONS[judged.decision.decision]), *(f"  {one['message']}" for one in body["reasons"])]
    show(options, body, [*told, *(f"  → {one['message']}" for one in body["ways_out"])])


def _held(options: Namespace) -> int:
    scope = reader_scope(options, Permission.VIEW_ORDERS, at=datetime.now(UTC))
    company = company_record(options.company).pk
    rows, would = waiting_page(scope=scope, company_id=company), observed_page(scope=scope, company_id=company)
    lines = ["\t".join(_columns(row)) for row in rows]
    if would:
        lines += [_("Would wait if the order checks were enforced:"), *("\t".join(_columns(row)) for row in would)]
    show(options, {"orders": [_row(row) for row in rows], "would_wait": [_row(row) for row in would]}, lines)
    return 0


def _release(options: Namespace) -> int:
    actor, at = authenticated(options), datetime.now(UTC)
    row = order_numbered(options.company, options.number, scope=EVERYTHING)
    number = release_order(
        order_id=row.id,
        reason=options.reason,
        until_on=parse_date(options.until) if options.until else None,
        actor=actor,
        at=at,
    )
    body = {"order": row.number, "state": "released", "decision_id": number}
    show(options, body, [_("Order %(order)s is released.") % {"order": row.number}])
    return 0


def _row(row: WaitingRow) -> dict[str, Any]:
    return {
        "order": row.number,
        "customer": row.customer_code,
        "state": row.state,
        "currency": row.currency,
        "amount": to_text(row.amount, row.currency),
        "since": row.since.isoformat(),
    }


def _columns(row: WaitingRow) -> list[str]:
    amount = f"{row.currency} {to_text(row.amount, row.currency)}"
    return [row.number, row.customer_code, row.customer_name, amount, _(STATES[row.state])]
