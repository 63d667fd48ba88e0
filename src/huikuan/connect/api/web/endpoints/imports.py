"""Imports: a file becomes a draft, is planned, committed by the worker, and undone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import Part, Record, Text
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import company_id
from huikuan.connect.api.web.shapes import BATCH, ID, instant
from huikuan.connect.connectors.queries import BatchRow, batch, batches
from huikuan.mechanisms.identity.domain.roles import Permission

_VIEW = Permission.VIEW_IMPORTS


def list_batches(call: Call) -> Reply:
    """Batches, the newest first."""
    scope = call.caller.scope(_VIEW)
    before = int(call.place[0]) if call.place else None
    rows = batches(
        scope=scope, company_id=company_id(call.query["company"], scope), before=before, limit=call.limit + 1
    )
    more = [rows[call.limit - 1].id] if len(rows) > call.limit else None
    return Reply({"data": [batch_json(row) for row in rows[: call.limit]]}, next=more)


def show_batch(call: Call) -> Reply:
    """One batch."""
    return Reply(batch_json(found(lambda: batch(call.path["id"], scope=call.caller.scope(_VIEW)))))


def batch_json(row: BatchRow) -> dict[str, Any]:
    """A batch as it was committed."""
    said = {name: value for name, value in asdict(row).items() if name != "system"}
    return {
        **said,
        "as_of": row.as_of.isoformat() if row.as_of else None,
        "created_at": instant(row.created_at),
        "undone_at": instant(row.undone_at) if row.undone_at else None,
    }


READS = (
    Endpoint(
        "listImports", "GET", "/imports", gettext_noop("Imports, the newest first"), _VIEW, list_batches, BATCH,
        paged=True, query=Record({"company": Part(Text(20), gettext_noop("a company's code"), otherwise="")}),
    ),
    Endpoint(
        "showImport", "GET", "/imports/{id}", gettext_noop("One import"), _VIEW, show_batch, BATCH, params={"id": ID}
    ),
)  # fmt: skip
