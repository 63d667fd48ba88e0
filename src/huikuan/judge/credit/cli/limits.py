"""`huikuan credit limit show|list|calculate|drift|propose|approve|return|withdraw`."""

from __future__ import annotations

import argparse
from argparse import Namespace
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.judge.credit.cli.drift import add_drift
from huikuan.judge.credit.cli.options import about_customer, asked, finish, show
from huikuan.judge.credit.cli.proposals import add_calculate, add_sales_option
from huikuan.judge.credit.domain.limits import STANDING, TEMPORARY, Limit, Wish
from huikuan.judge.credit.domain.proposing import wish_as_proposed
from huikuan.judge.credit.messages import LIMIT_KINDS, LIMIT_STATES, STEPS
from huikuan.judge.credit.operations.proposing import request_measured
from huikuan.judge.credit.queries.exposure import nodes_of
from huikuan.judge.credit.queries.limits import RequestRow, history, limits_on, request, waiting
from huikuan.judge.credit.queries.proposals import proposed, proposed_group
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.approvals import operations
from huikuan.mechanisms.identity.cli import add_user_option, authenticated
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.customers.queries import customer, seen


def add_limit(actions: Any) -> None:
    """`huikuan credit limit …`."""
    verbs = actions.add_parser("limit", help=_("limits: what governs, what is asked for, who grants it"))
    verbs = verbs.add_subparsers(dest="verb", required=True, parser_class=type(verbs))
    one = finish(
        about_customer(verbs.add_parser("show", help=_("a customer's limit on a day, and its history"))), _show
    )
    one.add_argument("--as-of", default="", metavar="DATE")
    finish(verbs.add_parser("list", help=_("what waits for an approver")), _list)
    add_calculate(verbs)
    add_drift(verbs)
    _add_propose(verbs)
    for verb, told, run in (
        ("approve", _("grant what `limit list` shows, as a user with a password"), _approve),
        ("return", _("decline a request, saying why"), _return),
    ):
        decide = finish(verbs.add_parser(verb, help=told), run)
        decide.add_argument("request", type=int)
        decide.add_argument("--comment", default="")
        add_user_option(decide)
        if verb == "approve":
            decide.add_argument("--digest", required=True, help=_("as shown by `limit list`"))
    withdraw = finish(verbs.add_parser("withdraw", help=_("take a request of one's own back")), _withdraw)
    withdraw.add_argument("request", type=int)


def _add_propose(verbs: argparse._SubParsersAction[Any]) -> None:
    propose = finish(verbs.add_parser("propose", help=_("ask for a limit; another grants it")), _propose)
    propose.add_argument("node", metavar="CUSTOMER", help=_("code of the customer, or of the group with --group"))
    propose.add_argument(
        "amount", nargs="?", default="", help=_("0: nothing on credit; left out: as the policy gives")
    )
    propose.add_argument("--group", action="store_true", help=_("for everybody in a group together"))
    propose.add_argument("--currency", default="", metavar="CODE")
    propose.add_argument("--from", dest="from_on", default="", metavar="DATE", help=_("today if left out"))
    propose.add_argument("--until", default="", metavar="DATE", help=_("the last day"))
    propose.add_argument("--temporary", action="store_true", help=_("on top of what holds, until --until"))
    propose.add_argument("--term", type=int, metavar="DAYS", help=_("payment term in days"))
    propose.add_argument("--prepaid", type=int, metavar="PERCENT", help=_("share of each order that is paid ahead"))
    add_sales_option(propose)
    propose.add_argument("--reason", required=True, help=_("why"))
    propose.add_argument("--again", type=int, metavar="REQUEST", help=_("the request this takes the place of"))


def _show(options: Namespace) -> int:
    about = asked(options, Permission.VIEW_LEDGER)
    day = parse_date(options.as_of) if options.as_of else about.today
    theirs = seen(about.scope)
    own, *above = nodes_of(about.customer.id, day)
    # A group is told only to whoever sees every customer in it.
    groups = [node for node in above if all(theirs.has(about.company.pk, member) for member in node.members)]
    found = limits_on(about.company, [own, *groups], day)
    rows = history(about.company.pk, about.customer.id, scope=about.scope)
    limit = found[own.customer_id, ""]
    body = {
        "company": about.company.code,
        "customer": about.customer.code,
        "as_of": day.isoformat(),
        **limit_json(limit),
        "groups": [{"group": node.group, **limit_json(found[None, node.group])} for node in groups],
        "history": [request_json(row) for row in rows],
    }
    told = [_told(about.customer.name, limit), *(_told(node.group, found[None, node.group]) for node in groups)]
    show(options, body, [*told, *(_line(row) for row in rows)])
    return 0


def _list(options: Namespace) -> int:
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=datetime.now(UTC))
    rows = waiting(scope=scope, company_id=company_record(options.company).pk)
    show(options, {"requests": [request_json(row) for row in rows]}, [_line(row) for row in rows])
    return 0


