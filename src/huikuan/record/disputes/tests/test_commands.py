"""`huikuan dispute …`: JSON alone, amounts as decimal strings, refusals change nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from huikuan.record.disputes.models import Dispute
from huikuan.record.disputes.tests.conftest import Desk, person
from huikuan.record.receivables.queries.ledger import open_of
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def said(transactional_db: None, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["dispute", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_dispute_from_the_command_line(said: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk = Desk()
    claim = desk.invoice(document_number="FP-1")
    photo = tmp_path / "裂纹.jpg"
    photo.write_bytes(b"\xff\xd8")
    words = ["raise", str(claim), "--reason", "quality", "--amount", "60", "--said-by", "王工", "--file", str(photo)]
    code, row = said(*words)
    assert (code, row["amount"], row["state"], row["department"], row["files"][0]["name"]) == (
        0, "60.00", "waiting", "质量部", "裂纹.jpg"
    )  # fmt: skip
    number = str(row["id"])
    assert said(*words)[1]["id"] == row["id"]
    code, more = said("raise", str(claim), "--reason", "price", "--amount", "40.01")
    assert (code, more["error"]["code"]) == (1, "dispute_more_than_open")
    assert said("raise", str(claim), "--reason", "price", "--file", "nowhere")[1]["error"]["code"] == (
        "dispute_file_missing"
    )
    assert [one["id"] for one in said("list", "--department", "质量部")[1]["disputes"]] == [row["id"]]
    assert said("list", "--show", "answered")[1]["disputes"] == []
    quality = person("zhou", "resolver")
    code, row = said("answer", number, "--amount", "45", "--note", "属实", "--seen", "1", "--actor", quality)
    assert (code, row["state"], row["accepted"]) == (0, "answered", "45.00")
    end = ["resolve", number, "--outcome", "credit_note", "--note", "同意", "--document", "CN-1"]
    assert said(*end, "--amount", "45", "--actor", quality)[1]["error"]["code"] == "not_permitted"
    assert said(*end, "--seen", "1")[1]["error"]["code"] == "dispute_changed_since"
    # Who raised it posts no credit for it alone.
    code, row = said(*end, "--amount", "45")
    assert (code, row["state"], open_of(claim).amount) == (0, "waiting", 100_00)
    assert said("show", number)[1]["state"] == "answered"
    # Somebody else ends it; what waits is void.
    code, row = said(*end, "--amount", "45", "--actor", person("sun", "finance_manager"))
    assert (code, row["state"], row["accepted"], row["standing"]) == (0, "resolved", "45.00", "0.00")
    assert open_of(claim).amount == 55_00
    steps = said("show", number)[1]["steps"]
    assert [one["step"] for one in steps] == ["routed", "answered", "resolved"]
    (figures,) = said("stats", "--by", "department")[1]["figures"]
    assert (figures["value"], figures["count"], figures["granted"], figures["granted_percent"], figures["days"]) == (
        "质量部", 1, "45.00", "75.00", "0.0"
    )  # fmt: skip
    capsys.readouterr()
    assert cli.main(["dispute", "show", number]) == 0
    assert "FP-1" in capsys.readouterr().out
    assert Dispute.objects.count() == 1
