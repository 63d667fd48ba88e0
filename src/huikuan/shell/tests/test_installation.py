"""Starting: cheap when nothing is to be done, safe when two start at once, and gone when stopped."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import Company, RoleGrant
from huikuan.mechanisms.store import guards
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.shell import installation
from huikuan.shell.tests.installations import Installation, postgres_database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    if request.param == "sqlite":
        yield Installation(tmp_path / "home")
        return
    if connection.vendor != "postgresql":
        pytest.skip("needs the PostgreSQL run's server")
    with postgres_database() as url:
        yield Installation(tmp_path / "home", url)


def test_two_that_start_at_once_make_one_installation(empty: Installation) -> None:
    children = [
        empty.start("company", "list", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)
    ]
    told = [child.communicate(timeout=120) for child in children]
    assert [child.returncode for child in children] == [0, 0], told
    assert len({out for out, _ in told}) == 1
    assert empty.run("company", "list")[1]["companies"][0]["code"] == "MAIN"


def test_init_makes_the_first_company_as_told(tmp_path: Path) -> None:
    made = Installation(tmp_path / "home")
    init = ("init", "--company", "HQ", "--name", "江临本部", "--currency", "USD", "--time-zone", "Asia/Tokyo")
    assert made.run(*init)[1]["companies"] == ["HQ"]
    assert made.run(*init)[0] == 0
    (company,) = made.run("company", "list")[1]["companies"]
    assert (company["name"], company["currency"], company["time_zone"]) == ("江临本部", "USD", "Asia/Tokyo")


@pytest.mark.django_db
def test_nothing_to_do_costs_a_few_queries(django_assert_max_num_queries: object) -> None:
    Company.objects.create(code="MAIN", name="本公司")
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        installation.prepare()
    assert Company.objects.count() == 1


def lift(name: str) -> None:
    table = f' ON "{name.partition("_no_")[0]}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "{name}"{table}')


GUARD = "receivables_item_no_update"


@pytest.mark.django_db(transaction=True)
def test_guards_an_upgrade_changed_are_renewed_without_a_migration(data_folder: Path) -> None:
    Company.objects.create(code="MAIN", name="本公司")
    installation.prepare()
    mark = data_folder / "guards.sha256"
    lift(GUARD)
    mark.write_text("what the version before knew")
    installation.prepare()
    assert (guards.missing(), mark.read_text()) == ([], guards.fingerprint())


@pytest.mark.django_db(transaction=True)
def test_twin_a_guard_lifted_without_an_upgrade_is_told_and_not_mended(caplog: pytest.LogCaptureFixture) -> None:
    Company.objects.create(code="MAIN", name="本公司")
    installation.prepare()
    lift(GUARD)
    installation.prepare()
    assert guards.missing() == [("receivables_item", GUARD)]
    assert "a guard of the ledger is missing or altered" in caplog.text
    guards.install()


@pytest.mark.django_db(transaction=True)
def test_a_guard_lifted_with_the_mark_of_guards_taken_away_is_told_and_not_mended(data_folder: Path) -> None:
    """Else whoever lifts a guard only has to remove one file, and the next start covers their tracks. Where there
    is no fact yet, nothing can have been changed, and the guards are made."""
    Company.objects.create(code="MAIN", name="本公司")
    mark = data_folder / installation.GUARDS_KNOWN
    lift(GUARD)
    installation.prepare()
    assert guards.missing() == []
    with transaction.atomic():
        record(RoleGrant, [{"user_id": 1, "role": "auditor", "granted": True, "actor": "root"}], at=datetime.now(UTC))
    mark.unlink()
    installation.prepare()
    assert mark.read_text() == guards.fingerprint(), "nothing is missing: the mark is made again"
    lift(GUARD)
    mark.unlink()
    installation.prepare()
    assert guards.missing() == [("receivables_item", GUARD)]
    assert "guard_missing" in {finding.kind for finding in check_ledger()}
    assert not mark.exists()
    installation.prepare(renew_guards=True)
    assert (guards.missing(), mark.exists()) == ([], True)


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('identity', '9999_future', CURRENT_TIMESTAMP)"
        )
    with pytest.raises(Refusal, match="database_newer"):
        installation.prepare()


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def served(home: Installation, port: int) -> subprocess.Popen[str]:
    child = home.start(
        "serve", "--with-worker", "--port", port, "--workers", 1, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    assert f"http://127.0.0.1:{port}/" in child.stdout.readline()
    return child


def status(port: int) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def all_gone(processes: list[psutil.Process], seconds: float = 15) -> bool:
    return not psutil.wait_procs(processes, timeout=seconds)[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_server_and_worker_end_with_their_parent(tmp_path: Path, number: int) -> None:
    home, port = Installation(tmp_path / "home"), free_port()
    assert home.run("init")[0] == 0
    child = served(home, port)
    family = psutil.Process(child.pid).children(recursive=True)
    assert len(family) >= 2
    assert status(port) in (200, 302, 404)
    os.kill(child.pid, number)
    assert child.wait(20) == (0 if number != signal.SIGKILL else -signal.SIGKILL)
    assert all_gone(family)
    child.communicate()


def test_a_port_in_use_is_said_at_once(tmp_path: Path) -> None:
    home = Installation(tmp_path / "home")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        child = home.start("serve", "--port", taken.getsockname()[1], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started = time.monotonic()
        _, told = child.communicate(timeout=60)
    assert child.returncode == 1
    assert "--port" in told
    assert time.monotonic() - started < 30


def test_a_question_is_answered_while_another_process_writes(tmp_path: Path) -> None:
    home = Installation(tmp_path / "home")
    assert home.run("init")[0] == 0
    with closing(sqlite3.connect(home.home / "huikuan.sqlite3", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        code, told = home.run("company", "list")
        took = time.monotonic() - began
        writer.execute("ROLLBACK")
    assert (code, told["companies"][0]["code"]) == (0, "MAIN")
    # A writer is waited for 30 s; nothing of that is spent here.
    assert took < 20
