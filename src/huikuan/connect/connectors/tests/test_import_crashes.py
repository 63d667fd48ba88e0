"""kill -9 at any moment leaves nothing or everything, and the rerun ends in the same ledger."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from huikuan.connect.connectors.tests.ledgers import company, query, sizes
from huikuan.mechanisms.jobs.tests.test_crash import environment
from huikuan.mechanisms.store import guards
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = pytest.mark.django_db(transaction=True)

PROVE = os.environ.get("HUIKUAN_PROVE") == "1"
#: Moments at which the process kills itself: function that has just returned.
MOMENTS = (
    "huikuan.connect.connectors.operations.importing.totals",
    "huikuan.record.receivables.operations.bulk.hold_period",
    "huikuan.record.receivables.operations.bulk._apply",
    "huikuan.connect.connectors.operations.plans.record_batch",
)
KILLS = 50 if PROVE else 2
#: Statements of one whole import, about.
STATEMENTS = 60
#: Above what is staged in a file of its own and above what lifts guards and indexes.
ROWS = 21_000
DRIVER = """
import importlib, os, signal, sys, threading
from huikuan.shell import cli
moment, arguments = sys.argv[1], sys.argv[2:]
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
django.setup()
def deadly():
    os.kill(os.getpid(), signal.SIGKILL)
def after(path):
    module, name = path.rsplit(".", 1)
    owner = importlib.import_module(module)
    real = getattr(owner, name)
    def worked(*given, **named):
        real(*given, **named)
        deadly()
    setattr(owner, name, worked)
def at_statement(number, seconds):
    from django.db import connection
    left = iter(range(number - 1, -1, -1))
    def counting(execute, sql, params, many, context):
        if next(left, None) == 0:
            threading.Timer(seconds, deadly).start()
        return execute(sql, params, many, context)
    connection.execute_wrappers.append(counting)
if ":" in moment:
    number, seconds = moment.split(":")
    at_statement(int(number), float(seconds))
elif moment:
    after(moment)
sys.exit(cli.main(arguments))
"""


def run(moment: str, path: Path) -> tuple[int, str]:
    """`moment`: after which function, or `number:seconds`, so long after that statement has begun."""
    arguments = [sys.executable, "-c", DRIVER, moment, "import", "items", str(path), "--json"]
    done = subprocess.run(arguments, env=environment(), capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, -signal.SIGKILL), done.stdout + done.stderr
    return done.returncode, done.stdout


def ledger() -> dict[str, int]:
    """What there is once the database has noticed that the process is gone."""
    until = time.monotonic() + 30
    while others() and time.monotonic() < until:
        time.sleep(0.02)
    return sizes()


def others() -> int:
    if connection.vendor != "postgresql":
        return 0
    return int(
        query(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )[0][0]
    )


def assert_whole(before: dict[str, int], after: dict[str, int], rows: int) -> None:
    """All of one import of new rows is there."""
    added = {table: after[table] - before[table] for table in after}
    assert (added["receivables_item"], added["receivables_openitem"]) == (rows, rows)
    assert (added["receivables_settlement"], added["connectors_batch"]) == (0, 1)
    assert after["customers_customer"] == after["customers_customerversion"] == 7


def write_csv(path: Path, rows: int) -> Path:
    lines = [f"C{n % 7},客户{n % 7},{path.stem}-{n},2026-01-10,2026-02-10,{n}.05,CNY" for n in range(1, rows + 1)]
    path.write_text("\n".join(["客户编码,客户名称,发票号码,开票日期,到期日,金额,币种", *lines]), encoding="utf-8")
    return path


@pytest.mark.sealed
@pytest.mark.parametrize("moment", MOMENTS if PROVE else MOMENTS[2:3])
def test_killed_import_leaves_nothing_and_the_rerun_completes(tmp_path: Path, moment: str) -> None:
    company()
    path, before = write_csv(tmp_path / "items.csv", 300), sizes()
    assert run(moment, path)[0] == -signal.SIGKILL
    assert ledger() == before
    again, said = run("", path)
    assert again == 0
    assert json.loads(said)["created"] == 300
    assert_whole(before, ledger(), 300)


@pytest.mark.sealed
def test_an_import_killed_at_random_moments_is_whole_or_not_there(tmp_path: Path) -> None:
    """Each kill comes a moment after some statement, so in the middle of the long ones too, or when all is done."""
    company()
    chance, kills, found = random.Random(20261121), 0, {"nothing": 0, "everything": 0}
    path = write_csv(tmp_path / "file0.csv", ROWS)
    for number in range(1, KILLS + 1):
        before = sizes()
        code, _ = run(f"{chance.randint(1, STATEMENTS)}:{chance.uniform(0, 0.2):.3f}", path)
        kills += code != 0
        after = ledger()
        found["nothing" if after == before else "everything"] += 1
        if after != before:
            assert_whole(before, after, ROWS)
            path = write_csv(tmp_path / f"file{number}.csv", ROWS)
    before = sizes()
    assert json.loads(run("", path)[1])["created"] == ROWS
    assert_whole(before, ledger(), ROWS)
    assert check_ledger() == []
    assert guards.missing() == []
    assert kills
    print(f"\nimports killed at random moments: {kills} of {KILLS}; half imports: 0; {found}")
