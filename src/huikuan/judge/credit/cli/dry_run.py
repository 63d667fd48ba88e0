"""`huikuan credit dry-run`: a policy over the company's own past."""

from __future__ import annotations

import csv
import json
import tomllib
from argparse import Namespace
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from huikuan.judge.credit.cli.options import finish, show
from huikuan.judge.credit.domain.limits import GRANTED, Limit
from huikuan.judge.credit.domain.usual import BY_POLICY, METHODS
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.customers.queries import customer

if TYPE_CHECKING:
    from huikuan.judge.credit.operations.dry_runs import Question
    from huikuan.mechanisms.policies.queries import InForce


def add_dry_run(actions: Any) -> None:
    """`huikuan credit dry-run`."""
    run = finish(actions.add_parser("dry-run", help=_("replay order checks over the company's own past")), _run)
    run.add_argument("--from", dest="since", default="", metavar="DATE", help=_("a year before --until if left out"))
    run.add_argument("--until", default="", metavar="DATE", help=_("today if left out"))
    run.add_argument(
        "--policy", default="", metavar="FILE|VERSION", help=_("order checks to try; 0: the shipped ones")
    )
    run.add_argument(
        "--rules", nargs="+", default=[], metavar="NAME=VALUE", help=_("changes to them, such as block_over=120")
    )
    run.add_argument("--terms", type=int, metavar="VERSION", help=_("credit policy to try; 0: the shipped one"))
    run.add_argument(
        "--limits", default=BY_POLICY, metavar="WAY|FILE",
        help=_("how limits are proposed where none was granted (%(ways)s), or a CSV with customer, limit, currency")
        % {"ways": ", ".join(METHODS)},
    )  # fmt: skip
    run.add_argument("--late", type=int, default=30, metavar="DAYS", help=_("who pays later than that pays late"))
    run.add_argument("--rows", action="store_true", help=_("with every order that was held or warned about"))


def _run(options: Namespace) -> int:
    from huikuan.judge.credit.operations.dry_runs import dry_run
    from huikuan.judge.credit.queries.dry_runs import dry_run_with_id, named, orders_of, report_of
    from huikuan.judge.credit.telling.dry_runs import report_json, report_lines, row_json

    at, company = datetime.now(UTC), company_record(options.company)
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=at)
    question = _question(options, company, scope, at)
    actor = commander(options, Permission.DRAFT_POLICY, company_id=company.pk, at=at)
    number = dry_run(company=company, question=question, actor=actor, clock=lambda: datetime.now(UTC))
    run = dry_run_with_id(number, scope=scope)
    frame = orders_of(run, scope=scope)
    report = report_of(run, frame)
    body = report_json(run, report)
    if options.rows:
        told = named(frame.filter(frame["decision"].is_in(["hold", "warn"])))
        body["rows"] = [row_json(row, company.currency) for row in told.iter_rows(named=True)]
    show(options, body, report_lines(run, report))
    return 0


def _question(options: Namespace, company: Company, scope: Scope, at: datetime) -> Question:
    from huikuan.judge.credit.operations.dry_runs import Question, terms_to_try
    from huikuan.judge.credit.queries.terms_then import Basis

    until = parse_date(options.until) if options.until else business_date(at, company.time_zone)
    since = parse_date(options.since) if options.since else until - timedelta(days=364)
    method = options.limits if options.limits in METHODS else BY_POLICY
    own = {} if options.limits in METHODS else _limits(Path(options.limits), company.currency, scope)
    terms = terms_to_try(company, at=at, version_id=options.terms)
    return Question(since, until, _policy(options, company, at), terms, Basis(method, own), options.late)


def _policy(options: Namespace, company: Company, at: datetime) -> InForce:
    from huikuan.judge.credit.operations.dry_runs import rules_to_try

    named = options.policy
    if named and not named.isdigit():
        found = rules_to_try(company, at=at, document=_document(Path(named)))
    else:
        found = rules_to_try(company, at=at, version_id=int(named) if named else None)
    if not options.rules:
        return found
    return rules_to_try(company, at=at, document=changed(found.document, options.rules))


def changed(document: Mapping[str, Any], rules: list[str]) -> dict[str, Any]:
    """The rules with some named differently: `order.overdue_days=15`. Refuses what names no rule or says no value."""
    wanted = deepcopy(dict(document))
    for rule in rules:
        name, _equals, text = rule.partition("=")
        *path, last = name.split(".")
        inside: Any = wanted
        for step in path:
            inside = inside.get(step) if isinstance(inside, dict) else None
        if not isinstance(inside, dict) or last not in inside:
            raise Refusal("dry_run_rule_bad", rule=rule)
        try:
            inside[last] = json.loads(text)
        except ValueError:
            inside[last] = text
    return wanted


def _document(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        said = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise Refusal("policy_file_unreadable", file=str(path), problem=str(error)) from error
    return said if isinstance(said, dict) else {}


def _limits(path: Path, currency: str, scope: Scope) -> dict[int, Limit]:
    """Customer → limit, of a CSV with the columns customer, limit and, where it is not the company's, currency."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise Refusal("dry_run_limits_bad", where=[Place(value=str(path), reason=str(error))]) from error
    places, found = [], dict[int, Limit]()
    for number, row in enumerate(rows, 2):
        into = (row.get("currency") or "").strip() or currency
        try:
            amount = to_minor((row.get("limit") or "").replace(",", ""), into)
            found[customer((row.get("customer") or "").strip(), scope=scope).id] = Limit(GRANTED, into, amount)
        except Refusal as refusal:
            places.append(Place(row=number, value=str(row), reason=refusal.code))
    if places or not found:
        raise Refusal("dry_run_limits_bad", where=places or [Place(column="customer", fix="customer,limit,currency")])
    return found
