"""Calls and visits as commands and programs are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from huikuan.act.visits.queries.calls import CallRow
from huikuan.act.visits.queries.visits import VisitRow

#: Company or customer id → its code.
Codes = Mapping[int, str]
_MEASURE = 1_000_000


def call_json(row: CallRow, companies: Codes, customers: Codes) -> dict[str, Any]:
    """A call's keys, with what was said: for whoever collects from the customer."""
    return {
        "id": row.id,
        "company": companies[row.company_id],
        "customer": customers[row.customer_id],
        "person": row.person or None,
        "result": row.result,
        "incoming": row.incoming,
        "on": row.called_on.isoformat(),
        "again_on": _day(row.again_on),
        "note": row.note,
        "actor": row.actor,
        "recorded_at": _instant(row.recorded_at),
    }


def visit_json(row: VisitRow, companies: Codes, customers: Codes, *, people: bool) -> dict[str, Any]:
    """A visit's keys. `people` false: who was met, where somebody stood and what was said are null."""
    return {
        "id": row.id,
        "company": companies[row.company_id],
        "customer": customers[row.customer_id],
        "on": row.planned_on.isoformat(),
        "visitor": row.visitor,
        "purpose": row.purpose,
        "note": row.note if people else None,
        "follows": row.follows,
        "state": row.state,
        "arrival": _arrival(row, people),
        "outcome": _outcome(row, people),
        "photos": [
            {"id": one.id, "name": one.file_name, "media_type": one.media_type, "sha256": one.sha256}
            for one in row.photos
        ],
        "actor": row.actor,
        "recorded_at": _instant(row.recorded_at),
    }


def _arrival(row: VisitRow, people: bool) -> dict[str, Any] | None:
    if row.arrival is None:
        return None
    where = row.arrival if people else None
    return {
        "at": _instant(row.arrival.at),
        "place": where.place if where else None,
        "latitude": _degrees(where.latitude_e6) if where else None,
        "longitude": _degrees(where.longitude_e6) if where else None,
    }


def _outcome(row: VisitRow, people: bool) -> dict[str, Any] | None:
    if row.end is None:
        return None
    return {
        "outcome": row.end.outcome,
        "on": row.end.on.isoformat(),
        "sights": list(row.end.sights),
        "satisfaction": row.end.satisfaction,
        "follow_up_on": _day(row.end.follow_up_on),
        "people": list(row.end.people) if people else None,
        "others": row.end.others if people else None,
        "note": row.end.note if people else None,
        "actor": row.end.actor,
    }


def _degrees(e6: int | None) -> str | None:
    """Degrees as a decimal string with six places."""
    if e6 is None:
        return None
    whole, part = divmod(abs(e6), _MEASURE)
    return f"{'-' if e6 < 0 else ''}{whole}.{part:06}"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
