"""Customers from an import: created once, changed when they differ, silent otherwise."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import IntegrityError, connection

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.customers import queries
from huikuan.record.customers.domain.master import Master, master_from
from huikuan.record.customers.models import Affiliation, Customer, CustomerGroup, CustomerVersion
from huikuan.record.customers.operations import bulk, ensure_prospects, import_customers

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
BY = {"batch_id": 7, "actor": "cli:lin", "at": AT}
TEXTS = ("code", "name", "short_name", "english_name", "former_names", "uscc", "industry", "group_code", "group_name")
COLUMNS = (*TEXTS, "parent_code", "owner", "region", "business_type", "status")


def sheet(*rows: dict[str, str]) -> pl.DataFrame:
    """Checked rows as the connectors hand them over, from row 2 on."""
    whole = [{"row": number, **dict.fromkeys(COLUMNS, ""), **row} for number, row in enumerate(rows, 2)]
    return pl.DataFrame(whole, schema={"row": pl.Int64, **dict.fromkeys(COLUMNS, pl.Utf8)})


def counted() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Customer, CustomerGroup, CustomerVersion, Affiliation, Leaf))


HAIYUE = {
    "code": "C001",
    "name": "海岳风电设备（盐城）有限公司",
    "short_name": "海岳风电",
    "uscc": "91350100M000100Y43",
    "industry": "风电装备",
    "group_code": "G-HY",
    "group_name": "海岳集团",
    "owner": "李沅",
    "region": "华东",
    "business_type": "设备；锻件",
}


@pytest.mark.django_db
class TestProspects:
    def test_unknown_codes_become_prospects_with_a_version_and_a_leaf_each(self) -> None:
        ids = ensure_prospects({"B": "乙公司", "A": "甲公司", "C": ""}, **BY)
        made = dict(Customer.objects.values_list("code", "name"))
        assert made == {"A": "甲公司", "B": "乙公司", "C": "C"}
        assert set(Customer.objects.values_list("status", flat=True)) == {"prospect"}
        versions = CustomerVersion.objects.order_by("customer_id")
        assert {(fact.customer_id, fact.version, fact.batch_id, fact.actor) for fact in versions} == {
            (ids[code], 1, 7, "cli:lin") for code in "ABC"
        }
        assert Leaf.objects.filter(kind="customers_customerversion").count() == 3

    def test_a_known_customer_stays_as_it_is(self) -> None:
        first = ensure_prospects({"A": "甲公司"}, **BY)
        before = counted()
        assert ensure_prospects({"A": "另一个名字"}, **BY) == first
        assert counted() == before
        assert Customer.objects.get().name == "甲公司"

    def test_the_version_fact_holds_the_whole_record(self) -> None:
        ensure_prospects({"A": "甲 'O\"公司\\"}, **BY)
        assert master_from(CustomerVersion.objects.get().content) == queries_master("A")

    def test_ids_reserved_before_are_used(self) -> None:
        reserved = {"B": 9_000_002, "A": 9_000_001}
        assert ensure_prospects({"A": "甲", "B": "乙"}, ids=reserved, **BY) == reserved

    def test_more_than_one_chunk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("huikuan.record.customers.operations.rows._CHUNK", 7)
        ids = ensure_prospects({f"K{number:03}": f"客户{number}" for number in range(50)}, **BY)
        assert ids == dict(Customer.objects.values_list("code", "id"))
        assert len(ids) == 50


def queries_master(code: str) -> object:
    from huikuan.record.customers.operations.rows import known_by_code

    return known_by_code([code])[code].master


@pytest.mark.django_db
class TestImport:
    def test_what_is_longer_than_its_column_is_refused_where_it_stands(self) -> None:
        before = counted()
        with pytest.raises(Refusal) as caught:
            import_customers(
                sheet(HAIYUE, {**HAIYUE, "code": "C002", "name": "长" * 201, "industry": "钢" * 101}), **BY
            )
        assert caught.value.code == "customer_field_too_long"
        assert [(place.row, place.column) for place in caught.value.where] == [(3, "name"), (3, "industry")]
        assert counted() == before

    def test_everything_a_row_says_is_kept(self) -> None:
        answer = import_customers(sheet(HAIYUE), **BY).counts
        assert answer == {
            "created": 1,
            "changed": 0,
            "unchanged": 0,
            "groups": 1,
            "affiliations": 4,
            "uscc_warnings": 0,
        }
        row = queries.customer("C001", scope=EVERYTHING)
        assert (row.name, row.short_name, row.uscc, row.industry) == (
            HAIYUE["name"],
            "海岳风电",
            "91350100M000100Y43",
            "风电装备",
        )
        assert row.status == "customer"
        today = date(2026, 11, 20)
        assert {name: queries.affiliation_as_of(today, dimension=name) for name in Affiliation.Dimension.values} == {
            "group": {row.id: "G-HY"},
            "owner": {row.id: "李沅"},
            "region": {row.id: "华东"},
            "business_type": {row.id: "设备；锻件"},
        }

    def test_the_same_content_again_writes_nothing(self) -> None:
        import_customers(sheet(HAIYUE), **BY)
        before = counted()
        answer = import_customers(sheet(HAIYUE), **BY).counts
        assert (answer["created"], answer["changed"], answer["unchanged"]) == (0, 0, 1)
        assert counted() == before

    def test_a_new_name_keeps_the_old_one_and_empty_cells_say_nothing(self) -> None:
        import_customers(sheet(HAIYUE), **BY)
        answer = import_customers(sheet({"code": "C001", "name": "海岳新能源装备有限公司"}), **BY).counts
        assert answer["changed"] == 1
        row = queries.customer("C001", scope=EVERYTHING)
        assert (row.name, row.former_names, row.industry, row.version) == (
            "海岳新能源装备有限公司",
            (HAIYUE["name"],),
            "风电装备",
            2,
        )
        assert [version.version for version in queries.versions(row.id)] == [1, 2]
        assert [found.code for found in queries.find("风电设备（盐城", scope=EVERYTHING)] == ["C001"]

    def test_a_prospect_becomes_a_customer(self) -> None:
        ensure_prospects({"C001": "海岳"}, **BY)
        assert import_customers(sheet(HAIYUE), **BY).counts["changed"] == 1
        row = queries.customer("C001", scope=EVERYTHING)
        assert (row.status, row.former_names) == ("customer", ("海岳",))

    def test_a_hand_over_counts_from_the_day_it_is_recorded(self) -> None:
        import_customers(sheet(HAIYUE), **BY)
        import_customers(sheet({"code": "C001", "owner": "何渝"}), **BY)
        customer_id = queries.customer("C001", scope=EVERYTHING).id
        assert queries.affiliation_as_of(date(2026, 11, 19), dimension="owner") == {customer_id: "李沅"}
        assert queries.affiliation_as_of(date(2026, 11, 20), dimension="owner") == {customer_id: "何渝"}
        assert queries.affiliation_as_of(date(2020, 1, 1), dimension="owner") == {customer_id: "李沅"}

    def test_parents_stand_anywhere_in_the_file_or_the_database(self) -> None:
        import_customers(sheet({"code": "TOP", "name": "总公司"}), **BY)
        import_customers(sheet({"code": "A", "parent_code": "B"}, {"code": "B", "parent_code": "TOP"}), **BY)
        parents = dict(Customer.objects.values_list("code", "parent__code"))
        assert parents == {"TOP": None, "A": "B", "B": "TOP"}

    def test_an_unknown_parent_is_refused_with_its_row(self) -> None:
        with pytest.raises(Refusal) as caught:
            import_customers(sheet({"code": "A"}, {"code": "B", "parent_code": "NOBODY"}), **BY)
        assert caught.value.code == "parent_unknown"
        assert [(place.row, place.column, place.value) for place in caught.value.where] == [
            (3, "parent_code", "NOBODY")
        ]
        assert counted() == (0, 0, 0, 0, 0)

    def test_a_cycle_across_file_and_database_is_refused(self) -> None:
        import_customers(sheet({"code": "A"}, {"code": "B", "parent_code": "A"}), **BY)
        before = counted()
        with pytest.raises(Refusal) as caught:
            import_customers(sheet({"code": "A", "parent_code": "B"}), **BY)
        assert caught.value.code == "parent_cycle"
        assert caught.value.params["codes"] == "A, B"
        assert counted() == before

    def test_a_code_twice_is_refused_and_both_rows_named(self) -> None:
        with pytest.raises(Refusal) as caught:
            import_customers(sheet({"code": "A"}, {"code": "B"}, {"code": "A"}), **BY)
        assert [place.row for place in caught.value.where] == [2, 4]
        assert counted() == (0, 0, 0, 0, 0)

    def test_a_doubtful_uscc_is_kept_and_counted(self) -> None:
        answer = import_customers(sheet({**HAIYUE, "uscc": "91350100M000100Y44"}), **BY).counts
        assert answer["uscc_warnings"] == 1
        assert queries.customer("C001", scope=EVERYTHING).uscc_problem == "check_digit"


def raced(monkeypatch: pytest.MonkeyPatch, insert: Callable[..., dict[str, int]]) -> tuple[list[dict[str, int]], int]:
    """Two imports of the same unknown codes; both have read "nobody knows these" before either inserts.

    Answers what came back and how many failed on the unique code.
    """
    barrier = threading.Barrier(2)
    answers: list[dict[str, int]] = []
    failures: list[Exception] = []

    def after_both_read(masters: list[Master], ids: dict[str, int] | None = None) -> dict[str, int]:
        barrier.wait(timeout=60)
        return insert(masters, ids)

    monkeypatch.setattr(bulk, "insert_new", after_both_read)

    def one() -> None:
        try:
            answers.append(ensure_prospects({f"K{number:03}": "某公司" for number in range(200)}, **BY))
        except IntegrityError as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, len(failures)


def insert_blindly(masters: list[Master], ids: object) -> dict[str, int]:
    """The twin: without ON CONFLICT."""
    made = Customer.objects.bulk_create([Customer(code=one.code, name=one.name) for one in masters])
    return {one.code: one.pk for one in made}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a claim about concurrency: PostgreSQL only")
class TestRace:
    def test_two_imports_of_the_same_codes_end_with_one_customer_each(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answers, failures = raced(monkeypatch, bulk.insert_new)
        assert failures == 0
        assert answers[0] == answers[1] == dict(Customer.objects.values_list("code", "id"))
        assert CustomerVersion.objects.count() == 200

    def test_without_the_guard_one_of_them_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        answers, failures = raced(monkeypatch, insert_blindly)
        assert (len(answers), failures) == (1, 1)
