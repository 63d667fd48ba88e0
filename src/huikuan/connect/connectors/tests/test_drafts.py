"""Uploads on their way to a batch: one path with the command line, committed once, kept and tidied."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from huikuan.connect.connectors import drafts_folder, presets
from huikuan.connect.connectors.domain.choosing import Choice
from huikuan.connect.connectors.domain.overlay import Edit
from huikuan.connect.connectors.models import Batch, CellEdit, ImportDraft
from huikuan.connect.connectors.operations import drafts
from huikuan.connect.connectors.operations.drafts import Choices
from huikuan.connect.connectors.operations.files import Asked, import_file
from huikuan.connect.connectors.operations.previews import preview_draft
from huikuan.connect.connectors.operations.undo import UNDO_JOB, ask_undo
from huikuan.connect.connectors.originals import original_path
from huikuan.connect.connectors.queries import original_line
from huikuan.connect.connectors.tests.ledgers import company, open_by_key, sizes
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.jobs import operations as jobs
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.queries import latest, worker_seen
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.shell.wiring import jobs as handlers

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
HEADER = "客户编码,客户名称,发票号码,开票日期,到期日,金额,币种"
GOOD = ["C1,江临试制,INV1,2026-01-10,2026-02-10,100.05,CNY", "C2,北麓,INV2,2026-01-11,2026-02-11,200.00,CNY"]
BAD = ["C3,宏朔,INV3,2026-01-32,2026-02-12,300.00,CNY", "C3,宏朔,INV4,2026-01-13,2026-02-13,#N/A,CNY"]
DAY = date(2026, 2, 28)


@pytest.fixture
def clerk() -> str:
    company()
    User.objects.create_user("zhou", password="correct horse 9")
    grant_role(username="zhou", role="finance_manager", actor="cli:test", at=AT)
    return "zhou"


def bytes_of(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines]).encode()


def upload(*lines: str, actor: str = "zhou", kind: str = "items", as_of: date | None = None) -> ImportDraft:
    return drafts.open_draft(
        [bytes_of(*lines)], name="应收.csv", kind=kind, company=company(), as_of=as_of, actor=actor, at=AT
    )


def again(draft: ImportDraft) -> ImportDraft:
    return ImportDraft.objects.get(pk=draft.pk)


def looked_at(draft: ImportDraft) -> dict[str, Any]:
    return preview_draft(again(draft), language="en", actor="zhou", at=AT)


def ask(draft: ImportDraft, **changes: Any) -> bool:
    draft = again(draft)
    stated = {"version": draft.version, "language": "en", "actor": "zhou", "at": AT}
    choices = {name: changes.pop(name) for name in list(changes) if name in Choices.__dataclass_fields__}
    return drafts.ask_commit(draft, Choices(**choices), **{**stated, **changes})


def work() -> None:
    """Everything due is done, except what recurs."""
    ours = {kind: handler for kind, handler in handlers().items() if kind.startswith("imports.") and not handler.every}
    Worker(ours).run(until_idle=True)


def refused(code: str, call: Any, *given: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as raised:
        call(*given, **named)
    assert raised.value.code == code
    return raised.value


def test_a_draft_becomes_the_batch_the_command_line_would_make(clerk: str, tmp_path: Path) -> None:
    draft = upload(*GOOD)
    before = sizes()
    told = looked_at(draft)
    assert sizes() == before
    path = tmp_path / "应收.csv"
    path.write_bytes(bytes_of(*GOOD))
    by_hand = import_file(path, Asked("items", company(), "cli:test", AT, dry_run=True)).result
    assert {name: told[name] for name in ("read", "created", "duplicates", "conflicts", "rejected", "totals")} == {
        name: getattr(by_hand, name) for name in ("read", "created", "duplicates", "conflicts", "rejected", "totals")
    }
    assert ask(draft)
    work()
    done = again(draft)
    batch = Batch.objects.get()
    assert (done.state, done.result["batch"], done.result["created"]) == ("committed", batch.pk, 2)
    assert (batch.draft_id, batch.actor, batch.file_sha256) == (draft.pk, "zhou", draft.file_sha256)
    assert open_by_key(DAY) == {"INV1": 10_005, "INV2": 20_000}
    assert not drafts_folder.path_of(draft.stored).exists()
    # The command line knows the rows again: the same keys, the same contents.
    repeated = import_file(path, Asked("items", company(), "cli:test", AT)).result
    assert (repeated.created, repeated.duplicates) == (0, 2)


def test_mended_cells_lie_over_the_file_and_are_recorded_with_the_batch(clerk: str) -> None:
    draft = upload(*GOOD, *BAD)
    told = looked_at(draft)
    assert (told["read"], told["rejected"], told["bad"]) == (4, 2, 2)
    drafts.mend_cell(again(draft), Edit(4, "开票日期", "2026-01-31"), actor="zhou", at=AT)
    assert looked_at(draft)["rejected"] == 1
    drafts.mend_cell(again(draft), Edit(5, "金额", "400"), actor="zhou", at=AT)
    drafts.withdraw_edit(again(draft), 5, "金额", actor="zhou", at=AT)
    assert looked_at(draft)["rejected"] == 1
    drafts.mend_cell(again(draft), Edit(5, "金额", "400.10"), actor="zhou", at=AT)
    assert looked_at(draft)["rejected"] == 0
    assert ask(draft)
    work()
    batch = Batch.objects.get()
    assert batch.edits == [
        {"row": 4, "column": "开票日期", "before": "2026-01-32", "after": "2026-01-31"},
        {"row": 5, "column": "金额", "before": "#N/A", "after": "400.10"},
    ]
    assert open_by_key(DAY) == {"INV1": 10_005, "INV2": 20_000, "INV3": 30_000, "INV4": 40_010}
    assert original_path(batch).read_bytes() == bytes_of(*GOOD, *BAD)
    line = original_line(batch.pk, 5, scope=EVERYTHING)
    assert line.converted["amount"] == "40010"
    assert "#N/A" in dict(line.lines)[5]


def test_only_cells_that_were_found_bad_are_mended(clerk: str) -> None:
    draft = upload(*GOOD, *BAD)
    looked_at(draft)
    version = again(draft).version
    for edit in (Edit(2, "金额", "1"), Edit(4, "金额", "1"), Edit(99, "金额", "1"), Edit(4, "没有", "1")):
        refused("cell_not_open", drafts.mend_cell, again(draft), edit, actor="zhou", at=AT)
    refused("cell_too_long", drafts.mend_cell, again(draft), Edit(5, "金额", "1" * 2001), actor="zhou", at=AT)
    assert CellEdit.objects.count() == 0
    assert again(draft).version == version


def test_asking_twice_commits_once_and_a_stale_page_not_at_all(clerk: str) -> None:
    draft = upload(*GOOD)
    assert ask(draft)
    assert not ask(draft)
    assert Job.objects.filter(kind=drafts.COMMIT).count() == 1
    work()
    assert not ask(draft)
    work()
    assert Batch.objects.count() == 1
    other = upload(*GOOD, *BAD)
    looked_at(other)
    stale = again(other).version
    drafts.mend_cell(again(other), Edit(5, "金额", "400"), actor="zhou", at=AT)
    refused("draft_changed", ask, other, version=stale)
    assert again(other).state == "open"


def test_a_refused_commit_opens_the_draft_again_and_says_why(clerk: str) -> None:
    draft = upload(*GOOD, *BAD)
    before = sizes()
    assert ask(draft)
    refused("draft_closed", drafts.withdraw_edit, again(draft), 4, "金额", actor="zhou", at=AT)
    work()
    opened = again(draft)
    assert (opened.state, opened.refusal["code"], opened.refusal["places"]) == ("open", "import_rejected", 2)
    assert sizes() == before
    assert ask(draft, skip_rejected=True)
    work()
    assert again(draft).result["rejected"] == 2
    assert open_by_key(DAY) == {"INV1": 10_005, "INV2": 20_000}


def test_conflicts_are_kept_or_replaced_as_chosen(clerk: str) -> None:
    first = upload(*GOOD)
    ask(first)
    work()
    changed = upload(GOOD[0].replace("100.05", "111.00"), GOOD[1])
    told = looked_at(changed)
    assert (told["conflicts"], told["duplicates"], len(told["conflicting"])) == (1, 1, 1)
    ask(changed)
    work()
    assert again(changed).refusal["code"] == "import_conflicts"
    ask(changed, on_conflict="replace")
    work()
    assert open_by_key(DAY) == {"INV1": 11_100, "INV2": 20_000}


def test_an_older_snapshot_asks_and_is_taken_when_told(clerk: str) -> None:
    ask(upload(*GOOD, kind="open-items", as_of=date(2026, 2, 20)))
    work()
    older = upload(GOOD[0], kind="open-items", as_of=date(2026, 2, 10))
    told = looked_at(older)
    assert told["asks"]["code"] == "snapshot_older"
    assert {entry["change"]: entry["count"] for entry in told["diff"]} == {"same": 1, "gone": 1}
    ask(older)
    work()
    assert again(older).refusal["code"] == "snapshot_older"
    ask(older, force=True)
    work()
    assert again(older).state == "committed"


def test_a_draft_needs_the_right_to_import_at_upload_and_at_commit(clerk: str) -> None:
    User.objects.create_user("sales", password="correct horse 9")
    grant_role(username="sales", role="sales", actor="cli:test", at=AT)
    refused("not_permitted", upload, *GOOD, actor="sales")
    draft = upload(*GOOD)
    refused("not_permitted", ask, draft, actor="sales")
    ask(draft)
    User.objects.filter(username="zhou").update(is_active=False)
    work()
    assert (again(draft).state, again(draft).refusal["code"]) == ("open", "not_permitted")
    assert Batch.objects.count() == 0


def test_what_is_refused_at_upload_leaves_nothing(clerk: str, data_folder: Path) -> None:
    for name, content, code in (
        ("a.csv", b"", "file_empty"),
        ("a.exe", b"MZ\x90\x00", "file_type_unknown"),
        ("a.xlsx", b"a,b\n1,2", "file_type_differs"),
        ("a.csv", b"<html><script>alert(1)</script>", "file_type_differs"),
        ("a.csv", HEADER.encode(), "sheet_empty"),
    ):
        refused(
            code, drafts.open_draft, [content],
            name=name, kind="items", company=company(), as_of=None, actor="zhou", at=AT,
        )  # fmt: skip
    refused("snapshot_needs_day", upload, *GOOD, kind="open-items")
    refused("kind_of_file_unknown", upload, *GOOD, kind="nothing")
    assert list((data_folder / "drafts").iterdir()) == []
    assert ImportDraft.objects.count() == 0


def test_one_person_has_so_many_open_drafts(clerk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MOST_OPEN", 2)
    kept = [upload(*GOOD), upload(*GOOD)]
    refused("drafts_too_many", upload, *GOOD)
    drafts.discard(kept[0], actor="zhou", at=AT)
    assert not drafts_folder.path_of(kept[0].stored).exists()
    upload(*GOOD)


def test_old_drafts_and_orphaned_bytes_are_removed_and_nothing_else(clerk: str) -> None:
    old, new, waiting = upload(*GOOD, *BAD), upload(*GOOD), upload(*GOOD)
    looked_at(old)
    drafts.mend_cell(again(old), Edit(5, "金额", "1"), actor="zhou", at=AT)
    ask(waiting)
    later = datetime.now(UTC) + timedelta(days=30)
    ImportDraft.objects.filter(pk=new.pk).update(changed_at=later)
    orphan = drafts_folder.path_of("0" * 32)
    orphan.write_bytes(b"left behind")
    assert drafts.tidy_drafts(at=later) == 2
    assert set(ImportDraft.objects.values_list("pk", flat=True)) == {new.pk, waiting.pk}
    assert CellEdit.objects.count() == 0
    left = {path.name for path in orphan.parent.iterdir()}
    assert left == {new.stored, waiting.stored}


def test_columns_chosen_by_hand_are_read_so_and_kept_as_a_preset(clerk: str) -> None:
    header = "谁,号,哪天,多少"
    rows = [f"江临试制,A{number},2026-01-1{number},{number}.5" for number in range(1, 4)]
    draft = drafts.open_draft(
        ["\n".join([header, *rows]).encode()],
        name="a.csv", kind="items", company=company(), as_of=None, actor="zhou", at=AT,
    )  # fmt: skip
    chosen = {"谁": "customer_name", "号": "document_number", "哪天": "document_date"}
    describe = {"as_of": None, "actor": "zhou", "at": AT}
    lacking = refused("fields_missing", drafts.describe, draft, Choice(chosen, ("号",)), **describe)
    assert lacking.params["fields"] == "amount, due_date"
    twice = Choice({**chosen, "多少": "document_date"}, ("号",))
    refused("field_twice", drafts.describe, draft, twice, **describe)
    chosen["多少"] = "amount"
    refused("terms_unreadable", drafts.describe, draft, Choice(chosen, ("号",), terms="soon"), **describe)
    choice = Choice(chosen, ("号",), currency="美元", terms="30")
    drafts.describe(draft, choice, **describe)
    drafts.keep_as_preset(again(draft), "对账-表", actor="zhou", at=AT)
    told = looked_at(draft)
    assert told["totals"] == [
        {"currency": "USD", "items": 3, "receipts": 0, "settlements": 0, "debits": "7.50", "credits": "0.00"}
    ]
    kept = presets.load_preset("对账-表", company="MAIN")
    assert (kept.columns["amount"], kept.constants, kept.derived["due_date"].days) == (
        ("多少",),
        {"currency": "USD"},
        30,
    )
    second = drafts.open_draft(
        ["\n".join(["出自 ERP,,,", header, *rows]).encode()],
        name="b.csv", kind="items", company=company(), as_of=None, actor="zhou", at=AT,
    )  # fmt: skip
    drafts.use_preset(second, "对账-表", actor="zhou", at=AT)
    assert drafts.choice_of(again(second)) == Choice(chosen, ("号",), currency="USD", terms="30")
    assert again(second).sample["header_row"] == 2
    presets.delete_preset("对账-表", company="MAIN")
    refused("preset_unknown", drafts.use_preset, second, "对账-表", actor="zhou", at=AT)


def test_undo_is_done_by_the_worker_and_tells_what_stands_in_its_way(clerk: str) -> None:
    ask(upload(*GOOD))
    work()
    first = Batch.objects.get()
    ask(upload(GOOD[0].replace("100.05", "111.00")), on_conflict="replace")
    work()
    second = Batch.objects.get(pk__gt=first.pk)
    for _ in range(2):
        ask_undo(first, language="en", actor="zhou", at=AT)
    assert Job.objects.filter(kind=UNDO_JOB, state="queued").count() == 1
    work()
    kept = latest(UNDO_JOB, str(first.pk))
    assert kept is not None
    assert kept[1]["refusal"]["code"] == "batch_has_dependants"
    assert [(place["column"], place["value"]) for place in kept[1]["refusal"]["where"]] == [("batch", str(second.pk))]
    for batch in (second, first):
        ask_undo(batch, language="en", actor="zhou", at=AT)
        work()
    assert open_by_key(DAY) == {}
    assert set(Batch.objects.values_list("state", flat=True)) == {"undone"}
    refused("batch_undone", ask_undo, first, language="en", actor="zhou", at=AT)


def test_a_worker_is_seen_while_it_lives() -> None:
    assert not worker_seen(at=AT)
    jobs.set_schedules({"tick": timedelta(seconds=10)}, at=AT)
    jobs.enqueue_due(at=AT)
    assert worker_seen(at=AT + timedelta(seconds=30))
    assert not worker_seen(at=AT + timedelta(seconds=61))
    job = jobs.claim(["tick"], worker="w", at=AT + timedelta(seconds=90))
    assert job is not None
    assert worker_seen(at=AT + timedelta(seconds=120))
    assert not worker_seen(at=AT + timedelta(seconds=200))


def workbook(*sheets: str) -> bytes:
    """The same lines in each sheet: the amount in row 3 cannot be read."""
    book, held = openpyxl.Workbook(), io.BytesIO()
    for name in sheets:
        page = book.create_sheet(name)
        for line in (HEADER, GOOD[0], BAD[1]):
            page.append(line.split(","))
    book.remove(book.worksheets[0])
    book.save(held)
    return held.getvalue()


def test_edits_stay_with_their_sheet_and_are_forgotten_on_another(clerk: str) -> None:
    """What was mended in row 3 of one sheet says nothing of row 3 of another, however it was chosen."""
    draft = drafts.open_draft(
        [workbook("一月", "二月")], name="应收.xlsx", kind="items", company=company(), as_of=None, actor="zhou", at=AT
    )

    def mended() -> list[tuple[int, str]]:
        return list(CellEdit.objects.filter(draft_id=draft.pk).values_list("row", "value"))

    def mend(value: str) -> None:
        looked_at(draft)
        drafts.mend_cell(again(draft), Edit(3, "金额", value), actor="zhou", at=AT)
        assert mended() == [(3, value)]

    mend("250.00")
    presets.save_preset("一月的表", drafts.mapping_of(again(draft).mapping), company=company().code)
    drafts.use_preset(again(draft), "一月的表", actor="zhou", at=AT)
    assert mended() == [(3, "250.00")], "the same sheet: what was mended stays"
    drafts.read_again(again(draft), sheet="二月", header_row=None, actor="zhou", at=AT)
    assert mended() == []
    mend("260.00")
    drafts.use_preset(again(draft), "一月的表", actor="zhou", at=AT)
    assert again(draft).mapping["sheet"] == "一月"
    assert mended() == []
