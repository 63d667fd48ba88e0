"""Imports: a file becomes a draft, is planned, committed by the worker, and undone."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Choice,
    Day,
    Flag,
    Maybe,
    Part,
    Record,
    Table,
    Text,
    Whole,
    answered,
)
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import company_id, company_seen
from huikuan.connect.api.web.shapes import BATCH, ID, instant
from huikuan.connect.connectors.domain.rows import KINDS
from huikuan.connect.connectors.models import Batch, ImportDraft
from huikuan.connect.connectors.operations import drafts
from huikuan.connect.connectors.operations.undo import ask_undo
from huikuan.connect.connectors.queries import BatchRow, batch, batches
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.queries import latest

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


def upload(call: Call) -> Reply:
    """Take in a file, look at its columns, keep both as a draft."""
    if call.upload is None:
        raise AssertionError("an endpoint of files has one")
    asked, caller = call.query, call.caller
    company = company_seen(asked["company"], caller.scope(Permission.IMPORT))
    by: dict[str, Any] = {"actor": caller.actor, "at": call.at}
    draft = drafts.open_draft(
        call.upload.pieces(), name=asked["name"], kind=asked["kind"], company=company, as_of=asked["as_of"], **by
    )
    if asked["preset"]:
        try:
            drafts.use_preset(draft, asked["preset"], **by)
        except Refusal:
            drafts.discard(draft, **by)
            raise
    return Reply(draft_json(_draft(draft.pk)))


def show_draft(call: Call) -> Reply:
    """How far a draft is: open, planned, queued, committed."""
    return Reply(draft_json(_draft_named(call)))


def plan(call: Call) -> Reply:
    """Have the worker work out what a draft would do; nothing is written to the ledger."""
    draft = _draft_named(call)
    drafts.ask_check(draft, language=call.language, at=call.at)
    return Reply(draft_json(draft))


def commit(call: Call) -> Reply:
    """Have the worker commit the draft as it was looked at."""
    draft, said = _draft_named(call), call.body
    choices = drafts.Choices(said["skip_rejected"], said["on_conflict"], said["force"], said["again"])
    drafts.ask_commit(
        draft, choices, version=said["version"], language=call.language, actor=call.caller.actor, at=call.at
    )
    return Reply(draft_json(_draft(draft.pk)))


def undo(call: Call) -> Reply:
    """Have the worker reverse everything an import did."""
    scope = call.caller.scope(Permission.UNDO_IMPORT)
    row = found(lambda: batch(call.path["id"], scope=scope))
    ask_undo(Batch.objects.get(pk=row.id), language=call.language, actor=call.caller.actor, at=call.at)
    return Reply(batch_json(row))


def draft_json(draft: ImportDraft) -> dict[str, Any]:
    """A draft as it is now. `columns`: which column of the file is taken for which field."""
    plan_known = draft.preview if draft.preview.get("version") == draft.version else {}
    job = latest(drafts.COMMIT, str(draft.pk))
    return {
        "id": draft.pk,
        "company": Company.objects.values_list("code", flat=True).get(pk=draft.company_id),
        "kind": draft.kind,
        "state": draft.state,
        "version": draft.version,
        "file_name": draft.file_name,
        "file_sha256": draft.file_sha256,
        "as_of": draft.as_of.isoformat() if draft.as_of else None,
        "columns": draft.sample.get("chosen", {}),
        "plan": plan_known,
        "refusal": draft.refusal,
        "job": job[0].state if job else "",
        "result": draft.result,
    }


def _draft_named(call: Call) -> ImportDraft:
    draft = ImportDraft.objects.filter(pk=call.path["id"]).first()
    if draft is None or not call.caller.scope(Permission.IMPORT).whole(draft.company_id):
        raise Refusal("not_found")
    return draft


def _draft(draft_id: int) -> ImportDraft:
    return ImportDraft.objects.get(pk=draft_id)


DRAFT = answered(
    id=ID, company=Text(20), kind=Choice(tuple(KINDS)), state=Choice(tuple(ImportDraft.State.values)),
    version=Whole(), file_name=Text(255), file_sha256=Text(64), as_of=Maybe(Day()), columns=Table(), plan=Table(),
    refusal=Table(), job=Text(10), result=Table(),
)  # fmt: skip

WRITES = (
    Endpoint(
        "uploadImport", "POST", "/imports/drafts", gettext_noop("Upload a file; nothing is written to the ledger yet"),
        Permission.IMPORT, upload, DRAFT, status=201, file=True,
        query=Record({
            "company": Part(Text(20, 1), gettext_noop("a company's code"), required=True),
            "kind": Part(Choice(tuple(KINDS)), gettext_noop("what the rows are"), required=True),
            "name": Part(Text(200, 1), gettext_noop("the file's name; its ending says how it is read"), required=True),
            "as_of": Part(Day(), gettext_noop("the day of a snapshot of open items")),
            "preset": Part(Text(40), gettext_noop("read the columns by this preset"), otherwise=""),
        }),
    ),
    Endpoint(
        "showImportDraft", "GET", "/imports/drafts/{id}", gettext_noop("How far an upload is, its plan and result"),
        Permission.IMPORT, show_draft, DRAFT, params={"id": ID},
    ),
    Endpoint(
        "planImport", "POST", "/imports/drafts/{id}/plan", gettext_noop("Have it worked out what a commit would do"),
        Permission.IMPORT, plan, DRAFT, status=202, params={"id": ID},
    ),
    Endpoint(
        "commitImport", "POST", "/imports/drafts/{id}/commit", gettext_noop("Have the upload committed"),
        Permission.IMPORT, commit, DRAFT, status=202, params={"id": ID},
        body=Record({
            "version": Part(Whole(1, 2_000_000_000), gettext_noop("the version that was looked at"), required=True),
            "skip_rejected": Part(Flag(), gettext_noop("import the good rows"), otherwise=False),
            "on_conflict": Part(Choice(("list", "keep", "replace")), otherwise="list"),
            "force": Part(Flag(), gettext_noop("take a snapshot that asks to be looked at"), otherwise=False),
            "again": Part(Flag(), gettext_noop("the same file once more"), otherwise=False),
        }),
    ),
    Endpoint(
        "undoImport", "POST", "/imports/{id}/undo", gettext_noop("Have everything an import did reversed"),
        Permission.UNDO_IMPORT, undo, BATCH, status=202, params={"id": ID},
    ),
)  # fmt: skip
