"""Bank statements as a browser hands them in: dropped, asked about, listed, clicked back to the file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from huikuan.mechanisms.identity.operations import add_company
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.record.banking.jobs import read_waiting
from huikuan.record.banking.models import BankAccount, BankLine, Preset, Upload
from huikuan.record.banking.operations import uploads
from huikuan.record.banking.operations.uses import Use, use_lines
from huikuan.shell.tests.books import Books
from huikuan.shell.tests.test_access import signed_in

NUMBER = "6222010100000001"
HEADER = "account,booked_on,value_on,amount,currency,payer_name,payer_account,memo,bank_reference"
ROWS = (
    f"{NUMBER},2026-03-01,2026-03-01,1200.50,CNY,北麓矿业装备有限公司,6228000000000001,货款 INV-1,B1",
    f"{NUMBER},2026-03-02,,300,CNY,周岚,6228480402564890018,货款,",
    f"{NUMBER},2026-03-03,,-20.00,CNY,,,手续费,B2",
)


def file(*rows: str, header: str = HEADER, name: str = "三月.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join([header, *rows]).encode())


def drop(client: Client, *files: SimpleUploadedFile, company: str = "MAIN") -> Any:
    return client.post("/bank/import", {"company": company, "file": list(files)})


def page_of(client: Client, url: str, **more: Any) -> str:
    answer = client.get(url, **more)
    assert answer.status_code == 200, url
    return str(answer.content.decode())


def exported(client: Client, url: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(client.get(url).streaming_content).decode("utf-8-sig"))))


def states() -> list[tuple[str, str]]:
    return [(one.state, one.refusal.get("code", "")) for one in Upload.objects.order_by("pk")]


@pytest.fixture
def clerk(books: Books, on_the_day: None) -> Client:
    return signed_in("mei", "finance_manager")


def test_several_files_are_dropped_and_a_new_account_is_asked_for_first(clerk: Client) -> None:
    other = [row.replace(NUMBER, "62220909") for row in ROWS[:1]]
    assert drop(clerk, file(*ROWS), file(*other, name="另一家.csv")).status_code == 302
    assert states() == [("asking", "bank_account_new")] * 2
    assert BankAccount.objects.count() == 0
    for one in Upload.objects.order_by("pk"):
        assert clerk.post(f"/bank/import/{one.pk}/answer", {"opens": "1"}).status_code == 302
    assert states() == [("imported", ""), ("imported", "")]
    shown = page_of(clerk, "/bank/import")
    for text in (NUMBER, "2026-03-01 – 2026-03-03", "1,500.50", "新增 3 笔，已有 0 笔", "三月.csv"):
        assert text in shown
    drop(clerk, file(*ROWS))
    assert "新增 0 笔，已有 3 笔" in page_of(clerk, "/bank/import")
    assert BankLine.objects.count() == 4
    one = Upload.objects.order_by("pk")[0]
    assert clerk.post(f"/bank/import/{one.pk}/answer", {"opens": "1"}).status_code == 302
    assert clerk.post(f"/bank/import/{one.pk}/discard").status_code == 302
    assert not Upload.objects.filter(pk=one.pk).exists()


def test_a_refused_file_says_why_and_where_and_nothing_is_chosen_for_anybody(clerk: Client) -> None:
    drop(
        clerk,
        file(ROWS[0].replace("2026-03-01", "2026-02-31"), name="falsch.csv"),
        SimpleUploadedFile("scan.pdf", b"%PDF-1.4"),
    )
    assert [state for state, _ in states()] == ["refused", "refused"]
    assert states()[1][1] == "file_type_differs"
    shown = page_of(clerk, "/bank/import")
    assert "2026-02-31" in shown
    assert drop(clerk).status_code == 400
    assert drop(clerk, SimpleUploadedFile("leer.csv", b"")).status_code == 400
    assert drop(clerk, file(*ROWS), company="NONE").status_code == 400


def test_an_unknown_layout_is_described_once_and_kept(clerk: Client) -> None:
    clerk.post("/bank/accounts/open", {"company": "MAIN", "number": NUMBER})
    strange = {"header": "Tag;Wert;Wofür", "name": "fremd.csv"}
    drop(clerk, file("01.03.2026;12,50;货款", **strange))
    (one,) = Upload.objects.all()
    assert states() == [("asking", "statement_layout_unknown")]
    address = f"/bank/import/{one.pk}/columns"
    assert f'href="{address}' in page_of(clerk, "/bank/import")
    shown = page_of(clerk, address)
    assert "Wofür" in shown
    assert "12,50" in shown
    said: Mapping[str, Any] = {
        "header": ["Tag", "Wert", "Wofür"], "column-0": "booked_on", "column-1": "amount", "column-2": "memo",
        "date_order": "dmy", "decimal": ",", "signs": "in", "keep_as": "江边银行",
    }  # fmt: skip
    assert clerk.post(address, {**said, "column-0": ""}).status_code == 400
    assert clerk.post(address, said).status_code == 400  # whose account it is was not said
    assert states() == [("asking", "bank_account_unsaid")]
    assert clerk.post(f"/bank/import/{one.pk}/answer", {"account": NUMBER}).status_code == 302
    assert states() == [("imported", "")]
    assert BankLine.objects.get().amount == 12_50
    assert Preset.objects.get().name == "江边银行"
    drop(clerk, file("02.03.2026;1,50;货款", **strange))
    assert states()[1] == ("asking", "bank_account_unsaid")


def test_a_long_file_is_read_by_the_worker(clerk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "AT_ONCE", 10)
    drop(clerk, file(*ROWS))
    assert states() == [("waiting", "")]
    part = clerk.get("/bank/import", headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 1s"' in part
    assert "<html" not in part
    Worker({uploads.JOB: Handler(read_waiting)}).turn()
    assert states() == [("asking", "bank_account_new")]


@pytest.fixture
def lines(clerk: Client) -> list[int]:
    clerk.post("/bank/accounts/open", {"company": "MAIN", "number": NUMBER, "bank": "江临银行"})
    drop(clerk, file(*ROWS))
    return list(BankLine.objects.order_by("id").values_list("id", flat=True))


def test_lines_are_listed_narrowed_and_exported(clerk: Client, lines: list[int]) -> None:
    listed = clerk.get("/bank/lines/").context["found"]
    assert [row.id for row in listed.rows] == [lines[2], lines[1], lines[0]]
    (sums,) = listed.sums
    assert (sums.money_in, sums.money_out, sums.left) == (1500_50, -20_00, 1500_50)
    account = BankAccount.objects.get().id
    for query, found in (
        ("state=open", lines[:2]),
        ("state=out", lines[2:]),
        ("state=used", []),
        ("q=北麓", lines[:1]),
        ("q=1,200.50", lines[:1]),
        ("from=2026-03-02&until=2026-03-02", lines[1:2]),
        (f"account={account}", lines),
        ("account=999", []),
    ):
        rows = clerk.get(f"/bank/lines/?{query}").context["found"].rows
        assert sorted(row.id for row in rows) == found, query
        assert len(exported(clerk, f"/bank/lines/export?format=csv&{query}")) == len(found) + 1


def test_a_page_of_the_list_follows_the_one_before(clerk: Client, lines: list[int]) -> None:
    more = [f"{NUMBER},2026-01-{1 + n % 28:02},,{n + 1},CNY,宏朔钢构有限公司,,货款,R{n}" for n in range(60)]
    drop(clerk, file(*more, name="一月.csv"))
    first = clerk.get("/bank/lines/").context["found"]
    assert (first.count, len(first.rows)) == (63, 50)
    day, number = first.next
    rest = clerk.get(f"/bank/lines/?after={day}_{number}", headers={"HX-Request": "true", "HX-Target": "more"})
    assert len(rest.context["found"].rows) == 13
    assert "after=2026-01-" in page_of(clerk, "/bank/lines/")


def test_a_line_shows_its_row_its_file_and_what_it_was_used_for(clerk: Client, lines: list[int], books: Books) -> None:
    item = books.item("INV-7")
    uses = [Use(lines[0], 200_50, "receipt", item_id=item), Use(lines[0], 1_000_00, "set_aside", note="保证金利息")]
    use_lines(uses=uses, actor="mei", at=timezone.now())
    shown = page_of(clerk, f"/bank/lines/{lines[0]}")
    for text in ("北麓矿业装备有限公司", "6228000000000001", "货款 INV-1", "B1", "三月.csv", "保证金利息"):
        assert text in shown
    assert f'href="/receivables/items/{item}' in shown
    statement = BankLine.objects.get(id=lines[0]).statement_id
    sent = clerk.get(f"/bank/statements/{statement}/file")
    assert b"".join(sent.streaming_content).startswith(b"account,booked_on")
    assert page_of(clerk, f"/receivables/items/{item}").count(f"/bank/lines/{lines[0]}") == 1
    assert clerk.get("/bank/lines/?state=set_aside").context["found"].count == 1


def test_accounts_say_how_far_they_were_read_in(clerk: Client, lines: list[int]) -> None:
    account = BankAccount.objects.get().id
    shown = page_of(clerk, "/bank/accounts/")
    assert "江临银行" in shown
    assert "2026-03-03" in shown
    assert "三月.csv" in page_of(clerk, f"/bank/accounts/{account}")
    assert exported(clerk, "/bank/accounts/export?format=csv")[1][1] == NUMBER
    assert len(exported(clerk, f"/bank/accounts/{account}/export?format=csv")) == 2
    again = clerk.post("/bank/accounts/open", {"company": "MAIN", "number": NUMBER})
    assert again.status_code == 400


def test_who_reads_does_not_bring_files_and_persons_are_masked(clerk: Client, lines: list[int]) -> None:
    auditor = signed_in("audra", "auditor")
    for address in ("/bank/lines/", f"/bank/lines/{lines[1]}", "/bank/accounts/"):
        shown = page_of(auditor, address)
        assert "6228480402564890018" not in shown
        assert "/bank/import" not in shown
    assert "6228****0018" in page_of(auditor, f"/bank/lines/{lines[1]}")
    assert "6228480402564890018" not in str(exported(auditor, "/bank/lines/export?format=csv"))
    assert "6228480402564890018" in page_of(clerk, f"/bank/lines/{lines[1]}")
    statement = BankLine.objects.get(id=lines[1]).statement_id
    assert auditor.get(f"/bank/statements/{statement}/file").status_code == 404
    assert auditor.post("/bank/import", {"company": "MAIN"}).status_code == 403
    assert signed_in("rep", "sales").get("/bank/lines/").status_code == 403


def test_another_companys_lines_are_not_there(clerk: Client, lines: list[int], books: Books) -> None:
    add_company(code="SUB", name="江临服务", currency="CNY", time_zone="Asia/Shanghai")
    cashier = signed_in("kai", "cash_clerk", company="SUB", reach="company")
    assert cashier.get("/bank/lines/").context["found"].rows == []
    assert cashier.get(f"/bank/lines/{lines[0]}").status_code == 404
    assert cashier.get(f"/bank/accounts/{BankAccount.objects.get().id}").status_code == 404
    assert cashier.get(f"/bank/import/{Upload.objects.get().pk}/columns").status_code == 404
    drop(cashier, file(*ROWS), company="SUB")
    assert states()[-1] == ("refused", "bank_account_of_another")


def test_a_payment_that_came_back_is_set_against_its_original(clerk: Client, lines: list[int]) -> None:
    drop(clerk, file(f"{NUMBER},2026-03-04,,-300,CNY,周岚,6228480402564890018,退汇,B9", name="退汇.csv"))
    back = BankLine.objects.latest("id").id
    assert f'value="{lines[1]}"' in page_of(clerk, f"/bank/lines/{back}")
    assert clerk.post(f"/bank/lines/{back}/bounced", {"original": str(lines[0])}).status_code == 302
    assert clerk.get("/bank/lines/?state=open").context["found"].count == 2
    assert clerk.post(f"/bank/lines/{back}/bounced", {"original": str(lines[1])}).status_code == 302
    assert clerk.get("/bank/lines/?state=open").context["found"].count == 1
    assert f'href="/bank/lines/{back}' in page_of(clerk, f"/bank/lines/{lines[1]}")


def test_a_list_that_was_filtered_on_purpose_is_taken_when_its_sender_says_so(clerk: Client) -> None:
    clerk.post("/bank/accounts/open", {"company": "MAIN", "number": NUMBER})
    rows = ("2026-03-01,北麓矿业装备有限公司,100.00,,1100.00", "2026-03-03,宏朔钢构有限公司,50.00,,1250.00")
    told = file(f"账号：{NUMBER}", "交易日期,对方户名,贷方发生额,借方发生额,余额", *rows, header="账户明细")
    drop(clerk, told)
    assert states() == [("refused", "statement_balance_broken")]
    assert BankLine.objects.count() == 0
    one = Upload.objects.get()
    assert 'name="partial"' in page_of(clerk, "/bank/import")
    assert clerk.post(f"/bank/import/{one.pk}/answer", {"partial": "1"}).status_code == 302
    assert states() == [("imported", "")]
    assert sorted(BankLine.objects.values_list("amount", flat=True)) == [50_00, 100_00]


def uploads_of(clerk: Client) -> str:
    return page_of(clerk, "/bank/import").split('id="uploads"')[1]


def test_the_company_read_in_for_last_is_chosen_and_the_workbench_is_next(clerk: Client) -> None:
    add_company(code="OTHER", name="江临贸易", currency="CNY", time_zone="Asia/Shanghai")
    assert clerk.get("/bank/import").context["chosen_company"] == "", "nothing speaks for either"
    drop(clerk, file(*ROWS), company="OTHER")
    assert clerk.get("/bank/import").context["chosen_company"] == "OTHER"
    drop(clerk, file(*ROWS), company="MAIN")
    assert clerk.get("/bank/import").context["chosen_company"] == "MAIN"
    assert 'href="/cash/"' not in uploads_of(clerk), "nothing was read in yet"
    clerk.post(f"/bank/import/{Upload.objects.latest('pk').pk}/answer", {"opens": "1"})
    assert 'href="/cash/"' in uploads_of(clerk)
