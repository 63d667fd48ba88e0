"""The mirror holds every fact below the horizon and never more, whoever crashes, restores or writes meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.columns import extraction, operations
from huikuan.mechanisms.columns import manifest as shelf
from huikuan.mechanisms.columns.engine import ColumnsEngine
from huikuan.mechanisms.columns.operations import compact, refresh
from huikuan.mechanisms.columns.queries import asking, in_view, once_in_view, one_view
from huikuan.mechanisms.columns.tables import ALWAYS_KNOWN, Table, registered
from huikuan.mechanisms.store.models import Epoch
from huikuan.record.receivables.columns import MOVES
from huikuan.record.receivables.models import Item

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
DAY = date(2026, 1, 1)

pytestmark = pytest.mark.django_db(transaction=True)


def write(*keys: str, amount: int = 1) -> None:
    with transaction.atomic():
        record(Item, [row(key, amount) for key in keys], at=AT)


def row(key: str, amount: int = 1) -> dict[str, object]:
    return {
        "company_id": 1,
        "customer_id": 1,
        "kind": "invoice",
        "side": "debit",
        "currency": "CNY",
        "amount": amount,
        "document_date": DAY,
        "posting_date": DAY,
        "document_number": key,
        "origin_system": "test",
        "origin_key": key,
        "actor": "test",
    }


def seen(engine: str = "columns") -> list[str]:
    with asking(engine) as asked:
        source = asked.source(MOVES, as_of=DAY, known=ALWAYS_KNOWN)
        rows = asked.rows(f"SELECT document_number FROM {source} AS moves ORDER BY document_number", {})
    return [number for (number,) in rows]


def parquet() -> set[str]:
    return {path.name for path in shelf.folder().glob("*.parquet*")}


def test_several_questions_inside_one_view_look_once_and_see_the_same() -> None:
    write("a")
    refresh()
    write("b")
    with CaptureQueriesContext(connection) as alone:
        assert seen() == ["a", "b"]
    with CaptureQueriesContext(connection) as together, one_view():
        assert seen() == ["a", "b"]
        with one_view():
            assert seen() == ["a", "b"]
    assert len(together) == len(alone)
    write("c")
    assert seen() == ["a", "b", "c"], "nothing is held afterwards"


def test_a_question_of_many_is_asked_once_inside_one_view() -> None:
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    assert [once_in_view("a", ask), once_in_view("a", ask)] == [1, 2]
    with one_view():
        assert in_view()
        assert [once_in_view("a", ask), once_in_view("a", ask), once_in_view("b", ask)] == [3, 3, 4]
        with one_view():
            assert once_in_view("a", ask) == 3
    assert not in_view()
    assert once_in_view("a", ask) == 5, "nothing is held afterwards"


def test_the_tail_is_read_with_the_mirror() -> None:
    write("a", "b")
    refresh()
    write("c")
    with asking("columns") as asked:
        assert isinstance(asked, ColumnsEngine)
        assert asked.tail_rows == 1
    assert seen() == seen("database") == ["a", "b", "c"]


def test_an_uncommitted_writer_sees_its_own_rows_and_nobody_mirrors_them() -> None:
    write("a")
    refresh()
    with transaction.atomic():
        record(Item, [row("b")], at=AT)
        assert seen() == ["a", "b"]
        with pytest.raises(RuntimeError, match="outside transactions"):
            refresh()
        transaction.set_rollback(True)
    assert seen() == ["a"]


def test_refreshing_adds_files_and_compaction_makes_them_one() -> None:
    for key in "abc":
        write(key)
        refresh()
    manifest = shelf.load()
    assert manifest is not None
    assert [file.rows for file in manifest.of("moves")] == [1, 1, 1]
    compact()
    manifest = shelf.load()
    assert manifest is not None
    assert [(file.rows, file.marked) for file in manifest.of("moves")] == [(3, True)]
    assert parquet() == {manifest.of("moves")[0].name}
    assert seen() == ["a", "b", "c"]


def test_many_small_files_are_written_together() -> None:
    counts = []
    # A server's own housekeeping may hold the horizon back for a moment, so that a refresh adds no file.
    while len(counts) < 100 and sorted(counts) == counts:
        write(f"{len(counts):03}")
        refresh()
        manifest = shelf.load()
        assert manifest is not None
        counts.append(len(manifest.of("moves")))
    assert (max(counts), counts[-1]) == (12, 1)
    assert len(seen()) == len(counts)


def test_bulk_and_cursor_read_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large amounts, nulls and dates included: a sum past 32 bits must not wrap."""
    import duckdb

    write("a", amount=3_000_000_000_00)
    write("b", amount=3_000_000_000_00)
    few, many = tmp_path / "few.parquet", tmp_path / "many.parquet"
    assert extraction.extract(MOVES, 0, ALWAYS_KNOWN, few) == 2
    monkeypatch.setattr(extraction, "_BULK", 1)
    assert extraction.extract(MOVES, 0, ALWAYS_KNOWN, many) == 2
    both = [duckdb.sql(f"SELECT * FROM '{path}' ORDER BY item_id") for path in (few, many)]
    assert both[0].types == both[1].types
    assert both[0].fetchall() == both[1].fetchall()
    assert duckdb.sql(f"SELECT SUM(amount) FROM '{many}'").fetchall() == [(6_000_000_000_00,)]


