"""Commands of planning: `huikuan planning draft|list|edit|agree|explain|tiers|assign`."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.act.planning.domain.drafting import METHODS, SLIPS
from huikuan.act.planning.messages import METHODS as METHOD_NAMES
from huikuan.act.planning.messages import STATES as STATE_NAMES
from huikuan.act.planning.operations.plans import AGREES, WRITES, agree_lines, draft_plan, edit_line, explain_line
from huikuan.act.planning.operations.tiers import assign_tiers
from huikuan.act.planning.queries.plans import Asking, PlanRow, company_of, month_plan, plan_line, sums_of
from huikuan.act.planning.queries.tiers import TierRow, tiers_seen
from huikuan.act.planning.telling import line_json, sums_json, tier_json
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.identity.actors import add_command
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record, company_zone, require_whole


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("planning", help=_("what is to come in by when, and tiers")).add_subparsers(
        dest="action", required=True
    )
    draft = add_command(actions, "draft", _draft, _("draft a month from due dates, promises and instalments"))
    listing = add_command(actions, "list", _list, _("a month's plan against what came"))
    tiers = add_command(actions, "tiers", _tiers, _("customers by collection tier"))
    tiers.add_argument("--tier", default="", metavar="CODE")
    tiers.add_argument("--changed", action="store_true", help=_("those that changed tier in the last 30 days"))
    assign = add_command(actions, "assign", _assign, _("put customers into their tiers as of today"))
    for parser in (draft, listing):
        parser.add_argument("--month", default="", metavar="YYYY-MM", help=_("this month if left out"))
    for parser in (listing, tiers):
        parser.add_argument("--as-of", default="", metavar="DATE")
    for parser in (draft, listing, tiers, assign):
        parser.add_argument("--company", default="MAIN", metavar="CODE")
    edit = add_command(actions, "edit", _edit, _("say otherwise what a line says"))
    edit.add_argument("--amount", default="")
    edit.add_argument("--by", default="", metavar="DATE", help=_("the day by which it comes"))
    edit.add_argument("--method", default="", choices=["", *METHODS])
    for name in ("owner", "strategy", "note"):
        edit.add_argument(f"--{name}", default=None)
    agree = add_command(actions, "agree", _agree, _("agree lines that somebody else drafted or edited"))
    agree.add_argument("lines", type=int, nargs="+", metavar="LINE")
    explain = add_command(actions, "explain", _explain, _("why a line did not come as planned"))
    explain.add_argument("--slip", required=True, choices=SLIPS)
    explain.add_argument("--note", required=True, help=_("in words"))
    for parser in (edit, explain):
        parser.add_argument("line", type=int)
    edit.add_argument("--seen", type=int, metavar="VERSION", help=_("refuse if it is another by now"))


def _draft(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    done = draft_plan(company_id=company.pk, month=_month(options, at, company.time_zone), actor=actor, at=at)
    said = _("%(made)s lines made, %(changed)s changed, %(kept)s left as people said")
    numbers = {"made": done.made, "changed": done.changed, "kept": done.kept}
    return _tell(options, numbers, [said % numbers])


def _list(options: Namespace) -> int:
    asking, company = _asking(options), company_record(options.company)
    month = _month(options, datetime.now(UTC), company.time_zone)
    rows = month_plan(month, asking)
    body = {
        "month": f"{month:%Y-%m}",
        "as_of": asking.day.isoformat(),
        "lines": [line_json(row) for row in rows],
        "sums": [sums_json(one) for one in sums_of(rows)],
    }
    return _tell(options, body, [_line(row) for row in rows])


def _edit(options: Namespace) -> int:
    row, at = _found(options, options.line, WRITES), datetime.now(UTC)
    changes: dict[str, Any] = {
        name: getattr(options, name) for name in ("owner", "strategy", "note") if getattr(options, name) is not None
    }
    if options.amount:
        changes["amount"] = to_minor(options.amount, row.currency)
    if options.by:
        changes["planned_on"] = parse_date(options.by)
    if options.method:
        changes["method"] = options.method
    seen_version = row.version if options.seen is None else options.seen
    actor = commander(options, WRITES, company_id=row.company_id, at=at)
    edit_line(line_id=row.line_id, seen_version=seen_version, changes=changes, actor=actor, at=at)
    return _tell_one(options, row.line_id, WRITES)


def _agree(options: Namespace) -> int:
    at = datetime.now(UTC)
    rows = [_found(options, number, AGREES) for number in options.lines]
    for row in rows:
        actor = commander(options, AGREES, company_id=row.company_id, at=at)
    # A command line approves nothing unless it is somebody's who may on the web, too.
    done = agree_lines(versions={row.line_id: row.version for row in rows}, actor=actor.removeprefix("cli:"), at=at)
    return _tell(options, {"agreed": done}, [_("%(count)s lines agreed") % {"count": done}])


def _explain(options: Namespace) -> int:
    row, at = _found(options, options.line, WRITES), datetime.now(UTC)
    actor = commander(options, WRITES, company_id=row.company_id, at=at)
    explain_line(line_id=row.line_id, slip=options.slip, words=options.note, actor=actor, at=at)
    return _tell_one(options, row.line_id, WRITES)


def _tiers(options: Namespace) -> int:
    asking = _asking(options)
    rows = tiers_seen(asking, tier=options.tier, drifted=options.changed)
    body = {"as_of": asking.day.isoformat(), "customers": [tier_json(row) for row in rows]}
    return _tell(options, body, [_tier_line(row) for row in rows])


def _assign(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    require_whole(actor, WRITES, company_id=company.pk, at=at)
    done = assign_tiers(company_id=company.pk, actor=actor, at=at)
    numbers = {"first": done.first, "changed": done.changed, "left": done.left}
    said = _("%(first)s customers came into a tier, %(changed)s changed it, %(left)s are in none any more")
    return _tell(options, numbers, [said % numbers])


def _asking(options: Namespace) -> Asking:
    at, company = datetime.now(UTC), company_record(options.company)
    day = parse_date(options.as_of) if options.as_of else business_date(at, company.time_zone)
    return Asking(reader_scope(options, Permission.VIEW_LEDGER, at=at), company.pk, day)


def _month(options: Namespace, at: datetime, zone: str) -> date:
    if not options.month:
        return business_date(at, zone).replace(day=1)
    try:
        return parse_date(f"{options.month}-01")
    except Refusal:
        raise Refusal("plan_month_bad", month=options.month) from None


def _found(options: Namespace, line_id: int, permission: Permission) -> PlanRow:
    at = datetime.now(UTC)
    scope = reader_scope(options, permission, at=at)
    company_id = company_of(line_id, scope)
    return plan_line(line_id, Asking(scope, company_id, business_date(at, company_zone(company_id))))


def _tell_one(options: Namespace, line_id: int, permission: Permission) -> int:
    row = _found(options, line_id, permission)
    return _tell(options, line_json(row), [_line(row)])


def _line(row: PlanRow) -> str:
    method = METHOD_NAMES.get(row.method, "")
    state = STATE_NAMES.get(row.state, "")
    parts = [
        f"#{row.line_id}", row.customer_name, row.contract_number or "–",
        f"{row.currency} {to_text(row.actual.cash, row.currency)} / {to_text(row.amount, row.currency)}",
        str(row.planned_on or "–"), _(method) if method else "–", row.owner, _(state) if state else "–",
    ]  # fmt: skip
    return "\t".join(parts)


def _tier_line(row: TierRow) -> str:
    one = row.standing
    amount = "–" if one.amount is None else to_text(one.amount, one.currency)
    return "\t".join([one.tier, row.customer_name, one.grade or "–", amount, str(one.cycle_days or "–"),
                      f"{one.before} → {one.tier}" if row.drifted else ""])  # fmt: skip


def _tell(options: Namespace, body: Any, lines: Sequence[str]) -> int:
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
    return 0
