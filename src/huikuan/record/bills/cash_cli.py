"""Commands of cash in notes, and of customers' money in somebody's own account: `huikuan cash …`."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.bills.domain.own_accounts import BY_HAND, TOLD_BY
from huikuan.record.bills.messages import CASH_STATES as STATE_NAMES
from huikuan.record.bills.operations.cash import sign_cash, take_cash, turn_down_cash
from huikuan.record.bills.operations.own_accounts import Told, flag_payment, register_account
from huikuan.record.bills.queries.cash import CASH_STATES, CashRow, PaymentRow, cash, cash_rows, own_payments
from huikuan.record.customers.queries import customer

WRITES = Permission.SETTLE
#: Who closes the books says whose accounts are watched; who audits them, and nobody who sells, reads what was found.
REGISTERS, READS = Permission.LOCK_PERIOD, Permission.VIEW_AUDIT


def add_commands(subparsers: Any) -> None:
    """Add the word `cash` to `huikuan`."""
    actions = subparsers.add_parser("cash", help=_("cash in notes, and money in somebody's own account"))
    actions = actions.add_subparsers(dest="action", required=True)
    take = add_command(actions, "receive", _take, _("write down cash a customer paid; another person signs"))
    _add_payment(take)
    take.add_argument("--note", default="")
    sign = add_command(actions, "sign", _sign, _("counted and right: it is posted as a receipt"))
    refuse = add_command(actions, "refuse", _refuse, _("counted and not right: nothing is posted"))
    refuse.add_argument("--reason", required=True)
    for parser in (sign, refuse):
        parser.add_argument("cash", type=int)
    listing = add_command(actions, "list", _list, _("cash and who signed for it, the latest first"))
    listing.add_argument("--state", default="", choices=["", *CASH_STATES])
    account = add_command(actions, "own-account", _account, _("register an account of somebody who works here"))
    account.add_argument("holder")
    account.add_argument("account")
    account.add_argument("--company", default="MAIN", metavar="CODE")
    paid = add_command(
        actions, "paid-to", _paid_to, _("a customer paid somebody who works here: finance has it as work")
    )
    _add_payment(paid)
    paid.add_argument("--says", required=True, help=_("what was said, by whom"))
    paid.add_argument("--told-by", default=BY_HAND, choices=TOLD_BY)
    add_command(actions, "flags", _flags, _("customers' money in somebody's own account, the latest found first"))


def _add_payment(parser: Any) -> None:
    parser.add_argument("customer", metavar="CUSTOMER", help=_("code of the customer"))
    parser.add_argument("amount")
    parser.add_argument("--currency", default="", metavar="CODE")
    parser.add_argument("--on", default="", metavar="DATE", help=_("today if left out"))
    parser.add_argument("--company", default="MAIN", metavar="CODE")


def _take(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    currency = options.currency or company.currency
    number = take_cash(
        company=company,
        customer_id=customer(options.customer, scope=reader_scope(options, WRITES, at=at)).id,
        amount=to_minor(options.amount, currency),
        currency=currency,
        received_on=parse_date(options.on) if options.on else business_date(at, company.time_zone),
        note=options.note,
        actor=commander(options, WRITES, company_id=company.pk, at=at),
        at=at,
    )
    return _answer(options, number)


def _sign(options: Namespace) -> int:
    row, actor, at = _waiting(options)
    sign_cash(receipt_id=row.id, actor=actor, at=at)
    return _answer(options, row.id)


def _refuse(options: Namespace) -> int:
    row, actor, at = _waiting(options)
    turn_down_cash(receipt_id=row.id, reason=options.reason, actor=actor, at=at)
    return _answer(options, row.id)


def _waiting(options: Namespace) -> tuple[CashRow, str, datetime]:
    at = datetime.now(UTC)
    row = cash(options.cash, scope=reader_scope(options, WRITES, at=at))
    return row, commander(options, WRITES, company_id=row.company_id, at=at), at


def _list(options: Namespace) -> int:
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=datetime.now(UTC))
    rows = cash_rows(scope=scope, state=options.state)
    _tell(options, {"cash": [cash_json(row) for row in rows]}, [_line(row) for row in rows])
    return 0


def _account(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, REGISTERS, company_id=company.pk, at=at)
    number = register_account(company=company, holder=options.holder, account=options.account, actor=actor, at=at)
    _tell(options, {"account": number}, [_("Registered: lines and remittances that name it are found from now on.")])
    return 0


def _paid_to(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    currency = options.currency or company.currency
    told = Told(
        options.says,
        options.told_by,
        customer(options.customer, scope=reader_scope(options, Permission.VIEW_LEDGER, at=at)).id,
        to_minor(options.amount, currency),
        currency,
        parse_date(options.on) if options.on else None,
    )
    actor = commander(options, Permission.VIEW_LEDGER, company_id=company.pk, at=at)
    number = flag_payment(company=company, told=told, actor=actor, at=at)
    _tell(options, {"finding": number}, [_("Recorded; finance has it as work.")])
    return 0


def _flags(options: Namespace) -> int:
    rows = own_payments(scope=reader_scope(options, READS, at=datetime.now(UTC)))
    _tell(options, {"findings": [payment_json(row) for row in rows]}, [_payment_line(row) for row in rows])
    return 0


def cash_json(row: CashRow) -> dict[str, Any]:
    """The keys of cash: amounts as decimal strings."""
    return {
        "id": row.id,
        "customer": row.customer_code,
        "currency": row.currency,
        "amount": to_text(row.amount, row.currency),
        "received_on": row.received_on.isoformat(),
        "state": row.state,
        "taken_by": row.taken_by,
        "signed_by": row.signed_by or None,
        "item": row.item_id,
        "note": row.note,
        "reason": row.reason,
    }


def payment_json(row: PaymentRow) -> dict[str, Any]:
    """The keys of a payment that went to somebody who works here."""
    return {
        "id": row.id,
        "customer": row.customer_name or None,
        "currency": row.currency or None,
        "amount": to_text(row.amount, row.currency) if row.amount is not None else None,
        "paid_on": row.paid_on.isoformat() if row.paid_on else None,
        "told_by": row.told_by,
        "says": row.says,
        "actor": row.actor,
    }


def _answer(options: Namespace, number: int) -> int:
    row = cash(number, scope=reader_scope(options, WRITES, at=datetime.now(UTC)))
    _tell(options, cash_json(row), [_line(row)])
    return 0


def _line(row: CashRow) -> str:
    amount = f"{row.currency} {to_text(row.amount, row.currency)}"
    return "\t".join([f"#{row.id}", row.received_on.isoformat(), row.customer_name, amount, _(STATE_NAMES[row.state])])


def _payment_line(row: PaymentRow) -> str:
    amount = f"{row.currency} {to_text(row.amount, row.currency)}" if row.amount is not None else ""
    day = row.paid_on.isoformat() if row.paid_on else ""
    return "\t".join([f"#{row.id}", day, row.customer_name, amount, row.says])


def _tell(options: Namespace, body: Any, lines: Sequence[str]) -> None:
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