def test_another_ledger_or_a_rewritten_past_is_mirrored_anew() -> None:
    write("a")
    refresh()
    Epoch.objects.filter(id=1).update(ledger_id="00000000-0000-0000-0000-000000000001")
    assert seen() == ["a"]
    manifest = shelf.load()
    assert manifest is not None
    assert manifest.ledger.startswith("00000000")
    shelf.save(manifest.with_files({"moves": (), "schedules": (), "affiliations": ()}, anchor="another past"))
    assert seen() == ["a"]


def test_a_damaged_manifest_or_a_lost_file_is_mirrored_anew() -> None:
    write("a")
    refresh()
    (shelf.folder() / "manifest.json").write_text("{")
    assert seen() == ["a"]
    refresh()
    for name in parquet():
        (shelf.folder() / name).unlink()
    assert seen() == ["a"]


def test_one_refresher_at_a_time() -> None:
    write("a")
    with shelf.writing(wait=True) as held:
        assert held
        assert _in_thread(lambda: refresh(wait=False)) is None


def test_no_file_is_removed_while_somebody_reads() -> None:
    for key in "ab":
        write(key)
        refresh()
    before = parquet()
    with shelf.reading():
        compact()
        assert before < parquet()
    write("c")
    refresh()
    assert not before & parquet()


_CRASH = """
import os, signal
import django
django.setup()
from huikuan.mechanisms.columns import manifest as shelf, operations
moment = os.environ["MOMENT"]
def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
if moment == "before the file has its name":
    operations.shelf.settle_file = die
elif moment == "between file and manifest":
    operations.shelf.save = die
elif moment == "before sweeping":
    operations.shelf.sweep = die
operations.compact() if os.environ["WHAT"] == "compact" else operations.refresh()
"""


@pytest.mark.parametrize("what", ["refresh", "compact"])
@pytest.mark.parametrize("moment", ["before the file has its name", "between file and manifest", "before sweeping"])
def test_killed_at_any_moment_the_mirror_stays_right(what: str, moment: str) -> None:
    write("a")
    refresh()
    write("b")
    if what == "compact":
        refresh()
    child = subprocess.run(
        [sys.executable, "-c", _CRASH], env={**_environment(), "MOMENT": moment, "WHAT": what}, check=False
    )
    assert child.returncode == -signal.SIGKILL
    assert seen() == ["a", "b"]
    write("c")
    refresh()
    assert seen() == ["a", "b", "c"]
    manifest = shelf.load()
    assert manifest is not None
    assert parquet() == {file.name for listed in manifest.files.values() for file in listed}


@pytest.mark.postgres
@pytest.mark.parametrize("guarded", [True, False], ids=["horizon", "highest tx"])
def test_a_late_commit_is_not_missed(guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its twin goes by the highest number seen, as a watermark would, and misses the row."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: transactions commit in order")
    wrote, may_commit = threading.Event(), threading.Event()

    def late() -> None:
        with transaction.atomic():
            record(Item, [row("late")], at=AT)
            wrote.set()
            may_commit.wait(20)

    thread = threading.Thread(target=_closing(late))
    thread.start()
    assert wrote.wait(20)
    write("early")
    if not guarded:
        newest = Item.objects.order_by("-tx").values_list("tx", flat=True)
        monkeypatch.setattr(operations, "horizon", lambda: newest[0] + 1)
    refresh()
    may_commit.set()
    thread.join()
    monkeypatch.setattr(operations, "anchor_below", lambda _until: shelf.load().anchor)  # only the horizon is tested
    expected = ["early", "late"] if guarded else ["early"]
    assert seen() == expected


def test_every_table_yields_its_columns() -> None:
    for table in registered():
        assert isinstance(table, Table)
        assert extraction.read(table, 0).column_names == table.names


def _environment() -> dict[str, str]:
    """Point a child process at this test's database and data folder."""
    settings = connection.settings_dict
    if connection.vendor == "postgresql":
        url = f"postgresql://{settings['USER']}:@/{settings['NAME']}?host={settings['HOST']}"
    else:
        url = f"sqlite://{settings['NAME']}"
    return {**os.environ, "HUIKUAN_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "huikuan.shell.settings"}


def _in_thread(work: object) -> object:
    found: list[object] = []
    thread = threading.Thread(target=_closing(lambda: found.append(work())))
    thread.start()
    thread.join()
    return found[0]


def _closing(work: object) -> object:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return run