def _propose(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    today = business_date(at, company.time_zone)
    scope = reader_scope(options, Permission.PROPOSE_LIMIT, at=at)
    customer_id = None if options.group else customer(options.node, scope=scope).id
    sales = to_minor(options.sales, company.currency) if options.sales else None
    if options.amount:
        wish = _wish(options, company.currency, today)
    elif options.group:
        wish = wish_as_proposed(proposed_group(company, options.node, day=today, at=at, scope=scope).proposal)
    else:
        found = proposed(company, customer_id or 0, day=today, at=at, scope=scope, stated_sales=sales)
        wish = wish_as_proposed(found.proposal)
    number = request_measured(
        company=company,
        customer_id=customer_id,
        group=options.node if options.group else "",
        wish=wish,
        reason=options.reason,
        stated_sales=sales,
        replaces=options.again,
        actor=commander(options, Permission.PROPOSE_LIMIT, company_id=company.pk, at=at),
        at=at,
    )
    return _answer(options, number)


def _wish(options: Namespace, own: str, today: date) -> Wish:
    """What the command says; `own`: the company's currency."""
    currency = options.currency or own
    return Wish(
        kind=TEMPORARY if options.temporary else STANDING,
        currency=currency,
        amount=to_minor(options.amount, currency),
        from_on=parse_date(options.from_on) if options.from_on else today,
        until_on=parse_date(options.until) if options.until else None,
        term_days=options.term,
        prepaid_percent=options.prepaid,
    )


def _approve(options: Namespace) -> int:
    operations.approve_request(
        request_id=_limit(options),
        digest=options.digest,
        comment=options.comment,
        actor=authenticated(options),
        at=datetime.now(UTC),
    )
    return _answer(options, options.request)


def _return(options: Namespace) -> int:
    operations.return_request(
        request_id=_limit(options), comment=options.comment, actor=authenticated(options), at=datetime.now(UTC)
    )
    return _answer(options, options.request)


def _withdraw(options: Namespace) -> int:
    at = datetime.now(UTC)
    actor = commander(options, Permission.PROPOSE_LIMIT, company_id=company_record(options.company).pk, at=at)
    operations.withdraw_request(request_id=_limit(options), actor=actor, at=at)
    return _answer(options, options.request)


def _limit(options: Namespace) -> int:
    """The number that was named; refuses one of a request for something else."""
    number: int = options.request
    request(number, scope=EVERYTHING)
    return number


def _answer(options: Namespace, request_id: int) -> int:
    """The request as it is now, to whoever has just acted on it."""
    row = request(request_id, scope=EVERYTHING)
    show(options, request_json(row), [_line(row)])
    return 0


def limit_json(limit: Limit) -> dict[str, Any]:
    """A limit's keys: amounts as decimal strings."""
    return {
        "state": limit.state,
        "limit": to_text(limit.amount, limit.currency),
        "standing": to_text(limit.standing, limit.currency),
        "temporary": to_text(limit.temporary, limit.currency),
        "currency": limit.currency,
        "until": limit.until_on.isoformat() if limit.until_on else None,
        "term_days": limit.term_days,
        "prepaid_percent": limit.prepaid_percent,
    }


def request_json(row: RequestRow) -> dict[str, Any]:
    """A request's keys."""
    wish = row.wish
    return {
        "request": row.number,
        "customer": row.customer_code or None,
        "group": row.group or None,
        "kind": wish.kind,
        "amount": to_text(wish.amount, wish.currency),
        "currency": wish.currency,
        "from": wish.from_on.isoformat(),
        "until": wish.until_on.isoformat() if wish.until_on else None,
        "term_days": wish.term_days,
        "prepaid_percent": wish.prepaid_percent,
        "method": row.method or None,
        "departures": row.calculation.get("departures", []),
        "reason": row.reason,
        "asked_by": row.asked_by,
        "asked_at": row.asked_at.isoformat(),
        "state": row.step or "waiting",
        "decided_by": row.decided_by or None,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "own": row.own,
        "comment": row.comment,
        "digest": row.digest,
    }


def _told(whose: str, limit: Limit) -> str:
    amount = f"{limit.currency} {to_text(limit.amount, limit.currency)}"
    until = f" → {limit.until_on}" if limit.until_on else ""
    return f"{whose}: {amount}{until} · {_(LIMIT_STATES[limit.state])}"


def _line(row: RequestRow) -> str:
    wish = row.wish
    amount = f"{wish.currency} {to_text(wish.amount, wish.currency)}"
    days = f"{wish.from_on} → {wish.until_on or ''}"
    whose = row.group or row.customer_name
    parts = [f"#{row.number or '–'}", whose, _(LIMIT_KINDS[wish.kind]), amount, days, row.asked_by, _(STEPS[row.step])]
    return "\t".join(parts) + (f"\n  {row.digest}" if not row.step else "")
