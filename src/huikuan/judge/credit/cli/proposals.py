"""`huikuan credit limit calculate`: what the policy gives, and how that comes about."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.judge.credit.cli.options import finish, show
from huikuan.judge.credit.domain.proposing import GroupProposal, Proposal
from huikuan.judge.credit.messages import METHODS
from huikuan.judge.credit.queries.proposals import proposed, proposed_group
from huikuan.judge.credit.telling.proposals import group_json, proposal_json, told_figure, told_missing, told_steps
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.identity.commanding import reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.customers.queries import customer, customers_by_id


def add_calculate(verbs: Any) -> None:
    """`huikuan credit limit calculate NODE`."""
    calculate = finish(
        verbs.add_parser("calculate", help=_("the limit and terms the credit policy gives")), _calculate
    )
    calculate.add_argument("node", metavar="CUSTOMER", help=_("code of the customer, or of the group with --group"))
    calculate.add_argument("--group", action="store_true", help=_("for everybody in a group together"))
    calculate.add_argument("--as-of", default="", metavar="DATE", help=_("by what was effective then"))
    add_sales_option(calculate)


def add_sales_option(parser: Any) -> None:
    """A year's sales in place of the ledger's."""
    parser.add_argument("--sales", default="", metavar="AMOUNT", help=_("a year's sales without VAT, as planned"))


def _calculate(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    day = parse_date(options.as_of) if options.as_of else business_date(at, company.time_zone)
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=at)
    if options.group:
        found = proposed_group(company, options.node, day=day, at=at, scope=scope)
        codes = {one.id: one.code for one in customers_by_id([key for key, _each in found.proposal.members]).values()}
        body = {"company": company.code, "group": options.node, **group_json(found, codes)}
        show(options, body, _group_lines(found.proposal, codes))
        return 0
    row = customer(options.node, scope=scope)
    sales = to_minor(options.sales, company.currency) if options.sales else None
    one = proposed(company, row.id, day=day, at=at, scope=scope, stated_sales=sales)
    show(options, {"company": company.code, "customer": row.code, **proposal_json(one)}, list(_lines(one.proposal)))
    return 0


def _lines(one: Proposal) -> Iterable[str]:
    for worked in one.methods:
        outcome = told_missing(worked) if worked.amount is None else _money(worked.amount, one.currency)
        yield f"{_(METHODS[worked.method])}: {outcome}"
        for figure in worked.figures:
            name, value, source = told_figure(figure, one.currency)
            yield f"  {name} {value} · {source} · {figure.on}"
        yield from (f"  {name} {value}" for name, value in told_steps(worked.steps, one.currency))
    yield from (f"{name} {value}" for name, value in told_steps(one.steps, one.currency))
    amount = _("nothing can be worked out") if one.amount is None else _money(one.amount, one.currency)
    terms = _("%(days)s days, %(percent)s %% ahead") % {"days": one.term_days, "percent": one.prepaid_percent}
    yield f"{one.known.grade or '–'} · {amount} · {terms} → {one.until_on}"


def _group_lines(one: GroupProposal, codes: dict[int, str]) -> list[str]:
    members = [
        f"{codes[customer_id]}\t{'–' if each.amount is None else _money(each.amount, one.currency)}"
        for customer_id, each in one.members
    ]
    steps = [f"{name} {value}" for name, value in told_steps(one.steps, one.currency)]
    return [*members, *steps, f"{_money(one.amount, one.currency)} → {one.until_on}"]


def _money(minor: int, currency: str) -> str:
    return f"{currency} {to_text(minor, currency)}"
