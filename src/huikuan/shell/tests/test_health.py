"""Whether the installation says truly how it stands, and to whom."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection
from django.test import Client, override_settings

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit import heads
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations.customers import create_customer
from huikuan.shell.backup.scheduled import back_up
from huikuan.shell.cli import main
from huikuan.shell.health import checks
from huikuan.shell.health.checks import Check, State, examine, ready, well
from huikuan.shell.health.metrics import metrics
from huikuan.shell.health.watchers import may_watch, networks, watch_token

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TOKEN = "watch-me-0123456789"

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(company: Company) -> Worker:
    """A worker that has just taken up its work."""
    worker = Worker({"test.tick": Handler(lambda _: {}, every=timedelta(minutes=1))}, clock=lambda: AT)
    worker._prepare()
    worker.turn()
    return worker


@pytest.fixture
def sealed(transactional_db: None, running: Worker) -> None:
    """A fact under a head: in a transaction of the test's own PostgreSQL would not call it final."""
    create_customer(master=Master("C1", "东岸泵业"), actor="cli:test", at=AT)
    seal(AT)


@pytest.fixture
def company() -> Company:
    return Company.objects.create(code="MAIN", name="江临精工装备股份")


def states(at: datetime = AT) -> dict[str, str]:
    return {check.name: str(check.state) for check in examine(at=at)}


def figures(name: str, at: datetime = AT) -> dict[str, float]:
    return dict(next(check.figures for check in examine(at=at) if check.name == name))


def test_an_installation_at_work_is_well(sealed: None) -> None:
    found = examine(at=AT)
    assert states() == dict.fromkeys(
        ["disk", "database", "migrations", "guards", "worker", "jobs", "trail", "backups"], "ok"
    )
    assert well(found)
    assert ready(found)
    assert figures("jobs") == {"queued": 0, "running": 0, "failed_lately": 0, "oldest_seconds": 0}
    assert figures("trail")["sealed_facts"] > 0


def test_a_worker_gone_is_a_warning_and_pages_still_answer(running: Worker) -> None:
    later = AT + timedelta(minutes=3)
    assert states(later)["worker"] == "warning"
    assert ready(examine(at=later))
    assert not well(examine(at=later))


def test_jobs_that_wait_or_fail_are_told(running: Worker) -> None:
    enqueue("test.slow", at=AT)
    assert states(AT + timedelta(minutes=14))["jobs"] == "ok"
    late = AT + timedelta(minutes=16)
    assert states(late)["jobs"] == "warning"
    assert figures("jobs", late) == {"queued": 1, "running": 0, "failed_lately": 0, "oldest_seconds": 960}
    Job.objects.filter(kind="test.slow").update(state="failed", finished_at=AT)
    assert states()["jobs"] == "warning"
    assert figures("jobs")["failed_lately"] == 1
    assert states(AT + timedelta(hours=25))["jobs"] == "ok"


def test_facts_that_stay_unsealed_are_told(sealed: None) -> None:
    create_customer(master=Master("C2", "海岳风电"), actor="cli:test", at=AT)
    assert states(AT + timedelta(minutes=14))["trail"] == "ok"
    assert states(AT + timedelta(minutes=16))["trail"] == "warning"
    assert figures("trail", AT + timedelta(minutes=16))["unsealed_seconds"] == 960


def test_heads_that_were_not_exported_are_told(sealed: None) -> None:
    assert states()["trail"] == "ok"
    heads.heads_path().unlink()
    assert states()["trail"] == "warning"
    heads.heads_path().write_text("no head\n")
    assert states()["trail"] == "warning"


def test_a_lifted_guard_is_a_warning(running: Worker) -> None:
    on = ' ON "customers_affiliation"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER "customers_affiliation_no_update"{on}')
    assert states()["guards"] == "warning"
    assert figures("guards") == {"missing": 1}


@pytest.mark.parametrize(
    ("free", "state"), [(99_999_999, "failed"), (100_000_000, "warning"), (999_999_999, "warning"), (10**9, "ok")]
)
def test_a_disk_without_room_is_told(running: Worker, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert states()["disk"] == state
    assert ready(examine(at=AT)) == (state != "failed")


def test_a_database_that_is_away_or_of_another_version_fails(
    running: Worker, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    def ahead() -> bool:
        raise Refusal("database_newer", migrations="customers/0009_x")

    monkeypatch.setattr(checks, "missing_migrations", ahead)
    assert states()["migrations"] == "failed"
    monkeypatch.setattr(checks, "missing_migrations", lambda: True)
    assert states() == {"disk": "ok", "database": "ok", "migrations": "failed"}
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})

    def away() -> None:
        raise DatabaseError

    monkeypatch.setattr(connection, "cursor", away)
    assert states() == {"disk": "ok", "database": "failed"}
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").json() == {"live": True}


