"""The import wizard as a browser without a script receives it: every step, every refusal, nobody else's uploads."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from huikuan.connect.connectors.models import Batch, ImportDraft
from huikuan.connect.connectors.web import checked
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import add_company, grant_role
from huikuan.mechanisms.jobs.models import Job, Schedule
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.record.receivables.models import Item
from huikuan.shell.tests.books import AT, Books
from huikuan.shell.web import doors
from huikuan.shell.wiring import jobs

NEW = "/imports/new"
HEADER = "客户编码,客户名称,发票号码,开票日期,到期日,价税合计,币种,备注2"
LINES = [
    "C0001,北麓矿业装备集团有限公司,N-1,2026-10-01,2026-11-30,\"1,000.05\",CNY,",
    "C0009,远舟港机,N-2,2026-10-02,2026-12-01,2000.00,CNY,<script>alert(1)</script>",
    "C0009,远舟港机,N-3,2026-10-32,2026-12-01,3000.00,CNY,=1+1",
    "C0009,远舟港机,N-4,2026-10-05,2026-12-01,<b>#N/A</b>,CNY,",
]  # fmt: skip
MENDED = {"row": "4", "column": "开票日期", "value": "2026-10-31"}
CONTENT = "\n".join([HEADER, *LINES]).encode()


def send(client: Client, content: bytes = CONTENT, name: str = "十月.csv", **fields: str) -> Any:
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    return client.post(NEW, {"kind": "items", "company": "MAIN", "file": file, **fields})


def upload(client: Client) -> ImportDraft:
    assert send(client).status_code == 302
    return ImportDraft.objects.latest("pk")


def describe(client: Client, draft: ImportDraft, **changes: str) -> Any:
    """The columns as they are offered, with some fields of the form changed."""
    path = f"/imports/drafts/{draft.pk}/columns"
    page = client.get(path).context
    columns = page["columns"]
    form: dict[str, Any] = {
        "check": "1",
        "header": [column.header for column in columns],
        "key": [str(column.place) for column in columns if column.is_key],
        **{f"column-{column.place}": column.field for column in columns},
        **{name: getattr(page["choice"], name) for name in ("date_order", "unit", "currency", "terms")},
    }
    return client.post(path, {**form, **changes})


def check(client: Client, draft: ImportDraft) -> Any:
    return client.get(f"/imports/drafts/{draft.pk}/check")


def commit(client: Client, draft: ImportDraft, **fields: str) -> Any:
    version = ImportDraft.objects.get(pk=draft.pk).version
    return client.post(f"/imports/drafts/{draft.pk}/commit", {"version": version, **fields})


def work() -> None:
    ours = {kind: handler for kind, handler in jobs().items() if kind.startswith("imports.") and not handler.every}
    Worker(ours).run(until_idle=True)


def test_the_whole_walk_without_a_script(reader: Client) -> None:
    assert 'href="/imports/new"' in reader.get("/imports/").content.decode()
    draft = upload(reader)
    columns = reader.get(f"/imports/drafts/{draft.pk}/columns")
    fields = {column.header: (column.field, column.tone) for column in columns.context["columns"]}
    assert fields["价税合计"] == ("amount", "guessed")
    assert fields["发票号码"] == ("document_number", "sure")
    assert fields["备注2"][1] == "guessed"
    assert "2000.00" in columns.content.decode()
    assert describe(reader, draft).headers["Location"] == f"/imports/drafts/{draft.pk}/check"
    page = check(reader, draft)
    preview = page.context["preview"]
    assert (preview["read"], preview["created"], preview["rejected"], preview["customers_created"]) == (4, 2, 2, 1)
    assert [(cell.place, cell.value) for cell in page.context["cells"]] == [
        ("D4", "2026-10-32"),
        ("F5", "<b>#N/A</b>"),
    ]
    assert preview["totals"][0]["debits"] == "3000.05"
    mended = reader.post(
        f"/imports/drafts/{draft.pk}/cells", {"row": "4", "column": "开票日期", "value": "2026-10-31"}
    )
    assert mended.headers["Location"] == f"/imports/drafts/{draft.pk}/check?cell=4"
    assert check(reader, draft).context["preview"]["rejected"] == 1
    assert commit(reader, draft, rejected="skip").headers["Location"] == f"/imports/drafts/{draft.pk}/progress"
    waiting = reader.get(f"/imports/drafts/{draft.pk}/progress").content.decode()
    assert "没有后台进程在运行" in waiting
    assert commit(reader, draft, rejected="skip").status_code == 302
    assert "提交中" in reader.get("/imports/").content.decode()
    said_while_it_runs(reader, draft)
    before = Item.objects.count()
    work()
    assert Item.objects.count() == before + 3
    assert reader.get(f"/imports/drafts/{draft.pk}/progress").headers["Location"] == f"/imports/drafts/{draft.pk}"
    done = reader.get(f"/imports/drafts/{draft.pk}")
    batch = Batch.objects.get(draft_id=draft.pk)
    assert done.context["batch"] == batch
    assert 'href="/receivables/overview"' in done.content.decode()
    shown = reader.get(f"/imports/{batch.pk}").content.decode()
    assert "2026-10-31" in shown
    assert f"/imports/{batch.pk}/undo" in shown
    assert "2026-10-32" in reader.get(f"/imports/{batch.pk}/lines/4").content.decode()


def said_while_it_runs(reader: Client, draft: ImportDraft) -> None:
    """Which steps are done, over how many rows, and what remains; of a failure, how to go on."""
    job = Job.objects.filter(kind="imports.commit", key=str(draft.pk))
    as_it_was = job.values("state", "message", "attempts", "progress_done", "progress_total").get()
    address = f"/imports/drafts/{draft.pk}/progress"
    job.update(state="running", message="writing", progress_done=2, progress_total=4)
    page = reader.get(address).content.decode()
    assert page.count("4 / 4 行") == 2, "two steps are done with the file's four rows"
    assert '<progress max="4" value="2"' in page
    assert "余下： 封签" in page
    alive = Schedule.objects.create(kind="audit.seal", every_seconds=1, next_at=timezone.now())
    job.update(state="queued", message="DiskFull", attempts=2)
    assert "已尝试 2 次" in reader.get(address).content.decode()
    job.update(state="failed", message="DiskFull")
    failed = reader.get(address).content.decode()
    assert f"任务编号 {job.get().pk}" in failed
    assert f"/imports/drafts/{draft.pk}/reopen" in failed
    assert "DiskFull" not in failed, "what went wrong inside is for whoever runs the server"
    job.update(**as_it_was)
    alive.delete()


def test_an_import_is_undone_from_its_page(reader: Client) -> None:
    draft = upload(reader)
    describe(reader, draft)
    commit(reader, draft, rejected="skip")
    work()
    batch = Batch.objects.get(draft_id=draft.pk)
    undo = f"/imports/{batch.pk}/undo"
    assert "冲销 2 行" in reader.get(undo).content.decode()
    assert Batch.objects.get(pk=batch.pk).state == "committed"
    assert reader.post(undo).status_code == 302
    assert reader.get(undo, headers={"HX-Request": "true"}).context["waiting"]
    work()
    assert reader.get(undo, headers={"HX-Request": "true"}).headers["HX-Redirect"] == undo
    assert "已撤销" in reader.get(undo).content.decode()
    assert reader.post(undo).status_code == 200
    assert Item.objects.filter(batch_id=batch.pk, reversal_of__isnull=False).count() == 2


def test_what_stands_in_the_way_of_an_undo_is_listed_with_links(reader: Client, books: Books) -> None:
    undo = f"/imports/{books.batch}/undo"
    reader.post(undo)
    work()
    page = reader.get(undo)
    assert page.context["refused"].code == "batch_has_dependants"
    assert "Nothing was undone" not in page.content.decode()
    assert "核销" in page.content.decode()
    assert Batch.objects.get(pk=books.batch).state == "committed"


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b" " * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "say"),
    [
        ("a.exe", b"MZ\x90", "exe"),
        ("a.xlsx", CONTENT, "xlsx"),
        ("a.csv", b"PK\x03\x04rest", "csv"),
        ("a.csv", b"", "空"),
        ("a.csv", b"<html><script>alert(1)</script></html>", "html"),
        ("a.xlsx", bomb(), "解压"),
        ("../../etc/<b>passwd", b"x", "读取"),
    ],
)
def test_a_hostile_file_is_refused_in_words_and_leaves_nothing(
    name: str, content: bytes, say: str, reader: Client, data_folder: Path
) -> None:
    answer = send(reader, content, name)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'role="alert"' in page
    assert say in page
    assert "<b>passwd" not in page
    assert list((data_folder / "drafts").iterdir()) == []
    assert ImportDraft.objects.count() == 0


def test_nothing_in_a_cell_becomes_a_page_or_a_formula(reader: Client) -> None:
    draft = upload(reader)
    describe(reader, draft)
    for step in ("columns", "check"):
        page = reader.get(f"/imports/drafts/{draft.pk}/{step}").content.decode()
        assert "<script>alert" not in page
        assert "<b>#N/A" not in page
    sent = b"".join(reader.get(f"/imports/drafts/{draft.pk}/rejected").streaming_content)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sent)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in rows[1:]] == ["N-3", "N-4"]
    assert rows[1][7] == "=1+1"
    with zipfile.ZipFile(io.BytesIO(sent)) as archive:
        assert "<f>" not in archive.read("xl/worksheets/sheet1.xml").decode()


def test_a_body_larger_than_any_file_is_not_taken_in(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "LARGEST_BODY", 500)
    answer = send(reader, CONTENT * 10)
    assert answer.status_code == 413
    assert "文件太大" in answer.content.decode()
    monkeypatch.undo()
    stranger = Client()
    assert send(stranger, CONTENT * 200).status_code == 403
    assert send(stranger).headers["Location"].startswith("/login")
    assert ImportDraft.objects.count() == 0


def test_a_page_looked_at_before_a_change_commits_nothing(reader: Client) -> None:
    draft = upload(reader)
    describe(reader, draft)
    check(reader, draft)
    stale = ImportDraft.objects.get(pk=draft.pk).version
    reader.post(f"/imports/drafts/{draft.pk}/cells", MENDED)
    answer = reader.post(f"/imports/drafts/{draft.pk}/commit", {"version": stale, "rejected": "skip"})
    assert answer.status_code == 409
    assert "请再看一遍" in answer.content.decode()
    assert ImportDraft.objects.get(pk=draft.pk).state == "open"


def test_missing_columns_are_named_and_the_choice_is_kept(reader: Client) -> None:
    draft = upload(reader)
    answer = describe(reader, draft, **{"column-5": "", "column-4": "document_date"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "有两列以上对应到同一字段：单据日期" in page
    answer = describe(reader, draft, **{"column-5": ""})
    assert "以下字段还没有对应的列：金额" in answer.content.decode()
    assert [column.field for column in answer.context["columns"]][4:6] == ["due_date", ""]
    assert ImportDraft.objects.get(pk=draft.pk).version == 1


def test_a_large_file_is_checked_by_the_worker(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checked, "AT_ONCE", 3)
    draft = upload(reader)
    describe(reader, draft)
    assert "正在检查文件" in check(reader, draft).content.decode()
    work()
    assert check(reader, draft).context["preview"]["rejected"] == 2
    reader.post(f"/imports/drafts/{draft.pk}/cells", MENDED)
    page = check(reader, draft)
    assert page.context["stale"]
    assert [cell.row for cell in page.context["cells"]] == [5]
    assert 'name="version"' not in page.content.decode()
    reader.post(f"/imports/drafts/{draft.pk}/recheck")
    work()
    page = check(reader, draft)
    assert not page.context["stale"]
    assert page.context["preview"]["rejected"] == 1


def test_uploads_of_a_company_one_may_not_import_for_are_not_there(reader: Client, on_the_day: None) -> None:
    draft = upload(reader)
    add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
    client = Client()
    client.force_login(User.objects.create_user("north", password="correct horse 9"))
    grant_role(username="north", role="billing_clerk", company="NORTH", actor="cli:test", at=AT)
    for step in ("", "/columns", "/check", "/rejected", "/progress"):
        assert client.get(f"/imports/drafts/{draft.pk}{step}").status_code == 404, step
    for step in ("/columns", "/cells", "/commit", "/discard", "/recheck", "/reopen"):
        assert client.post(f"/imports/drafts/{draft.pk}{step}").status_code == 404, step
    assert send(client).status_code == 400
    assert "十月" not in client.get("/imports/").content.decode()
    assert ImportDraft.objects.count() == 1
    seller = Client()
    seller.force_login(User.objects.create_user("seller", password="correct horse 9"))
    grant_role(username="seller", role="sales", actor="cli:test", at=AT)
    assert send(seller).status_code == 403
    assert NEW not in seller.get("/imports/").content.decode()
    assert [company.code for company in Company.objects.order_by("code")] == ["MAIN", "NORTH"]


def test_presets_are_saved_listed_used_and_deleted_per_company(reader: Client) -> None:
    draft = upload(reader)
    describe(reader, draft, keep_as="十月表")
    assert "十月表" in reader.get("/imports/presets").content.decode()
    second = upload(reader)
    columns = f"/imports/drafts/{second.pk}/columns"
    assert ("十月表", "十月表") in reader.get(columns).context["presets"]
    assert reader.post(columns, {"preset": "1", "name": "十月表"}).headers["Location"] == columns
    assert {column.why for column in reader.get(columns).context["columns"] if column.field} == {"按预设"}
    refused = reader.post(columns, {"preset": "1", "name": "nope"})
    assert refused.status_code == 400
    reader.post("/imports/presets/delete", {"company": "MAIN", "name": "十月表"})
    assert "十月表" not in reader.get("/imports/presets").content.decode()
    assert reader.post("/imports/presets/delete", {"company": "MAIN", "name": "yonyou"}).status_code == 400


def test_the_history_exports_what_it_shows(reader: Client) -> None:
    text = b"".join(reader.get("/imports/export?format=csv").streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 3
    assert "应收明细.csv" in text
    assert b"".join(reader.get("/imports/export").streaming_content).startswith(b"PK")


def test_with_several_companies_one_is_chosen_and_none_is_taken_for_granted(reader: Client) -> None:
    assert 'name="company" value="MAIN"' in reader.get(NEW).content.decode(), "the only one there is"
    add_company(code="ALPHA", name="甲公司", currency="CNY", time_zone="Asia/Shanghai")
    page = reader.get(NEW).content.decode()
    assert '<option value="" selected>– 请选择 –</option>' in page
    assert not re.search(r'<option value="(ALPHA|MAIN)" selected', page)
    named = reader.get(f"{NEW}?company=MAIN").content.decode()
    assert re.search(r'id="company".*?<option value="MAIN" selected', named, re.DOTALL)
    before = ImportDraft.objects.count()
    answer = send(reader, company="")
    assert (answer.status_code, ImportDraft.objects.count()) == (400, before)
    assert "请选择该文件属于哪家公司的账" in answer.content.decode()


def test_odd_forms_are_refused_in_words(reader: Client) -> None:
    draft = upload(reader)
    reader.raise_request_exception = False
    assert reader.post(NEW, {"kind": "items", "company": "MAIN"}).status_code == 400
    assert send(reader, company="NOPE").status_code == 400
    assert send(reader, kind="nothing").status_code == 400
    assert send(reader, kind="open-items").status_code == 400
    assert send(reader, kind="open-items", day="soon").status_code == 400
    columns = f"/imports/drafts/{draft.pk}/columns"
    for form in ({}, {"look": "1", "header_row": "9999"}, {"header": "x", "key": "99999999999"}):
        assert reader.post(columns, form).status_code == 400, form
    assert reader.post(f"/imports/drafts/{draft.pk}/cells", {"row": "x", "column": "金额"}).status_code == 200
    assert reader.post(f"/imports/drafts/{draft.pk}/commit", {"version": "x"}).status_code == 409
    for path in ("cells", "commit", "recheck"):
        assert (
            reader.get(f"/imports/drafts/{draft.pk}/{path}").headers["Location"] == f"/imports/drafts/{draft.pk}/check"
        )
    assert reader.get(f"/imports/drafts/{draft.pk}/discard").status_code == 405
    assert reader.get(f"/imports/drafts/{'9' * 25}").status_code == 404
    assert reader.get(f"/imports/{'9' * 25}/undo").status_code == 404
