"""Customers are found by any part of what they are called, as one types it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection

from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers.check import unlike_their_versions
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.domain.search_words import search_words, typed
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import change_customer, create_customer
from huikuan.record.customers.queries import find

BY = {"actor": "cli:test", "at": datetime(2026, 11, 20, 9, tzinfo=UTC)}
HAIYUE = Master("C001", "海岳风电设备（盐城）有限公司", short_name="海岳风电", uscc="", english_name="Haiyue Wind")
LEAVES = Master("C002", "海岳风电叶片（大丰）有限公司")
CHANG = Master("C003", "重庆长行有限公司")


def found(text: str) -> list[str]:
    return [row.code for row in find(text, scope=EVERYTHING)]


@pytest.fixture
def three(db: None) -> None:
    for master in (HAIYUE, LEAVES, CHANG):
        create_customer(master=master, **BY)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("盐城", ["C001"]),
        ("hyfd", ["C001", "C002"]),
        ("HYFD", ["C001", "C002"]),
        ("fdyp", ["C002"]),
        ("haiyue", ["C001", "C002"]),
        ("haiyue dafeng", ["C002"]),
        ("hy 叶片", ["C002"]),
        ("cqch", ["C003"]),
        ("cqzh", ["C003"]),
        ("zqcx", []),
        ("c00", ["C003", "C001", "C002"]),
        ("００２", ["C002"]),
        ("wind", ["C001"]),
        ("h", ["C001", "C002"]),
        ("yxgs", []),
        ("100%", []),
        ("_", []),
        ("   ", []),
    ],
)
def test_found_by_part_pinyin_initials_and_code(three: None, text: str, codes: list[str]) -> None:
    assert sorted(found(text)) == sorted(codes)


def test_who_begins_so_comes_first(db: None) -> None:
    create_customer(master=Master("B9", "北方海岳"), **BY)
    create_customer(master=Master("Z1", "海岳风电设备有限公司"), **BY)
    assert found("海岳") == found("hy") == ["Z1", "B9"]


def test_a_new_name_is_found_and_the_former_stays_found(three: None) -> None:
    change_customer(code="C002", version=1, changes={"name": "远舟叶片有限公司"}, **BY)
    assert found("yzyp") == found("fdyp") == ["C002"]


def test_the_ledger_check_finds_words_that_are_not_the_customers(three: None) -> None:
    assert list(unlike_their_versions()) == []
    Customer.objects.filter(code="C002").update(search="\nnobody")
    (one,) = unlike_their_versions()
    assert one[1:] == (search_words(LEAVES), "\nnobody")


def test_customers_from_before_the_search_get_their_words(three: None) -> None:
    """The migration's backfill: what it works out is what an operation would have written."""
    Customer.objects.update(search="")
    migration = __import__("huikuan.record.customers.migrations.0002_search", fromlist=["fill"])
    from django.apps import apps

    migration.fill(apps, connection.schema_editor)
    assert {row.code: row.search for row in Customer.objects.all()} == {
        master.code: search_words(master) for master in (HAIYUE, LEAVES, CHANG)
    }


def test_what_is_typed_is_folded_like_what_is_kept() -> None:
    assert typed(" Ｃ００１　HY ") == ["c001", "hy"]
    assert search_words(replace(HAIYUE, name="海岳有限公司", short_name="", english_name="")) == (
        "\n海岳有限公司\nhaiyue\nc001\nhy"
    )
