"""Hostile files end in a refusal, never in a crash or a swollen process (catalogue 41, 42, 44, 47)."""

from __future__ import annotations

import os
import random
import resource
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from huikuan.connect.connectors.reading import read_sheet
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.archives import check_archive
from huikuan.mechanisms.files.limits import Limits

SMALL = Limits(parser_memory=1_500_000_000, parser_seconds=10)
Workbook = Callable[..., Path]
#: First bytes of xls files, and of encrypted workbooks of either kind.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def with_part(path: Path, part: str, content: bytes) -> Path:
    """A copy of the workbook in which `part` is replaced or added."""
    hostile = path.with_name("hostile.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(hostile, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename != part:
                target.writestr(entry.filename, source.read(entry))
        target.writestr(part, content)
    return hostile


@pytest.fixture
def good(workbook: Workbook) -> Path:
    return workbook([["发票号", "金额"], ["A1", 5]])


def refused(path: Path, name: str = "", limits: Limits = SMALL) -> str:
    with pytest.raises(Refusal) as refusal:
        read_sheet(path, name or path.name, limits)
    return refusal.value.code


def test_a_bomb_is_refused_before_parsing(good: Path) -> None:
    bomb = with_part(good, "xl/worksheets/sheet1.xml", b" " * 100_000_000)
    assert bomb.stat().st_size < 400_000
    assert refused(bomb) == "archive_bomb"


def test_twin_without_the_ratio_the_bomb_inflates(good: Path) -> None:
    bomb = with_part(good, "xl/worksheets/sheet1.xml", b" " * 100_000_000)
    check_archive(bomb, replace(SMALL, ratio=1_000_000))
    assert refused(bomb, limits=replace(SMALL, ratio=1_000_000)) == "workbook_unreadable"


def test_a_bomb_that_lies_about_its_size_is_refused(good: Path) -> None:
    bomb = with_part(good, "xl/worksheets/sheet1.xml", b" " * 100_000_000)
    data = bytearray(bomb.read_bytes())
    place = 0
    while (place := data.find(struct.pack("<I", 100_000_000), place)) >= 0:
        data[place : place + 4] = struct.pack("<I", 1_000)
    bomb.write_bytes(data)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refused(bomb) == "archive_bomb"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_too_many_entries(good: Path) -> None:
    with zipfile.ZipFile(good, "a") as archive:
        for number in range(2_001):
            archive.writestr(f"xl/media/{number}", b"")
    assert refused(good) == "archive_bomb"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_doctype_is_refused_in_whatever_encoding(good: Path, encoding: str) -> None:
    evil = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst>&e;</sst>'.encode(encoding)
    assert refused(with_part(good, "xl/sharedStrings.xml", evil)) == "file_with_doctype"


def with_far_cell(good: Path, row: int) -> Path:
    """A workbook of two cells, the second in column CV of `row`: parsers make the whole rectangle of it."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c></row>'
        f'<row r="{row}"><c r="CV{row}"><v>1</v></c></row></sheetData></worksheet>'
    )
    return with_part(good, "xl/worksheets/sheet1.xml", sheet.encode())


def test_a_far_cell_ends_the_child_alone(good: Path) -> None:
    """A hundred million empty cells need more than the parser may have."""
    assert refused(with_far_cell(good, 1_000_000)) == "workbook_too_costly"


def test_twin_a_near_cell_costs_nothing(good: Path) -> None:
    assert refused(with_far_cell(good, 1_000)) == "sheet_empty"


def test_the_cap_on_time_bites(good: Path) -> None:
    assert refused(with_far_cell(good, 400_000), limits=replace(SMALL, parser_seconds=1)) == "workbook_too_costly"


def test_ten_thousand_columns(workbook: Workbook) -> None:
    assert refused(workbook([[f"c{number}" for number in range(10_000)], [1]])) == "too_many_columns"


def test_a_giant_cell_is_a_refusal_or_a_cell(tmp_path: Path) -> None:
    path = tmp_path / "giant.csv"
    path.write_bytes("发票号,金额\n".encode() + b"x" * 10_000_000 + b",1\n")
    assert read_sheet(path, "giant.csv").cells.height == 1
    assert refused(path, limits=replace(SMALL, size=1_000_000)) == "file_too_large"


def test_truncated_and_empty(good: Path) -> None:
    whole = good.read_bytes()
    good.write_bytes(whole[: len(whole) // 2])
    assert refused(good) == "archive_damaged"
    good.write_bytes(b"")
    assert refused(good) == "file_empty"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"name,amount\n1,2\n", "file_type_differs"),
        ("a.csv", b"PK\x03\x04", "archive_damaged"),
        ("a.csv", b"%PDF-1.7", "file_type_differs"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "file_type_differs"),
        ("a.csv", b"\xef\xbb\xbf <!DOCTYPE html>", "file_type_differs"),
        ("a.xlsx", COMPOUND + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "file_encrypted"),
        ("a.xls", COMPOUND + bytes(2_000), "workbook_unreadable"),
        ("a.exe", b"MZ\x90\x00", "file_type_unknown"),
        ("a.xlsm", b"PK\x03\x04", "file_type_unknown"),
    ],
)
def test_extension_magic_and_content_must_agree(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    assert refused(path, name) == code


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert refused(path) == "file_type_differs"


@pytest.mark.sealed
def test_mutated_files_are_read_or_refused(good: Path) -> None:
    """Bits flipped, pieces cut and doubled: a Sheet or a Refusal, nothing else. 10,000 with HUIKUAN_PROVE=1."""
    count = 10_000 if os.environ.get("HUIKUAN_PROVE") == "1" else 60
    dice = random.Random(47)
    seeds = {"a.xlsx": good.read_bytes(), "a.csv": '发票号,客户名称,金额\nA1,"甲,""公司""",1\nA2,乙,2\n'.encode() * 3}
    outcomes = {"read": 0, "refused": 0}
    for number in range(count):
        # Every workbook starts a process: fewer of them in an ordinary run.
        name = "a.xlsx" if number % 4 == 0 else "a.csv"
        path = good.with_name(name)
        path.write_bytes(mutated(seeds[name], dice))
        try:
            read_sheet(path, name, SMALL)
            outcomes["read"] += 1
        except Refusal:
            outcomes["refused"] += 1
    print(f"{count} mutated files: {outcomes}")
    assert sum(outcomes.values()) == count


def mutated(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randrange(1, 6)):
        place = dice.randrange(len(changed))
        match dice.randrange(4):
            case 0:
                changed[place] = dice.randrange(256)
            case 1:
                del changed[place : place + dice.randrange(1, 40)]
            case 2:
                changed[place:place] = dice.choice([b'"', b"\x00", b"\n", b",", b"\xff\xfe", b"'"]) * dice.randrange(
                    1, 5
                )
            case _:
                changed[place:place] = changed[place : place + 30]
        if not changed:
            changed = bytearray(b"x")
    return bytes(changed)
