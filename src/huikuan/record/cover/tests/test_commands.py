"""`huikuan cover …`: JSON alone, amounts as decimal strings, refusals change nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from huikuan.mechanisms.approvals.operations import approve_request
from huikuan.mechanisms.approvals.queries.requests import request_record
from huikuan.record.cover.models import PieceVersion
from huikuan.record.cover.tests.conftest import Cast
from huikuan.shell import cli

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return Cast()


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["cover", *words, "--json"])
        out = capsys.readouterr().out
        return code, json.loads(out)

    return run


def added(cast: Cast, said: Any, *more: str) -> int:
    words = ["add", "N", "300000", "--kind", "mortgage", "--provider", "北麓矿业装备", "--reference", "抵字1"]
    code, told = said(*words, "--eligible", "70", "--actor", "analyst", *more)
    assert (code, told["state"]) == (0, "waiting")
    return int(told["request"])


def approve(cast: Cast, number: int) -> None:
    from datetime import UTC, datetime

    digest = request_record(number).digest
    approve_request(request_id=number, digest=digest, actor=cast.manager, at=datetime.now(UTC))


def test_a_piece_from_the_command_line(cast: Cast, said: Any, tmp_path: Path) -> None:
    paper = tmp_path / "他项权证.pdf"
    paper.write_bytes(b"%PDF-1.4 deed")
    number = added(cast, said, "--file", str(paper))
    assert said("list") == (0, {"as_of": said("list")[1]["as_of"], "pieces": []})
    approve(cast, number)
    _, listed = said("list", "--customer", "N", "--state", "counts")
    (row,) = listed["pieces"]
    assert (row["number"], row["amount"], row["eligible"], row["counts"], row["file"]) == (
        number, "300000.00", "70", "210000.00", "他项权证.pdf"
    )  # fmt: skip
    assert said("list", "--customer", "S")[1]["pieces"] == []
    code, less = said("revalue", str(number), "--amount", "200000", "--seen", "1", "--actor", "analyst")
    assert (code, less["counts"], less["version"]) == (0, "140000.00", 2)
    code, more = said("revalue", str(number), "--eligible", "80", "--actor", "analyst")
    assert (code, more["state"]) == (0, "waiting")
    code, stale = said("release", str(number), "--reason", "已注销", "--seen", "1")
    assert (code, stale["error"]["code"]) == (1, "cover_changed_since")
    code, gone = said("release", str(number), "--reason", "已注销")
    assert (code, gone["state"], gone["counts"]) == (0, "released", "0.00")
    assert [one["version"] for one in said("show", str(number))[1]["versions"]] == [3, 2, 1]


def test_refusals_write_nothing(cast: Cast, said: Any) -> None:
    for words, code in (
        (("show", "7"), "cover_unknown"),
        (("add", "NOBODY", "1", "--kind", "pledge", "--provider", "x", "--reference", "1"), "customer_unknown"),
        (("add", "N", "0", "--kind", "pledge", "--provider", "x", "--reference", "1"), "cover_amount_bad"),
        (
            ("add", "N", "1", "--kind", "pledge", "--provider", "x", "--reference", "1", "--file", "/none"),
            "cover_file_missing",
        ),
    ):
        exit_code, told = said(*words)
        assert (exit_code, told["error"]["code"]) == (1, code)
    assert PieceVersion.objects.count() == 0
