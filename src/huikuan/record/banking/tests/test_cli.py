"""`huikuan bank`: files in, accounts and lines out, in words and as JSON; refusals change nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.record.banking.models import BankAccount, BankLine, BankStatement, Preset
from huikuan.record.banking.tests.conftest import AT, NUMBER, Bank
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)

HEADER = "account,booked_on,value_on,amount,currency,payer_name,payer_account,memo,bank_reference"
ROWS = (
    f"{NUMBER},2026-03-01,2026-03-01,1200.50,CNY,北麓矿业装备有限公司,6228000000000001,货款 INV-1,B1",
    f"{NUMBER},2026-03-02,,300,CNY,周岚,6228480402564890018,货款,",
    f"{NUMBER},2026-03-03,,-20.00,CNY,,,手续费,B2",
)


@pytest.fixture
def bank(transactional_db: None) -> Bank:
    return Bank()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["bank", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def written(folder: Path, *rows: str, header: str = HEADER, name: str = "三月.csv") -> str:
    path = folder / name
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return str(path)


def test_a_file_comes_in_and_its_lines_are_listed(bank: Bank, said: Any, tmp_path: Path) -> None:
    code, told = said("import", written(tmp_path, *ROWS))
    (statement,) = told["statements"]
    assert (code, told["file"], statement["account"], statement["account_opened"]) == (0, "三月.csv", NUMBER, False)
    assert (statement["money_in"], statement["money_out"]) == ("1500.50", "-20.00")
    assert (statement["new"], statement["known"], statement["notes"]) == (3, 0, [])
    assert said("import", written(tmp_path, *ROWS))[1]["statements"][0]["known"] == 3
    assert BankStatement.objects.count() == 1
    _, listed = said("lines", "--open")
    assert [(line["amount"], line["left"], line["payer_name"]) for line in listed["lines"]] == [
        ("300.00", "300.00", "周岚"),
        ("1200.50", "1200.50", "北麓矿业装备有限公司"),
    ]
    assert [line["amount"] for line in said("lines", "--state", "out", "--account", NUMBER)[1]["lines"]] == ["-20.00"]
    assert len(said("lines", "--text", "北麓", "--from", "2026-03-01", "--until", "2026-03-01")[1]["lines"]) == 1
    assert len(said("lines", "--text", "1,200.50")[1]["lines"]) == 1
    (row,) = said("accounts")[1]["accounts"]
    assert (row["number"], row["lines"], row["open_lines"], row["through"]) == (NUMBER, 3, 2, "2026-03-03")


def test_an_account_is_opened_as_it_comes_or_by_hand(bank: Bank, said: Any, tmp_path: Path) -> None:
    rows = [row.replace(NUMBER, "62220909") for row in ROWS]
    assert said("import", written(tmp_path, *rows))[1]["statements"][0]["account_opened"] is True
    assert said("account", "add", "6222 0808", "--bank", "江临银行")[1]["number"] == "62220808"
    assert BankAccount.objects.count() == 3
    code, told = said("account", "add", "62220808")
    assert (code, told["error"]["code"]) == (1, "bank_account_known")


def test_the_wrong_account_brings_nothing(bank: Bank, said: Any, tmp_path: Path) -> None:
    code, told = said("import", written(tmp_path, *ROWS), "--account", "999999")
    assert (code, told["error"]["code"]) == (1, "bank_account_differs")
    assert told["error"]["where"][0]["file"] == "三月.csv"
    code, told = said("import", str(tmp_path / "none.csv"))
    assert (code, told["error"]["code"]) == (1, "bank_file_missing")
    assert (BankLine.objects.count(), BankAccount.objects.count()) == (0, 1)


def test_an_unknown_layout_is_read_by_a_mapping_and_then_by_itself(bank: Bank, said: Any, tmp_path: Path) -> None:
    strange = written(tmp_path, "01.03.2026;12,50;货款", header="Tag;Wert;Wofür", name="strange.csv")
    code, told = said("import", strange, "--account", NUMBER)
    assert (code, told["error"]["code"]) == (1, "statement_layout_unknown")
    mapping = tmp_path / "mapping.json"
    mapping.write_text("not json", encoding="utf-8")
    assert said("import", strange, "--mapping", str(mapping))[1]["error"]["code"] == "bank_mapping_unreadable"
    columns = {"booked_on": "Tag", "amount": "Wert", "memo": ["Wofür"]}
    mapping.write_text(json.dumps({**columns, "date_order": "dmy", "decimal": ",", "signs": "in"}), encoding="utf-8")
    words = ("import", strange, "--account", NUMBER, "--mapping", str(mapping), "--save-preset", "江边银行")
    assert said(*words)[1]["statements"][0]["new"] == 1
    assert BankLine.objects.get().amount == 12_50
    assert [row["name"] for row in said("presets")[1]["presets"]] == ["江边银行"]
    later = written(tmp_path, "02.03.2026;13,50;货款", header="Tag;Wert;Wofür", name="later.csv")
    assert said("import", later, "--account", NUMBER)[1]["statements"][0]["new"] == 1
    named = written(tmp_path, "03.03.2026;1,00;货款", header="Tag;Wert;Wofür", name="named.csv")
    assert said("import", named, "--account", NUMBER, "--preset", "江边银行")[1]["statements"][0]["new"] == 1
    assert said("import", named, "--preset", "none")[1]["error"]["code"] == "bank_preset_unknown"
    assert Preset.objects.count() == 1
    assert said("presets", "--forget", "none")[1]["error"]["code"] == "bank_preset_unknown"
    assert said("presets", "--forget", "江边银行")[1] == {"presets": []}
    last = written(tmp_path, "04.03.2026;1,00;货款", header="Tag;Wert;Wofür", name="last.csv")
    assert said("import", last, "--account", NUMBER)[1]["error"]["code"] == "statement_layout_unknown"


def test_who_is_named_needs_the_permission_and_persons_are_masked(bank: Bank, said: Any, tmp_path: Path) -> None:
    for name, role in (("rep", "sales"), ("clerk", "cash_clerk"), ("boss", "finance_manager")):
        add_user(username=name, password="a long pass phrase", actor="cli:root", at=AT)
        grant_role(username=name, role=role, actor="cli:root", at=AT)
    path = written(tmp_path, *ROWS)
    assert said("import", path, "--actor", "rep")[1]["error"]["code"] == "not_permitted"
    assert said("lines", "--actor", "rep")[1]["error"]["code"] == "not_permitted"
    assert said("import", path, "--actor", "clerk")[0] == 0
    accounts = {
        who: [line["payer_account"] for line in said("lines", "--open", "--actor", who)[1]["lines"]]
        for who in ("clerk", "boss")
    }
    assert accounts["clerk"] == ["6228****0018", "6228000000000001"]
    assert accounts["boss"] == ["6228480402564890018", "6228000000000001"]
