"""The line of a file behind an item: read as the batch read it, and only from the very bytes imported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from huikuan.connect.connectors import originals
from huikuan.connect.connectors.domain.mapping import mapping_of
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations.files import Asked, import_file
from huikuan.connect.connectors.queries import original_line as line_with_meaning
from huikuan.connect.connectors.tests.conftest import HEADER, MAPPING
from huikuan.connect.connectors.tests.ledgers import AT, company
from huikuan.connect.connectors.web.original import original_line
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.operations import path_of
from huikuan.mechanisms.identity.domain.scope import EVERYTHING

pytestmark = pytest.mark.django_db


def imported(path: Path, **mapping: Any) -> Batch:
    asked = Asked("items", company(), "tester", AT, mapping=mapping_of({"name": "m", **MAPPING, **mapping}))
    return Batch.objects.get(pk=import_file(path, asked).result.batch)


def csv(path: Path, count: int) -> Path:
    rows = [f"D{number},C1,江临试制,2026-01-10,2026-02-10,{number}.00,CNY" for number in range(1, count + 1)]
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    return path


def test_the_header_row_of_the_mapping_is_the_one_shown(workbook: Callable[[Sequence[Sequence[Any]]], Path]) -> None:
    title = [["发票号", "金额", "说明"], ["a", "b", "c"]]
    day = date(2026, 1, 10)
    batch = imported(workbook([*title, HEADER.split(","), ["D1", "C1", "甲", day, day, 10, "CNY"]]), header_row=3)
    shown = original_line(batch, 4)
    assert shown is not None
    assert (shown.headers, shown.header_row) == (tuple(HEADER.split(",")), 3)
    assert [(line.row, line.cells[0], line.lit) for line in shown.lines] == [(4, "D1", True)]
    assert line_with_meaning(batch.pk, 4, scope=EVERYTHING).converted["amount"] == "1000"


def test_an_altered_original_is_refused_and_a_missing_one_said(tmp_path: Path) -> None:
    batch = imported(csv(tmp_path / "a.csv", 3))
    assert original_line(batch, 3) is not None
    kept = path_of(batch.file_sha256)
    kept.write_bytes(kept.read_bytes().replace(b"D2", b"X2"))
    for read in (original_line, originals.original_path):
        with pytest.raises(Refusal) as refused:
            read(*((batch, 3) if read is original_line else (batch,)))
        assert refused.value.code == "original_altered"
    with pytest.raises(Refusal) as refused:
        line_with_meaning(batch.pk, 3, scope=EVERYTHING)
    assert refused.value.code == "original_altered"
    kept.unlink()
    assert original_line(batch, 3) is None
    with pytest.raises(Refusal) as refused:
        line_with_meaning(batch.pk, 3, scope=EVERYTHING)
    assert refused.value.code == "original_missing"


def test_lines_of_one_stretch_are_parsed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = imported(csv(tmp_path / "b.csv", 40))
    parsed: list[str] = []
    read = originals.read_sheet
    monkeypatch.setattr(originals, "read_sheet", lambda *a, **k: (parsed.append("parsed"), read(*a, **k))[1])
    monkeypatch.setattr(originals, "_STRETCH", 20)
    monkeypatch.setattr(originals, "_OVERLAP", 2)
    originals._stretch.cache_clear()
    found = {}
    for row in (2, 3, 19, 20, 21, 39, 41):
        shown = original_line(batch, row)
        assert shown is not None
        found[row] = [line.row for line in shown.lines]
    assert parsed == ["parsed"] * 3
    assert found[2] == [2, 3, 4]
    assert found[20] == [18, 19, 20, 21, 22], "a line at a stretch's edge has its neighbours"
    assert found[41] == [39, 40, 41]
    missing = original_line(batch, 42)
    assert missing is not None
    assert not missing.found
