"""What a dry run came to, in words and in JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huikuan.judge.credit.messages import BASES, DECISIONS, RULES
from huikuan.judge.credit.queries.dry_runs import DryRunRow, Figures, Report
from huikuan.judge.credit.telling.decisions import told_reasons
from huikuan.kernel.money import to_text
from huikuan.mechanisms.pages.figures import grouped

_AMOUNTS = (
    "amount", "held_amount", "warned_amount", "lost", "late", "at_risk", "withdrawn", "unknown", "missed_amount",
    "unjudged_amount",
)  # fmt: skip
_COUNTS = ("orders", "held", "warned", "missed", "unjudged")


def report_json(run: DryRunRow, report: Report) -> dict[str, Any]:
    """A report's keys: amounts as decimal strings; `late_amount_days` is the sum of late amounts times their days."""
    return {
        "dry_run": run.id,
        "company": run.company.code,
        "from": run.since.isoformat(),
        "until": run.until.isoformat(),
        "looked_on": run.looked_on.isoformat(),
        "late_over": run.late_over,
        "policy": {"version": run.policy_number, "version_id": run.policy_version_id, "document": run.document},
        "limits": run.method,
        "own_limits": run.own_limits,
        "invoices_for_orders": report.invoices,
        "held_orders_leave_later_exposure": True,
        "totals": figures_json(report.together),
        "by_currency": [figures_json(one) for one in report.by_currency],
        "without_rate": [one.currency for one in report.apart],
        "reasons": dict(report.reasons),
    }


def figures_json(of: Figures) -> dict[str, Any]:
    """One currency's figures."""
    return {
        "currency": of.currency,
        **{name: getattr(of, name) for name in _COUNTS},
        **{name: to_text(getattr(of, name), of.currency) for name in _AMOUNTS},
        "late_amount_days": to_text(of.late_days, of.currency),
        "average_days_late": average_days(of),
    }


def average_days(of: Figures) -> str | None:
    """Days past due of what was held and paid late, weighted by amount, with one decimal; None: nothing was."""
    if not of.late:
        return None
    tenths = (of.late_days * 20 + of.late) // (of.late * 2)
    return f"{tenths // 10}.{tenths % 10}"


def headline(run: DryRunRow, of: Figures) -> str:
    """The report in a sentence."""
    said = ngettext(
        "With these rules from %(since)s to %(until)s: %(held)s order held, %(avoided)s of later losses and delays"
        " avoided, %(risk)s of sales at risk.",
        "With these rules from %(since)s to %(until)s: %(held)s orders held, %(avoided)s of later losses and delays"
        " avoided, %(risk)s of sales at risk.",
        of.held,
    )
    return said % {
        "since": run.since.isoformat(),
        "until": run.until.isoformat(),
        "held": f"{of.held:,}",
        "avoided": _sum_of(of.lost + of.late, of.currency),
        "risk": _sum_of(of.at_risk, of.currency),
    }


def report_lines(run: DryRunRow, report: Report) -> list[str]:
    """The report for a terminal."""
    lines = [headline(run, one) for one in (report.together, *report.apart)]
    lines.append("  " + _("Limits where none had been granted: %(method)s") % {"method": _(BASES[run.method])})
    if report.invoices:
        lines.append("  " + _("Invoices that stand for an order: %(count)s") % {"count": f"{report.invoices:,}"})
    return [*lines, *(f"  {_(RULES.get(rule, rule))}\t{count:,}" for rule, count in report.reasons)]


def row_json(row: Mapping[str, Any], company_currency: str) -> dict[str, Any]:
    """An order's keys."""
    own, currency = row["limit_currency"] or company_currency, row["currency"]
    parts = ("lost", "late", "in_time", "withdrawn", "unknown")
    return {
        "document": row["document"],
        "number": row["number"],
        "customer": row["customer_code"],
        "date": row["day"].isoformat(),
        "currency": currency,
        "amount": to_text(row["amount"], currency),
        "decision": row["decision"] or None,
        "grade": row["grade"] or None,
        "limit": None if row["limit"] is None else to_text(row["limit"], own),
        "exposure": None if row["after"] is None else to_text(row["after"], own),
        "limit_currency": own,
        **{name: to_text(row[name], currency) for name in parts},
        "reasons": reasons_of(row, company_currency),
    }


def reasons_of(row: Mapping[str, Any], company_currency: str) -> list[str]:
    """Why the order would have been held or warned about; of others why not."""
    if not row["content"]:
        decided = row["decision"]
        return [_(DECISIONS[decided]) if decided else _("Not judged: too little was known by then.")]
    return told_reasons(json.loads(row["content"]), company_currency)


def _sum_of(minor: int, currency: str) -> str:
    return f"{currency} {grouped(to_text(minor, currency))}"
