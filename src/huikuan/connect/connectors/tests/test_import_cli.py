"""The contract of `huikuan import … --json`: every key, every exit code, every bad cell."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.presets import load_preset
from huikuan.connect.connectors.tests.ledgers import company, sizes
from huikuan.kernel.dates import business_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import affiliation_as_of
from huikuan.record.receivables.models import Item
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "客户编码,客户名称,发票号码,开票日期,到期日,金额,币种"
COUNTS = ("read", "created", "duplicates", "conflicts", "rejected")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command writes rejected rows where it is run."""
    monkeypatch.chdir(tmp_path)
    company()


def file_of(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "items.csv"
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = cli.main(["import", *arguments, "--json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


def line(number: str, amount: str, due: str = "2026-02-10") -> str:
    return f"C1,江临试制,{number},2026-01-10,{due},{amount},CNY"


def test_an_import_tells_its_counts_and_totals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file_of(tmp_path, line("A", "100.05"), line("B", "-20.00"))
    code, dry = run(capsys, "items", path, "--dry-run")
    assert (code, dry["batch"], dry["dry_run"], dry["created"]) == (0, None, True, 2)

    code, first = run(capsys, "items", path)
    assert code == 0
    assert {"batch", *COUNTS, "totals"} <= first.keys()
    assert [first[name] for name in COUNTS] == [2, 2, 0, 0, 0]
    assert first["totals"] == [
        {"currency": "CNY", "items": 2, "receipts": 0, "settlements": 0, "debits": "100.05", "credits": "20.00"}
    ]
    code, again = run(capsys, "items", path)
    assert code == 0
    assert (again["batch"], [again[name] for name in COUNTS], again["totals"]) == (None, [2, 0, 2, 0, 0], [])


def test_every_bad_cell_is_named_and_nothing_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line(f"G{number}", "1.00") for number in range(20)]
    path = file_of(tmp_path, *lines, line("X", "abc"), line("Y", "1.00", "2026-02-30"), line("Z", "1.234"))
    before = sizes()
    code, refused = run(capsys, "items", path)
    error = refused["error"]
    assert (code, error["code"]) == (1, "import_rejected")
    assert [(place["row"], place["column"], place["value"]) for place in error["where"]] == [
        (22, "金额", "abc"),
        (23, "到期日", "2026-02-30"),
        (24, "金额", "1.234"),
    ]
    assert all(place["file"] == "items.csv" and place["reason"] and place["fix"] for place in error["where"])
    assert sizes() == before

    code, skipped = run(capsys, "items", path, "--skip-rejected")
    assert (code, [skipped[name] for name in COUNTS]) == (0, [23, 20, 0, 0, 3])
    assert Path(skipped["rejected_file"]).is_file()


def test_conflicts_refuse_until_decided(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "items", file_of(tmp_path, line("A", "100.00")))
    changed = file_of(tmp_path, line("A", "120.00"), line("B", "5.00"))
    before = sizes()
    code, refused = run(capsys, "items", changed)
    assert (code, refused["error"]["code"], len(refused["error"]["where"])) == (1, "import_conflicts", 1)
    assert sizes() == before
    code, kept = run(capsys, "items", changed, "--keep-conflicts")
    assert (code, [kept[name] for name in COUNTS]) == (0, [2, 1, 0, 1, 0])


def test_contacts_are_imported_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "items", file_of(tmp_path, line("A", "100.00")))
    path = tmp_path / "contacts.csv"
    path.write_text("客户编码,姓名,电话\nC1,顾晓,13812342046\nC9,无名,\n", encoding="utf-8")
    code, refused = run(capsys, "contacts", str(path))
    assert (code, [(place["row"], place["value"]) for place in refused["error"]["where"]]) == (1, [(3, "C9")])
    code, done = run(capsys, "contacts", str(path), "--skip-rejected")
    assert (code, [done[name] for name in COUNTS], done["totals"]) == (0, [2, 1, 0, 0, 1], [])
    code, undone = run(capsys, "undo", str(done["batch"]))
    assert (code, undone["batch"]) == (0, done["batch"])


def test_an_undo_tells_what_it_reversed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, made = run(capsys, "items", file_of(tmp_path, line("A", "100.00")))
    code, undone = run(capsys, "undo", str(made["batch"]))
    assert (code, undone) == (
        0,
        {"batch": made["batch"], "items": 1, "settlements": 0, "restored": 0, "afterwards": []},
    )
    code, twice = run(capsys, "undo", str(made["batch"]))
    assert (code, twice["error"]["code"]) == (1, "batch_undone")


MAPPING_TEXT = """
name = "other"
kinds = ["items"]
key = ["发票号码"]
[columns]
document_number = "发票号码"
customer_code = "客户编码"
document_date = "开票日期"
due_date = "到期日"
amount = "金额"
currency = "币种"
"""


def test_one_file_under_other_keys_is_refused_unless_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file_of(tmp_path, line("A", "100.00"))
    mapping = tmp_path / "m.toml"
    mapping.write_text(MAPPING_TEXT, encoding="utf-8")
    _, first = run(capsys, "items", path)
    before = sizes()
    for dry in ([], ["--dry-run"]):
        code, refused = run(capsys, "items", path, "--mapping", str(mapping), *dry)
        assert (code, refused["error"]["code"]) == (1, "file_already_imported")
        assert str(first["batch"]) in refused["error"]["message"]
    assert sizes() == before
    assert run(capsys, "items", path)[1]["duplicates"] == 1, "the same keys again: only duplicates"

    run(capsys, "undo", str(first["batch"]))
    code, other = run(capsys, "items", path, "--mapping", str(mapping))
    assert (code, other["created"]) == (0, 1), "an undone batch is in nobody's way"
    code, again = run(capsys, "items", path, "--again")
    assert (code, again["created"]) == (0, 1)


@pytest.mark.parametrize("failure", [Refusal("audit_heads_ahead", file="heads.jsonl", size=7), RuntimeError("boom")])
def test_work_after_the_import_never_makes_it_a_failure(
    failure: Exception, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr("huikuan.mechanisms.audit.sealing.seal", fail)
    code, told = run(capsys, "items", file_of(tmp_path, line("A", "100.00")))
    assert (code, told["created"], len(told["afterwards"])) == (0, 1, 1)
    assert ("heads.jsonl" if isinstance(failure, Refusal) else "boom") in told["afterwards"][0]
    path = file_of(tmp_path, line("B", "100.00"))
    assert cli.main(["import", "items", path]) == 0
    assert told["afterwards"][0] in capsys.readouterr().err


def test_people_are_told_what_was_guessed_and_the_first_bad_cells(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = [line(f"A{number}", "100.00") for number in range(200)]
    path = file_of(tmp_path, *good, *(line(f"B{number}", "abc") for number in range(23)))
    capsys.readouterr()
    with translation.override("zh-hans"):
        assert cli.main(["import", "items", path, "--dry-run", "--skip-rejected"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert sum("→" in row and "金额" in row for row in said) >= 1
    assert sum("“abc”" in row for row in said) == 20
    assert any("--rejected-file" in row and " 3 " in row for row in said)
    assert cli.main(["import", "items", path]) == 1
    assert capsys.readouterr().err.count("abc") == 20


def test_a_changed_customer_is_no_duplicate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "customers.csv"
    path.write_text("客户编码,客户名称,行业\nC1,江临试制,制造\nC2,宏朔钢构,钢铁\n", encoding="utf-8")
    run(capsys, "customers", str(path))
    path.write_text("客户编码,客户名称,行业\nC1,江临试制,制造\nC2,宏朔钢构,冶金\n", encoding="utf-8")
    _, told = run(capsys, "customers", str(path))
    assert [told[name] for name in COUNTS] == [2, 1, 1, 0, 0]
    assert (told["customers_created"], told["customers_changed"]) == (0, 1)


def test_a_dry_run_of_a_file_with_errors_tells_what_the_good_rows_would_do_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = file_of(tmp_path, *(line(f"G{number}", "1.00") for number in range(20)), line("X", "abc"))
    kept = tmp_path / "items-rejected.xlsx"
    kept.write_text("mine")
    before = sizes()
    code, refused = run(capsys, "items", path, "--dry-run")
    assert (code, refused["error"]["code"]) == (1, "import_rejected")
    assert [refused[name] for name in COUNTS] == [21, 20, 0, 0, 1]
    assert {one["field"] for one in refused["guessed"]} >= {"amount", "due_date", "document_number"}
    assert all(number in refused["error"]["message"] for number in ("21", "20"))
    assert "--skip-rejected" in refused["error"]["message"]
    assert (sizes(), kept.read_text(), "rejected_file" in refused) == (before, "mine", False)

    assert cli.main(["import", "items", path, "--dry-run"]) == 1
    said = capsys.readouterr()
    assert "金额" in said.out
    assert any("21" in row and "20" in row for row in said.out.splitlines())
    code, told = run(capsys, "items", path, "--dry-run", "--skip-rejected")
    assert (code, told["rejected_file"], kept.read_text()) == (0, None, "mine")

    asked = tmp_path / "asked.xlsx"
    code, refused = run(capsys, "items", path, "--dry-run", "--rejected-file", str(asked))
    assert (code, refused["rejected_file"], asked.is_file()) == (1, str(asked), True)


def test_a_missing_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert cli.main(["import", "items", str(tmp_path / "none.csv")]) == 1
    said = capsys.readouterr()
    assert (said.out, len(said.err.splitlines())) == ("", 1)


@pytest.mark.parametrize("kind", ["items", "customers"])
def test_customers_that_change_hands_are_told_exactly(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "file.csv"
    rows = {
        "items": (
            "客户编码,客户名称,发票号码,开票日期,到期日,金额,业务员",
            "{0},{1},{3},2026-01-10,2026-02-10,1.00,{2}",
        ),
        "customers": ("客户编码,客户名称,业务员", "{0},{1},{2}"),
    }
    header, pattern = rows[kind]

    def write(*owners: str, number: str) -> str:
        named = zip(("C1", "C2", "C3"), ("江临试制", "宏朔钢构", "衡原电机"), owners, strict=True)
        lines = [header, *(pattern.format(*one, f"{number}{one[0]}") for one in named)]
        path.write_text("\n".join(lines), encoding="utf-8")
        return str(path)

    _, first = run(capsys, kind, write("李沅", "何渝", "", number="A"))
    assert first["moves"] == [], "who was nobody's before changes no hands"
    again = write("李沅", "周衡", "周衡", number="B")
    before = sizes()
    _, dry = run(capsys, kind, again, "--dry-run")
    assert sizes() == before
    _, done = run(capsys, kind, again)
    today = business_date(datetime.now(UTC)).isoformat()
    moved = {
        "customer": "C2",
        "name": "宏朔钢构",
        "dimension": "owner",
        "former": "何渝",
        "value": "周衡",
        "from": today,
    }
    assert dry["moves"] == done["moves"] == [moved]
    assert any(today in note for note in done["notes"])
    batch = Batch.objects.get(pk=done["batch"])
    assert batch.counts["moved"] == 1
    customer_id = Customer.objects.get(code="C2").pk
    assert affiliation_as_of(date.fromisoformat(today), dimension="owner")[customer_id] == "周衡"


def test_batch_numbers_have_no_holes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, first = run(capsys, "items", file_of(tmp_path, line("A", "100.00")))
    run(capsys, "items", file_of(tmp_path, line("B", "1.00")), "--dry-run")
    run(capsys, "items", file_of(tmp_path, line("A", "100.00")))
    run(capsys, "items", file_of(tmp_path, line("A", "120.00")))
    run(capsys, "items", file_of(tmp_path, *(line(f"G{number}", "1.00") for number in range(20)), line("C", "abc")))
    _, second = run(capsys, "items", file_of(tmp_path, line("B", "2.00")))
    assert second["batch"] == first["batch"] + 1
    assert set(Item.objects.values_list("batch_id", flat=True)) == {first["batch"], second["batch"]}


def test_columns_are_kept_as_a_preset_of_the_company(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = file_of(tmp_path, line("A", "100.00"))
    code, refused = run(capsys, "items", path, "--save-preset", "yonyou")
    assert (code, refused["error"]["code"]) == (1, "preset_exists")
    _, first = run(capsys, "items", path, "--save-preset", "our-erp")
    assert first["created"] == 1
    _, again = run(capsys, "items", file_of(tmp_path, line("A", "100.00"), line("B", "2.00")), "--preset", "our-erp")
    assert (again["created"], again["duplicates"], again["guessed"]) == (1, 1, [])
    assert load_preset("our-erp", company="MAIN").name == "our-erp"
    for elsewhere in ("", "OTHER"):
        with pytest.raises(Refusal, match="preset_unknown"):
            load_preset("our-erp", company=elsewhere)


def test_who_is_named_needs_the_permission(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime.now(UTC)
    for name, role in (("reader", "sales"), ("clerk", "billing_clerk")):
        add_user(username=name, password="long enough to pass 7", actor="cli:test", at=at)
        grant_role(username=name, role=role, company=None, actor="cli:test", at=at)
    path = file_of(tmp_path, line("A", "100.00"))
    before = sizes()
    for name in ("reader", "nobody"):
        code, refused = run(capsys, "items", path, "--actor", name)
        assert (code, refused["error"]["code"], sizes()) == (1, "not_permitted", before)
    code, done = run(capsys, "items", path, "--actor", "clerk")
    assert (code, Batch.objects.get().actor) == (0, "cli:clerk")
    code, refused = run(capsys, "undo", str(done["batch"]), "--actor", "clerk")
    assert (code, refused["error"]["code"]) == (1, "not_permitted")
    assert run(capsys, "undo", str(done["batch"]))[0] == 0


def test_a_snapshot_without_its_day_is_wrong_use_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even the file is looked for: the answer would be the same after it was read."""
    code, told = run(capsys, "open-items", str(tmp_path / "not there.xlsx"), "--company", "NONE")
    assert (code, told["error"]["code"]) == (2, "usage")
    assert "--as-of" in told["error"]["message"]
