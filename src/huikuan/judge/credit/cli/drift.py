"""`huikuan credit limit drift`: limits beside what the policy gives today, of all customers."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.judge.credit.cli.options import finish, show
from huikuan.judge.credit.domain.drift import SIGNS as NAMES
from huikuan.judge.credit.domain.drift import Measure
from huikuan.judge.credit.messages import SIGNS
from huikuan.judge.credit.queries.drift import DriftRow, drift_report
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.commanding import reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record


def add_drift(verbs: Any) -> None:
    """`huikuan credit limit drift`."""
    usual = Measure()
    drift = finish(verbs.add_parser("drift", help=_("limits beside what the policy gives, of all customers")), _drift)
    drift.add_argument("--as-of", default="", metavar="DATE", help=_("by what was effective then"))
    drift.add_argument("--percent", type=int, default=usual.percent, help=_("let pass so many percent more or less"))
    drift.add_argument(
        "--within", type=int, default=usual.soon_days, metavar="DAYS", help=_("ends within so many days")
    )
    drift.add_argument("--sign", choices=NAMES, default="", help=_("only these"))


def _drift(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    day = parse_date(options.as_of) if options.as_of else business_date(at, company.time_zone)
    measure = Measure(max(0, options.percent), max(0, options.within))
    scope = reader_scope(options, Permission.VIEW_LEDGER, at=at)
    found = drift_report(company, scope=scope, day=day, at=at, measure=measure)
    rows = [row for row in found.rows if not options.sign or options.sign in row.drift.signs]
    body = {
        "company": company.code,
        "as_of": day.isoformat(),
        "policy": found.policy,
        "looked_at": found.looked_at,
        "counts": found.counts,
        "rows": [_row(row) for row in rows],
    }
    show(options, body, [_line(row) for row in rows] or [_("Nothing is to be seen to.")])
    return 0


def _row(row: DriftRow) -> dict[str, Any]:
    limit, drift = row.limit, row.drift
    return {
        "customer": None if row.group else row.code,
        "group": row.group or None,
        "grade": row.grade or None,
        "grade_then": row.grade_then or None,
        "state": limit.state,
        "limit": to_text(limit.amount, limit.currency),
        "currency": row.currency,
        "until": limit.until_on.isoformat() if limit.until_on else None,
        "standing": _text(drift.stands, row.currency),
        "proposed": _text(drift.given, row.currency),
        "difference": _text(drift.difference, row.currency),
        "percent": drift.percent,
        "signs": list(drift.signs),
    }


def _line(row: DriftRow) -> str:
    drift = row.drift
    amounts = " → ".join(_text(one, row.currency) or "–" for one in (drift.stands, drift.given))
    return "\t".join([row.code, row.name, row.grade or "–", amounts, ", ".join(_(SIGNS[one]) for one in drift.signs)])


def _text(amount: int | None, currency: str) -> str | None:
    return None if amount is None else to_text(amount, currency)
