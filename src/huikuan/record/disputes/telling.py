"""Disputes, their steps and figures as commands and programs are told."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from huikuan.kernel.money import to_text
from huikuan.record.disputes.domain.statistics import Figures
from huikuan.record.disputes.queries.disputes import DisputeRow, File, StepRow


def dispute_json(row: DisputeRow) -> dict[str, Any]:
    """A dispute's keys: amounts as decimal strings; `accepted` is what the department finds right, or was granted."""
    plain = ("id", "reason", "source", "said_by", "note", "business_type", "state", "department", "pauses", "actor")
    return {
        **{name: getattr(row, name) for name in plain},
        "company": row.company_code,
        "customer": row.customer_code,
        "item": row.item_id,
        "document_number": row.document_number,
        "currency": row.currency,
        "amount": to_text(row.amount, row.currency),
        "standing": to_text(row.standing, row.currency),
        "opened_on": row.opened_on.isoformat(),
        "role": row.role or None,
        "owner": row.owner or None,
        "answer_by": row.due_on.isoformat(),
        "outcome": row.outcome or None,
        "accepted": None if row.accepted is None else to_text(row.accepted, row.currency),
        "credit_item": row.credit_id,
        "resolved_on": row.resolved_on.isoformat() if row.resolved_on else None,
        "files": _files(row.files),
    }


def step_json(row: StepRow, currency: str) -> dict[str, Any]:
    """A step's keys."""
    return {
        "number": row.number,
        "step": row.step,
        "state": row.state,
        "on": row.effective_on.isoformat(),
        "department": row.department,
        "role": row.role or None,
        "owner": row.owner or None,
        "answer_by": row.due_on.isoformat(),
        "outcome": row.outcome or None,
        "accepted": None if row.accepted is None else to_text(row.accepted, currency),
        "credit_item": row.item_id,
        "note": row.note,
        "files": _files(row.files),
        "actor": row.actor,
    }


def figures_json(one: Figures) -> dict[str, Any]:
    """A line of statistics: share in percent, days with one decimal; null where nothing is resolved."""
    return {
        "value": one.value or None,
        "currency": one.currency,
        "count": one.count,
        "amount": to_text(one.amount, one.currency),
        "resolved": one.resolved,
        "resolved_amount": to_text(one.resolved_amount, one.currency),
        "granted": to_text(one.granted, one.currency),
        "granted_percent": None if one.share_e4 is None else f"{Decimal(one.share_e4) / 100:.2f}",
        "days": None if one.days_x10 is None else f"{Decimal(one.days_x10) / 10:.1f}",
    }


def _files(files: Sequence[File]) -> list[dict[str, str]]:
    return [{"name": one.name, "sha256": one.sha256} for one in files]
