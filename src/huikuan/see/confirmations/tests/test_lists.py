"""The customer's own list, from the file to the differences that are worked off."""

from __future__ import annotations

import io

import openpyxl
import pytest

from huikuan.see.confirmations.domain.lists import Chosen
from huikuan.see.confirmations.models import PeerDifference, PeerList
from huikuan.see.confirmations.operations.lists import head_in, read_list, take_list, work_off
from huikuan.see.confirmations.queries.lists import last_list
from huikuan.see.confirmations.tests.conftest import AT, Portal
from huikuan.see.confirmations.tests.test_guests import refused
from huikuan.see.statements.tests.conftest import person

CSV = """往来清单,,,
发票号码,日期,应付金额,摘要
2643 8810 2254,2026-08-20,"30,000.00",
88117730,2026-10-08,58000.00,
,2026-10-30,12000.00,暂估入库
付款 1030,2026-10-30,5000,付款
合计,,95000,
""".encode("gb18030")


def taken(portal: Portal, content: bytes = CSV, name: str = "清单.csv") -> int:
    invited, _ = portal.invite()
    return take_list(invitation_id=invited, content=content, name=name, source="portal", actor="guest:1", at=AT)


def test_a_list_is_compared_line_by_line_and_sums(portal: Portal) -> None:
    list_id = taken(portal)
    fact = PeerList.objects.get(pk=list_id)
    assert (fact.ours, fact.theirs) == (85_499_95, 95_000_00)
    row = last_list(fact.invitation_id)
    assert row is not None
    assert [(one.kind, one.by, one.difference) for one in row.differences] == [
        ("not_invoiced", "alone", -12_000_00), ("in_transit", "alone", 5_000_00), ("return", "alone", -4_500_05),
        ("amount", "document_end", 2_000_00),
    ]  # fmt: skip
    assert sum(one.difference for one in row.differences) == row.difference == -9_500_05
    assert row.agreed == 1
    lines = PeerDifference.objects.filter(list_id=list_id).values_list("our_lines", "their_lines")
    assert sum(len(mine) for mine, _ in lines) == 3
    assert sorted(line[0] for _, other in lines for line in other) == [3, 4, 5, 6]


