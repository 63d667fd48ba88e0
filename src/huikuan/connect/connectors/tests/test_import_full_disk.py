"""A disk that fills up: the import is refused, nothing of it is there, and with room it goes through."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from huikuan.connect.connectors.operations import plans
from huikuan.connect.connectors.operations.files import Asked, import_file
from huikuan.connect.connectors.tests.ledgers import AT, company, query, sizes
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.store import guards, staging
from huikuan.record.receivables.operations import bulk
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = pytest.mark.django_db(transaction=True)

#: Enough for the scratch file, whose rows are staged beside the ledger.
ROWS = 6_000
on_sqlite = pytest.mark.skipif(connection.vendor == "postgresql", reason="the server writes the files")
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="about a server")


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[], Any]:
    path = tmp_path / "items.csv"
    lines = [f"C{n % 7},客户{n % 7},INV{n:06d},2026-01-10,2026-02-10,{n}.05,CNY" for n in range(1, ROWS + 1)]
    path.write_text("\n".join(["客户编码,客户名称,发票号码,开票日期,到期日,金额,币种", *lines]), encoding="utf-8")
    owner = company()
    return lambda: import_file(path, Asked("items", owner, "tester", AT))


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """No file of this process grows beyond `size` bytes: writing more fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def reached(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stages that were finished."""
    names: list[str] = []
    for owner, name in ((staging, "_fill"), (bulk, "_apply"), (plans, "record_batch")):
        monkeypatch.setattr(owner, name, _telling(getattr(owner, name), name, names))
    return names


def _telling(work: Callable[..., Any], name: str, names: list[str]) -> Callable[..., Any]:
    def told(*given: Any) -> Any:
        answer = work(*given)
        names.append(name)
        return answer

    return told


def assert_refused_and_nothing_left(attempt: Callable[[], Any]) -> None:
    before, beside = sizes(), folder()
    with pytest.raises(Refusal) as refused:
        attempt()
    assert refused.value.code == "storage_failed"
    assert refused.value.params["problem"]
    assert sizes() == before
    assert folder() == beside
    assert guards.missing() == []


def folder() -> set[str]:
    """What lies beside the database, whose own log comes and goes."""
    name = Path(str(settings.DATABASES["default"]["NAME"]))
    if connection.vendor == "postgresql":
        return set()
    return {path.name for path in name.parent.iterdir() if not path.name.startswith(name.name)}


def assert_goes_through(attempt: Callable[[], Any]) -> None:
    assert attempt().result.created == ROWS
    assert sizes()["receivables_openitem"] == sizes()["receivables_item"] == ROWS
    assert check_ledger() == []


@on_sqlite
@pytest.mark.parametrize(
    ("room", "finished"),
    [
        (10_000, []),
        (400_000, []),
        (1_500_000, ["_fill", "_apply", "record_batch"]),
    ],
    ids=["the original", "the scratch file", "the ledger's log"],
)
def test_a_file_that_cannot_grow(asked: Callable[[], Any], reached: list[str], room: int, finished: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def attempt() -> None:
        with no_file_beyond(room):
            asked()

    assert_refused_and_nothing_left(attempt)
    assert reached == finished
    assert_goes_through(asked)


@on_sqlite
def test_a_database_that_cannot_grow(asked: Callable[[], Any], reached: list[str]) -> None:
    """SQLite's own word for a full disk, in the middle of the rows."""
    query("VACUUM")  # no pages left free by other tests
    pages = int(query("PRAGMA page_count")[0][0])

    def attempt() -> None:
        query(f"PRAGMA max_page_count = {pages + 50}")
        try:
            asked()
        finally:
            query("PRAGMA max_page_count = 1073741823")

    assert_refused_and_nothing_left(attempt)
    assert reached == ["_fill"]
    assert_goes_through(asked)


@on_postgres
@pytest.mark.postgres
def test_a_server_whose_disk_is_full(asked: Callable[[], Any], reached: list[str]) -> None:
    """The server answers as it does on a full disk once the items are in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device'"
            " USING ERRCODE = 'disk_full'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON receivables_openitem EXECUTE FUNCTION disk_is_full()"
        )
    try:
        assert_refused_and_nothing_left(asked)
        assert reached == []
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION disk_is_full() CASCADE")
    assert_goes_through(asked)
