"""What commands and programs are answered about a day's collecting and about holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import translation

from huikuan.act.collection.queries.holds import HoldRow
from huikuan.act.collection.queries.preview import Left, Row
from huikuan.act.collection.telling import reason_text, stop_text


def day_json(on: date, rows: Sequence[Row], excluded: Sequence[Left]) -> dict[str, Any]:
    """A day as commands and programs read it, in the order of the customers; the reasons are in English."""
    with translation.override("en"):
        return {
            "date": on.isoformat(),
            "rows": [
                {
                    "customer": row.customer,
                    "document_no": row.document_number,
                    "step": row.step,
                    "channel": row.channel,
                    "template": row.template,
                    "reason": reason_text(row.why, row.together),
                }
                for row in rows
            ],
            "excluded": [{"document_no": one.document_number, "reason": stop_text(one.stop)} for one in excluded],
        }


def hold_json(row: HoldRow) -> dict[str, Any]:
    """A hold as commands and programs read it; `document_no` '': of the customer with all it owes."""
    return {
        "hold": row.id,
        "customer": row.customer,
        "document_no": row.document_number,
        "reason": row.reason,
        "from": row.from_on.isoformat(),
        "until": row.until.isoformat() if row.until else None,
    }
