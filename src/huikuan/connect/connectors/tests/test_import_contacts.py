"""Contacts out of files: guessed, checked cell by cell, met with those known, taken once, taken back; nothing of a
file of people is kept but what can be erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from huikuan.connect.connectors.domain.overlay import Edit
from huikuan.connect.connectors.domain.rows import Checked
from huikuan.connect.connectors.models import Batch
from huikuan.connect.connectors.operations import importing
from huikuan.connect.connectors.operations.files import Asked, Imported, RejectedRefusal, import_file
from huikuan.connect.connectors.operations.plans import Task
from huikuan.connect.connectors.operations.undo import undo_batch
from huikuan.connect.connectors.presets import load_preset
from huikuan.connect.connectors.tests.ledgers import company
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Erasable, Leaf
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.store.folder import data_folder
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import ContactVersion, Customer
from huikuan.record.customers.operations import (
    add_contact,
    change_contact,
    create_customer,
    erase_contact,
    merge_customers,
)
from huikuan.record.customers.queries.people import contact_versions, contacts

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
WHO: dict[str, Any] = {"actor": "tester", "at": AT}
HEADER = "客户编码,姓名,职务,角色,电话,电子邮箱,同意联系,表态日期,在职状态"
GU = "C1,顾晓,财务部,付款经办,13812342046,guxiao@haiyue.example,同意,2026-10-01,"
LU = "C1,陆总,,负责人,010-6554 3210 转 8,,,,"
AN = "C2,安宁,采购部,采购,,an@beilu.example,,,"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    create_customer(master=Master("C1", "海岳风电设备（盐城）有限公司"), **WHO)
    create_customer(master=Master("C2", "北麓矿业有限公司"), **WHO)


def take(*lines: str, header: str = HEADER, **more: Any) -> Imported:
    path = Path("contacts.csv")
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return import_file(path, Asked(kind="contacts", company=company(), **{**WHO, **more}))


def counts(imported: Imported) -> tuple[int, int, int, int]:
    result = imported.result
    return result.read, result.created, result.duplicates, result.rejected


def people(code: str) -> list[Contact]:
    return [row.contact for row in contacts(Customer.objects.get(code=code).pk, clear=True)]


def bad_cells(*lines: str, **more: Any) -> list[tuple[int, str, str]]:
    before = Leaf.objects.count(), Batch.objects.count()
    with pytest.raises(RejectedRefusal) as caught:
        take(*lines, **more)
    assert (Leaf.objects.count(), Batch.objects.count()) == before
    return [(cell.row, cell.column, cell.code) for cell in caught.value.checked.bad]


def test_contacts_come_with_what_the_file_says_and_once() -> None:
    dry = take(GU, LU, AN, dry_run=True)
    assert (counts(dry), ContactVersion.objects.count()) == ((3, 3, 0, 0), 0)
    first = take(GU, LU, AN)
    assert counts(first) == (3, 3, 0, 0)
    assert people("C1") == [
        Contact(
            "顾晓", "财务部", "payables", "13812342046", "guxiao@haiyue.example",
            consent="given", consent_on=date(2026, 10, 1),
        ),
        Contact("陆总", role="decides", phone="010-6554 3210 转 8"),
    ]  # fmt: skip
    assert people("C2") == [Contact("安宁", "采购部", "purchasing", email="an@beilu.example")]
    before = Leaf.objects.count()
    again = take(GU, LU, AN)
    assert (counts(again), again.result.batch, Leaf.objects.count()) == ((3, 0, 3, 0), None, before)


def test_a_known_person_is_restated_and_an_empty_cell_says_nothing() -> None:
    take(GU, LU)
    changed = take("C1,顾 晓,采购部,,13900001111,,,,", "C1,陆总,,,,,,,离职")
    assert counts(changed) == (2, 2, 0, 0)
    gu, lu = people("C1")
    assert (gu.name, gu.position, gu.role, gu.phone, gu.email, gu.consent) == (
        "顾晓", "采购部", "payables", "13900001111", "guxiao@haiyue.example", "given",
    )  # fmt: skip
    assert (lu.name, lu.active) == ("陆总", False)
    versions = contact_versions(Customer.objects.get(code="C1").pk, clear=True)
    assert [(row.number, row.version) for row in versions] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_a_customer_goes_by_its_registered_name_too_and_nobody_becomes_one() -> None:
    header = "客户名称,联系人,手机"
    take("海岳风电设备(盐城)有限公司,顾晓,13812342046", "北麓矿业有限公司,安宁,", header=header)
    assert [one.name for code in ("C1", "C2") for one in people(code)] == ["顾晓", "安宁"]
    found = bad_cells("东海重工,王立,", "北麓矿业有限公司,安宁,13900001111", header=header)
    assert found == [(2, "客户名称", "customer_unknown")]
    good = take("东海重工,王立,", "北麓矿业有限公司,安宁,13900001111", header=header, skip_rejected=True)
    assert (counts(good), Customer.objects.count()) == ((2, 1, 0, 1), 2)
    create_customer(master=Master("C3", "北麓矿业有限公司"), **WHO)
    assert bad_cells("北麓矿业有限公司,安宁,", header=header) == [(2, "客户名称", "customer_unclear")]


def test_every_bad_cell_is_named() -> None:
    found = bad_cells(
        "C9,王立,,,,,,,",
        "C1,,,,,,,,",
        "C1,周一,,朋友,call me,周一,也许,,走了",
        "C1,周二,,,1.38E+10,,同意,,",
        "C1,周三,经,,,,,,",
        "C1,周三,理,,,,,,",
        mapping=load_preset("template-contacts"),
    )
    assert set(found) == {
        (2, "客户编码", "customer_unknown"),
        (3, "姓名", "missing"),
        (4, "同意联系", "consent_unknown"),
        (4, "在职状态", "contact_status_unknown"),
        (4, "电子邮箱", "email_unreadable"),
        (4, "电话", "phone_unreadable"),
        (4, "角色", "role_unknown"),
        (5, "电话", "digits_lost"),
        (5, "电话", "phone_unreadable"),
        (5, "表态日期", "consent_undated"),
        (6, "客户编码+姓名", "key_repeated"),
        (7, "客户编码+姓名", "key_repeated"),
    }
    assert len(found) == len(set(found)), "each is named once"


def test_namesakes_are_told_apart_by_telephone_or_are_unclear() -> None:
    who = Customer.objects.get(code="C2").pk
    for phone in ("13800000001", "13800000002"):
        add_contact(customer_id=who, contact=Contact("张伟", phone=phone), **WHO)
    assert bad_cells("C2,张伟,财务部,,,,,,") == [(2, "姓名", "contact_unclear")]
    assert bad_cells("C2,张伟,财务部,,13800000003,,,,") == [(2, "姓名", "contact_unclear")]
    take("C2,张伟,财务部,,13800000002,,,,")
    assert [(one.phone, one.position) for one in people("C2")] == [("13800000001", ""), ("13800000002", "财务部")]


def test_customers_that_are_one_have_one_person_of_a_name() -> None:
    take(GU)
    ids = dict(Customer.objects.values_list("code", "pk"))
    merge_customers(from_id=ids["C1"], into_id=ids["C2"], reason="同一户", **WHO)
    again = take("C2,顾晓,采购部,,,,,,")
    assert (counts(again), [one.name for one in people("C1")]) == ((1, 1, 0, 0), ["顾晓"])
    assert [(row.customer_id, row.version) for row in contact_versions(ids["C1"], clear=True)] == [
        (ids["C1"], 1),
        (ids["C1"], 2),
    ]


def between(monkeypatch: pytest.MonkeyPatch, work: Callable[[], Any]) -> None:
    """`work` happens once, after the rows were looked at and before they are written."""
    sift, waiting = importing.sift_contacts, [work]

    def sift_early(task: Task, checked: Checked) -> Checked:
        sifted = sift(task, checked)
        if waiting:
            waiting.pop()()
        return sifted

    monkeypatch.setattr(importing, "sift_contacts", sift_early)


def test_whoever_came_between_looking_and_writing_is_not_there_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    between(monkeypatch, lambda: take(GU, LU))
    assert counts(take(GU, LU)) == (2, 0, 2, 0)
    assert [one.name for one in people("C1")] == ["顾晓", "陆总"]


def test_a_namesake_that_came_between_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    who = Customer.objects.get(code="C1").pk

    def two_more() -> None:
        for phone in ("13800000001", "13800000002"):
            add_contact(customer_id=who, contact=Contact("顾晓", phone=phone), **WHO)

    between(monkeypatch, two_more)
    with pytest.raises(Refusal, match="contacts_changed_meanwhile"):
        take(GU, AN)
    assert (len(people("C1")), people("C2"), Batch.objects.count()) == (2, [], 0)


def test_undone_whom_it_brought_is_gone_whom_it_changed_is_as_before_and_the_file_comes_again() -> None:
    take(LU)
    batch = take(GU, "C1,陆总,,,13900001111,,,,").result.batch or 0
    assert undo_batch(batch_id=batch, **WHO).items == 0
    assert [(one.name, one.active, one.phone) for one in people("C1")] == [
        ("陆总", True, "010-6554 3210 转 8"),
        ("顾晓", False, "13812342046"),
    ]
    with pytest.raises(Refusal, match="batch_undone"):
        undo_batch(batch_id=batch, **WHO)
    take(GU)
    assert [(one.name, one.active) for one in people("C1")] == [("陆总", True), ("顾晓", True)]


def test_nothing_is_undone_where_a_contact_was_changed_since() -> None:
    batch = take(GU, LU).result.batch or 0
    who = Customer.objects.get(code="C1").pk
    change_contact(customer_id=who, number=2, version=1, contact=Contact("陆总", role="legal"), **WHO)
    before = Leaf.objects.count()
    with pytest.raises(Refusal) as caught:
        undo_batch(batch_id=batch, **WHO)
    assert caught.value.code == "contacts_changed_since"
    assert [place.value for place in caught.value.where] == ["C1 / 2"], "it names nobody"
    assert (Leaf.objects.count(), Batch.objects.get(pk=batch).state) == (before, Batch.State.COMMITTED)


def test_the_file_is_not_kept_and_whoever_came_by_it_can_be_erased() -> None:
    edit = Edit(2, "电话", "13812342046")
    batch = take(GU.replace("13812342046", "call me"), edits=(edit,)).result.batch or 0
    row = Batch.objects.get(pk=batch)
    assert row.edits == [{"row": 2, "column": "电话", "before": "", "after": ""}]
    assert [note["text"] for note in row.notes] == [
        "The file itself is not kept, so that what it says of people can be erased."
    ]
    who = Customer.objects.get(code="C1").pk
    gone = Contact("顾晓", active=False)
    change_contact(customer_id=who, number=1, version=1, contact=gone, **WHO)
    erase_contact(customer_id=who, number=1, reason="本人要求", **WHO)
    assert (StoredFile.objects.count(), Erasable.objects.count()) == (0, 0)
    kept = [path for path in data_folder("files").rglob("*") if path.is_file()]
    assert kept == []


def test_the_template_reads_it_too() -> None:
    header = "客户编码,客户名称,姓名,职务,角色,电话,电子邮箱,语言,同意联系,表态日期,在职状态"
    done = take("C1,海岳,Gu Xiao,,finance,,gu@haiyue.example,英文,,,在职", header=header,
                mapping=load_preset("template-contacts"))  # fmt: skip
    assert counts(done) == (1, 1, 0, 0)
    assert people("C1") == [Contact("Gu Xiao", role="payables", email="gu@haiyue.example", language="en")]
