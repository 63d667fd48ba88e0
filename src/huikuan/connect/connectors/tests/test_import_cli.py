"""The contract of `huikuan import … --json`: every key, every exit code, every bad cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from huikuan.connect.connectors.tests.ledgers import company, sizes
from huikuan.kernel.errors import Refusal
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
    assert any("items-rejected.xlsx" in row and " 3 " in row for row in said)
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