def test_a_workbook_says_the_same_and_formulas_are_not_run(portal: Portal) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Invoice number", "Date", "Amount", "Quantity", "Unit price"])
    book.active.append(["264388117730", "2026-10-08", 58000, 580, 100])
    book.active.append(["=1+1", "2026-10-08", 7, None, None])
    held = io.BytesIO()
    book.save(held)
    lines = read_list(held.getvalue(), "list.xlsx", "CNY")
    first = lines[0]
    assert (first.document, first.amount, first.quantity, first.price) == (
        "264388117730", 58_000_00, 580_000, 100_00,
    )  # fmt: skip
    assert "2" not in [line.document for line in lines]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "x.csv", "file_empty"),
        (b"a,b\n1,2\n", "x.csv", "list_columns_missing"),
        (b"Invoice,Amount\nA,\n", "x.csv", "list_empty"),
        (b"Invoice,Amount\nA,much\nB,1.234\n", "x.csv", "list_cells_bad"),
        (b"PK\x03\x04nothing", "x.xlsx", "archive_damaged"),
        (b"Invoice,Amount\n" + b"A,1\n" * 5_001, "x.csv", "too_many_rows"),
        (b"x" * 5_000_001, "x.csv", "file_too_large"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_written(
    portal: Portal, content: bytes, name: str, code: str
) -> None:
    invited, _ = portal.invite()
    asked = {"invitation_id": invited, "content": content, "name": name, "source": "portal", "actor": "g", "at": AT}
    refused(code, take_list, **asked)
    assert (PeerList.objects.count(), PeerDifference.objects.count()) == (0, 0)


def test_a_guest_leaves_room_for_lists_that_staff_take_in(portal: Portal) -> None:
    invited, _ = portal.invite()
    content = "发票号码,金额\n264388102254,1\n".encode()
    asked = {"invitation_id": invited, "content": content, "name": "a.csv", "at": AT}
    guest, staff = {"source": "portal", "actor": f"guest:{invited}"}, {"source": "staff", "actor": "cli:test"}
    for _ in range(15):
        take_list(**asked, **guest)
    assert refused("list_many", take_list, **asked, **guest).params["most"] == 15
    for _ in range(5):
        take_list(**asked, **staff)
    assert refused("list_many", take_list, **asked, **staff).params["most"] == 20
    assert PeerList.objects.count() == 20


def test_differences_are_worked_off_by_who_may_and_nobody_overwrites_another(portal: Portal) -> None:
    taken(portal)
    row = last_list(PeerList.objects.get().invitation_id)
    assert row is not None
    step = {"difference_id": row.differences[0].id, "state": "theirs_right", "note": "开票补上", "at": AT}
    work_off(**step, seen=0, actor="cli:test")
    refused("list_changed_since", work_off, **step, seen=0, actor="cli:test")
    refused("list_state_unknown", work_off, **{**step, "state": "gone"}, seen=1, actor="cli:test")
    person("auditor2", "auditor")
    refused("not_permitted", work_off, **step, seen=1, actor="auditor2")
    after = last_list(row.invitation_id)
    assert after is not None
    assert (after.differences[0].state, after.differences[0].note, after.differences[0].steps) == (
        "theirs_right",
        "开票补上",
        1,
    )


#: As an ERP names them: neither document nor amount is called by a name that is known.
STRANGE = [
    ["江临精工装备股份 应付往来明细", None, None, None, None, None],
    ["账套：001", None, "制表：苏禾", None, None, None],
    ["序", "业务参照", "起算", "原币金额(含税)", "尚欠", "性质"],
    [1, "264388102254", "2026-08-20", 30000, 30000, "货款"],
    [2, "88117730", "2026-10-08", "58,000.00", "58,000.00", "货款"],
    [3, None, "2026-10-30", 12000, 12000, "暂估入库"],
    [4, "付款 1030", "2026-10-30", 5000, 5000, "付款"],
    ["合计", None, None, 95000, 95000, None],
]
SAID = {"document": 1, "on": 2, "amount": 4, "kind": 5}


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def test_columns_with_strange_names_are_said_by_hand(portal: Portal) -> None:
    content = workbook(STRANGE)
    refused("list_columns_missing", read_list, content=content, name="应付.xlsx", currency="CNY")
    head = head_in(content, "应付.xlsx")
    assert head is not None
    assert head.cells == ("序", "业务参照", "起算", "原币金额(含税)", "尚欠", "性质")
    assert (head.examples[1], head.examples[4]) == (("264388102254", "88117730"), ("30000", "58,000.00", "12000"))
    invited, _ = portal.invite()
    asked = {"invitation_id": invited, "content": content, "name": "应付.xlsx", "source": "portal", "actor": "g"}
    refused("list_columns_unsaid", take_list, **asked, at=AT, chosen=Chosen(head.digest, {"amount": 4}))
    assert PeerList.objects.count() == 0
    take_list(**asked, at=AT, chosen=Chosen(head.digest, SAID))
    row = last_list(invited)
    assert row is not None
    assert (row.theirs, row.agreed, row.difference) == (95_000_00, 1, -9_500_05)
    assert [(one.kind, one.difference) for one in row.differences] == [
        ("not_invoiced", -12_000_00), ("in_transit", 5_000_00), ("return", -4_500_05), ("amount", 2_000_00),
    ]  # fmt: skip


def test_a_document_number_typed_as_a_number_is_the_same_document() -> None:
    rows: list[list[object]] = [["发票号码", "金额"], [264388102254, 30000], ["00123.0", 7.5]]
    lines = read_list(workbook(rows), "x.xlsx", "CNY")
    assert [(line.document, line.amount) for line in lines] == [("264388102254", 30_000_00), ("00123", 7_50)]


def test_what_was_said_holds_for_a_list_with_the_same_head_alone() -> None:
    head = head_in(workbook(STRANGE), "应付.xlsx")
    assert head is not None
    chosen = Chosen(head.digest, SAID)
    assert len(read_list(workbook(STRANGE[2:]), "x.xlsx", "CNY", chosen)) == 4
    other = [["序", "另一参照", "起算", "金额", "尚欠", "性质"], *STRANGE[3:]]
    refused("list_columns_missing", read_list, content=workbook(other), name="x.xlsx", currency="CNY", chosen=chosen)
    named = [["发票号码", "日期", "余额"], ["INV-1", "2026-10-08", 7]]
    assert [line.amount for line in read_list(workbook(named), "x.xlsx", "CNY", chosen)] == [7_00]


def test_a_list_without_a_row_of_names_is_read_from_its_first_row() -> None:
    content = b"INV-1,2026-10-08,7.50\nINV-2,2026-10-09,8\n"
    head = head_in(content, "x.csv")
    assert head is not None
    columns = {"document": 0, "on": 1, "amount": 2}
    read = {
        is_data: [line.document for line in read_list(content, "x.csv", "CNY", Chosen(head.digest, columns, is_data))]
        for is_data in (True, False)
    }
    assert read == {True: ["INV-1", "INV-2"], False: ["INV-2"]}
