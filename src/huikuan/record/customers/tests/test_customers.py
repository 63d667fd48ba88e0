"""One customer at a time, and the command line."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers import queries
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Affiliation, Customer, CustomerVersion
from huikuan.record.customers.operations import change_customer, create_customer, create_group
from huikuan.shell.cli import main

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
BY = {"actor": "zhou", "at": AT}
HAIYUE = Master("C001", "海岳风电设备（盐城）有限公司", short_name="海岳风电", uscc="91350100M000100Y43")

pytestmark = pytest.mark.django_db


def counted() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Customer, CustomerVersion, Affiliation, Leaf))


def refused(work: object, code: str) -> Refusal:
    """`work` is refused with `code`, and nothing changed."""
    before = counted()
    with pytest.raises(Refusal) as caught:
        work()  # type: ignore[operator]
    assert caught.value.code == code
    assert counted() == before
    return caught.value


def test_what_is_typed_is_tidied_and_kept() -> None:
    typed = replace(HAIYUE, code="Ｃ００１ ", name=" 海岳风电设备（盐城）\u200b有限公司", uscc="91350100m000100y43")
    create_customer(master=typed, **BY)
    row = queries.customer("C001", scope=EVERYTHING)
    assert (row.name, row.uscc, row.uscc_problem) == (HAIYUE.name, HAIYUE.uscc, None)


def test_a_doubtful_uscc_needs_a_reason() -> None:
    doubtful = replace(HAIYUE, uscc="91350100M000100Y44")
    refusal = refused(lambda: create_customer(master=doubtful, **BY), "uscc_doubtful")
    assert refusal.params == {"uscc": "91350100M000100Y44", "problem": "check_digit"}
    create_customer(master=replace(doubtful, uscc_override_reason="早期试点赋码，已核对执照"), **BY)
    assert queries.customer("C001", scope=EVERYTHING).uscc_override_reason == "早期试点赋码，已核对执照"


def test_a_uscc_of_another_length_has_no_excuse() -> None:
    short = replace(HAIYUE, uscc="9135", uscc_override_reason="因为")
    refused(lambda: create_customer(master=short, **BY), "uscc_doubtful")


def test_what_create_refuses() -> None:
    create_customer(master=HAIYUE, **BY)
    refused(lambda: create_customer(master=HAIYUE, **BY), "customer_code_taken")
    refused(lambda: create_customer(master=replace(HAIYUE, code=" "), **BY), "customer_field_missing")
    refused(lambda: create_customer(master=replace(HAIYUE, code="D", name=""), **BY), "customer_field_missing")
    refused(lambda: create_customer(master=replace(HAIYUE, code="D" * 41), **BY), "customer_field_too_long")
    endless = replace(HAIYUE, code="D", uscc_override_reason="早" * 201)
    refused(lambda: create_customer(master=endless, **BY), "customer_field_too_long")
    refused(lambda: create_customer(master=replace(HAIYUE, code="D", parent_code="X"), **BY), "parent_unknown")
    refused(lambda: create_customer(master=replace(HAIYUE, code="D", parent_code="D"), **BY), "parent_cycle")


def test_a_change_is_a_new_version_and_a_rename_keeps_the_former_name() -> None:
    customer_id = create_customer(master=HAIYUE, **BY)
    assert change_customer(code="C001", version=1, changes={"name": "海岳重装有限公司"}, **BY) == 2
    assert change_customer(code="C001", version=2, changes={"name": HAIYUE.name}, **BY) == 3
    row = queries.customer("C001", scope=EVERYTHING)
    assert (row.version, row.former_names) == (3, ("海岳重装有限公司",))
    assert [one.version for one in queries.versions(customer_id)] == [1, 2, 3]


def test_nothing_different_is_nothing_written() -> None:
    create_customer(master=HAIYUE, **BY)
    before = counted()
    assert change_customer(code="C001", version=1, changes={"short_name": " 海岳风电 "}, **BY) == 1
    assert counted() == before


def test_who_read_an_older_version_is_refused() -> None:
    create_customer(master=HAIYUE, **BY)
    change_customer(code="C001", version=1, changes={"industry": "风电"}, **BY)
    late = {"code": "C001", "version": 1, "changes": {"industry": "机械"}}
    refusal = refused(lambda: change_customer(**late, **BY), "customer_changed_since")
    assert refusal.params == {"customer": "C001", "seen": 1, "now": 2}
    assert queries.customer("C001", scope=EVERYTHING).industry == "风电"


def test_nobody_stands_above_himself() -> None:
    for code, parent in (("A", ""), ("B", "A"), ("C", "B")):
        create_customer(master=Master(code, code, parent_code=parent), **BY)
    up = {"code": "A", "version": 1, "changes": {"parent_code": "C"}}
    assert refused(lambda: change_customer(**up, **BY), "parent_cycle").params == {"codes": "A, B, C"}
    change_customer(code="B", version=1, changes={"parent_code": ""}, **BY)
    change_customer(**up, **BY)
    assert dict(Customer.objects.values_list("code", "parent__code")) == {"A": "C", "B": None, "C": "B"}


def test_groups_form_a_tree() -> None:
    create_group(code="HY", name="海岳集团", **BY)
    create_group(code="HY-E", name="海岳华东", parent_code="HY", **BY)
    assert [(row.code, row.above) for row in queries.groups()] == [("HY", ()), ("HY-E", ("海岳集团",))]
    told = Event.objects.filter(kind="customers.group_created").order_by("id").values_list("payload", flat=True)
    assert list(told) == [
        {"group": "HY", "below": "", "actor": BY["actor"]},
        {"group": "HY-E", "below": "HY", "actor": BY["actor"]},
    ]
    refused(lambda: create_group(code="HY", name="另一个", **BY), "group_code_taken")
    refused(lambda: create_group(code="X", name="X", parent_code="NO", **BY), "group_unknown")


def test_finding_by_any_name_code_or_uscc() -> None:
    create_customer(master=replace(HAIYUE, english_name="Haiyue Wind"), **BY)
    create_customer(master=Master("D002", "北麓矿业装备集团有限公司"), **BY)
    for typed in ("海岳风电设备(盐城)", "haiyue", "c00", "91350100m", "风电"):
        assert [row.code for row in queries.find(typed, scope=EVERYTHING)] == ["C001"]
    assert [row.code for row in queries.find("有限公司", scope=EVERYTHING)] == ["D002", "C001"]
    assert queries.find("  ", scope=EVERYTHING) == []
    assert [row.code for row in queries.customers(after="C001", scope=EVERYTHING)] == ["D002"]


class TestCommands:
    def answer(self, capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict:
        assert main(["customer", *arguments, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    def test_list_show_affiliate(self, capsys: pytest.CaptureFixture[str]) -> None:
        create_customer(master=HAIYUE, **BY)
        assert [row["code"] for row in self.answer(capsys, "list", "--find", "海岳")["customers"]] == ["C001"]
        said = ("affiliate", "C001", "owner", "李沅", "--from", "2026-01-01")
        assert self.answer(capsys, *said) == {"recorded": 1}
        assert self.answer(capsys, *said) == {"recorded": 0}
        assert self.answer(capsys, "show", "C001", "--as-of", "2025-12-31")["affiliations"] == {}
        shown = self.answer(capsys, "show", "C001", "--as-of", "2026-01-01")
        assert shown["affiliations"] == {"owner": "李沅"}
        assert [one["version"] for one in shown["versions"]] == [1]

    def test_an_unknown_customer_is_a_refusal(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert self.answer(capsys, "show", "NOBODY", code=1)["error"]["code"] == "customer_unknown"

    def test_words_for_people(self, capsys: pytest.CaptureFixture[str]) -> None:
        create_customer(master=HAIYUE, **BY)
        assert main(["customer", "show", "C001"]) == 0
        assert capsys.readouterr().out.startswith("C001 海岳风电设备（盐城）有限公司 (")