def test_backups_are_asked_for_only_where_they_are_made(
    running: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    assert figures("backups") == {}
    monkeypatch.setenv("HUIKUAN_BACKUPS", f"{tmp_path}/backups")
    assert states()["backups"] == "warning"
    back_up(at=AT)
    assert states(AT + timedelta(hours=26))["backups"] == "ok"
    assert states(AT + timedelta(hours=26, seconds=1))["backups"] == "warning"
    assert figures("backups", AT + timedelta(hours=1)) == {"age_seconds": 3600}


@override_settings(WATCHERS=(), WATCH_TOKEN=TOKEN)
def test_for_strangers_only_what_may_fail_is_looked_at(
    sealed: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[datetime] = []

    def look(at: datetime) -> Check:
        looked.append(at)
        return Check("dear", State.WARNING)

    monkeypatch.setattr(checks, "_READERS", (look,))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json(), looked) == (200, {"ready": True}, [])
    told = client.get("/health/ready", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert told["checks"] == {"disk": "ok", "database": "ok", "migrations": "ok", "dear": "warning"}
    assert len(looked) == 1


@pytest.mark.parametrize("path", ["/metrics", "/health/ready"])
def test_strangers_learn_no_figures(company: Company, client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == (404 if path == "/metrics" else 200)
    assert b"worker" not in answer.content
    assert client.post(path).status_code == 405


@override_settings(WATCH_TOKEN=TOKEN)
def test_a_watcher_with_the_token_reads_everything(running: Worker, client: Client) -> None:
    told = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert told.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert told.headers["Cache-Control"] == "no-store"
    assert 'huikuan_check{check="database"} 0' in told.content.decode().splitlines()
    assert "checks" in client.get("/health/ready", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    for wrong in ("", f"Bearer {TOKEN}x", "Bearer ", TOKEN, "Bearer ü"):
        assert client.get("/metrics", headers={"Authorization": wrong}).status_code == 404, wrong


@override_settings(WATCHERS=networks("10.1.0.0/16, ::1"))
def test_a_watcher_is_known_by_its_address_but_not_through_an_unknown_proxy(company: Company, client: Client) -> None:
    def asked(peer: str, forwarded: str = "") -> int:
        more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
        return client.get("/metrics", REMOTE_ADDR=peer, **more).status_code

    assert [asked("10.1.7.7"), asked("::ffff:10.1.7.7"), asked("::1")] == [200, 200, 200]
    assert [asked("10.2.0.1"), asked("::2"), asked("")] == [404, 404, 404]
    assert asked("10.1.7.7", "203.0.113.5") == 404
    with override_settings(PROXIES=1):
        assert [asked("10.2.0.1", "10.1.7.7"), asked("10.1.7.7", "203.0.113.5")] == [200, 404]
        assert asked("10.2.0.1", "10.1.7.7, 10.1.7.8") == 404


def test_who_watches_is_named_well_or_not_at_all() -> None:
    assert not may_watch(address="127.0.0.1", authorization="Bearer ", among=networks(""), token="")
    with pytest.raises(Refusal, match="watchers_unreadable"):
        networks("10.0.0.1,everybody")
    with pytest.raises(Refusal, match="watch_token_short"):
        watch_token("short")
    assert [watch_token(""), watch_token(TOKEN)] == ["", TOKEN]


def test_metrics_are_the_text_format() -> None:
    jobs = Check("jobs", State.OK, {"late": 1.5})
    text = metrics([Check("disk", State.WARNING, {"free_bytes": 123456789012}), jobs])
    lines = text.splitlines()
    assert text.endswith("\n")
    assert 'huikuan_check{check="disk"} 1' in lines
    assert "huikuan_disk_free_bytes 123456789012" in lines
    assert "huikuan_jobs_late 1.5" in lines
    told = [line for line in lines if not line.startswith("#")]
    assert all(re.fullmatch(r'[a-z_]+(\{[a-z]+="[^"]*"\})? [0-9.e+]+', line) for line in told)
    named = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(named) == len(set(named))
    assert {line.partition("{")[0].split()[0] for line in told} == set(named)


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def say(*arguments: str) -> tuple[int, str]:
        return main(arguments), capsys.readouterr().out

    return say


def test_the_command_tells_and_exits_by_it(running: Worker, said: Callable[..., tuple[int, str]]) -> None:
    code, out = said("health", "--json")
    told = json.loads(out)
    # The worker's life lies in the past of the clock the command reads.
    assert (code, told["well"]) == (1, False)
    assert {check["name"]: check["state"] for check in told["checks"]}["worker"] == "warning"
    code, out = said("health")
    assert (code, out.splitlines()[1]) == (1, "数据库：正常")
