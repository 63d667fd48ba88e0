"""kill -9 anywhere in a run: what was done stays, the rest is done by the next, and all together is what a run that
nobody disturbed does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection

from huikuan.act.collection import jobs
from huikuan.act.collection.models import Approach, Run, RunEnd, Taken
from huikuan.act.collection.operations import running
from huikuan.act.collection.operations.running import Ran, run_day
from huikuan.act.collection.queries.runs import run_excluded, run_of
from huikuan.act.collection.tests.conftest import Trade, day, noon
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.tests.test_crash import environment
from huikuan.mechanisms.jobs.work import Stopping, Work
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.store.transactions import is_postgres
from huikuan.mechanisms.work.models import WorkItem

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sealed]

#: A run whose process dies when `name` was called so many times: before it does its work, or after.
DOOMED = """
import os, signal, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.shell.settings"
import django
django.setup()
from datetime import date, datetime
from importlib import import_module
from huikuan.act.collection.operations import running
from huikuan.mechanisms.identity.models import Company
module, name, count, moment, on, at = sys.argv[1:]
running.AT_ONCE = 2
place = import_module(module)
real, calls = getattr(place, name), []
def deadly(*given, **named):
    calls.append(1)
    last = len(calls) == int(count)
    if last and moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    answer = real(*given, **named)
    if last:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(place, name, deadly)
running.run_day(
    company=Company.objects.get(), on=date.fromisoformat(on), actor="tester", at=datetime.fromisoformat(at)
)
"""
RUNNING = "huikuan.act.collection.operations.running"
APPROACHING = "huikuan.act.collection.operations.approaching"
#: After looking; in a batch, with notices queued, with tasks opened; between batches; at the end and in it.
MOMENTS = [
    (RUNNING, "due_on", 1, "after"),
    (APPROACHING, "queue_notices", 2, "after"),
    (APPROACHING, "open_item", 2, "after"),
    (APPROACHING, "record", 4, "after"),
    (RUNNING, "retrying", 3, "after"),
    (RUNNING, "store_kept", 1, "after"),
    (RUNNING, "announce", 1, "after"),
]
if os.environ.get("HUIKUAN_PROVE") == "1":
    MOMENTS += [
        (module, name, count, moment)
        for module, name in ((APPROACHING, "queue_notices"), (APPROACHING, "record"), (RUNNING, "retrying"))
        for count in (1, 2, 3, 4)
        for moment in ("before", "after")
    ]
else:
    MOMENTS = MOMENTS[1::2]
ON = "2026-03-11"


def ledger() -> Trade:
    """Eight customers: four get a mail, two a letter, two a call; one is held back."""
    trade = Trade()
    for number in range(4):
        trade.owes(trade.customer(f"Mail{number}"), "2026-03-10")
    for number in range(2):
        trade.owes(trade.customer(f"Letter{number}"), "2026-02-20")
        trade.owes(trade.customer(f"Call{number}", grade="C"), "2026-03-10")
    held = trade.customer("Held")
    trade.owes(held, "2026-03-10")
    trade.money(held, 500_00, "2026-03-01")
    return trade


def killed(module: str, name: str, count: int, moment: str) -> None:
    child = [sys.executable, "-c", DOOMED, module, name, str(count), moment, ON, noon(ON).isoformat()]
    ended = subprocess.run(child, env=environment(), capture_output=True, check=False, timeout=120)
    assert ended.returncode == -9, ended.stderr.decode()
    _await_turn()


def _await_turn() -> None:
    """The database server notices a moment later that the session is dead, and only then gives up its turn."""
    held = (
        "SELECT COUNT(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE l.locktype = 'advisory' AND d.datname = current_database()"
    )
    until = time.monotonic() + 60
    while is_postgres() and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(held)
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.05)


def done() -> dict[str, list[Any]]:
    """Everything a run leaves, without the numbers that say when."""
    approaches = Approach.objects.order_by("customer_id", "channel")
    taken = Taken.objects.order_by("item_id")
    return {
        "approaches": list(approaches.values_list("customer_id", "step", "channel", "lines", "amounts")),
        "taken": list(taken.values_list("item_id", "step", "day", "late", "amount", "reason", "on_date")),
        "notices": list(Notice.objects.order_by("customer_id").values_list("customer_id", "step", "channel", "items")),
        "tasks": list(WorkItem.objects.order_by("customer_id").values_list("customer_id", "kind", "generation")),
        "ends": list(RunEnd.objects.values_list("lines", "approaches", "excluded", "excluded_sha256")),
    }


@pytest.mark.parametrize(("module", "name", "count", "moment"), MOMENTS)
def test_killed_anywhere_it_goes_on_to_the_same_end(module: str, name: str, count: int, moment: str) -> None:
    trade = ledger()
    killed(module, name, count, moment)
    assert RunEnd.objects.count() == 0
    ran = run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    assert (ran.lines, ran.approaches, ran.excluded, ran.again) == (8, 8, 1, False)
    found = done()
    assert [len(found[what]) for what in ("approaches", "taken", "notices", "tasks", "ends")] == [8, 8, 6, 2, 1]
    assert {one.notice_id for one in Approach.objects.exclude(notice_id=None)} == {
        one.pk for one in Notice.objects.all()
    }
    assert {one.work_id for one in Approach.objects.exclude(work_id=None)} == {
        one.pk for one in WorkItem.objects.all()
    }
    assert found["approaches"] == sorted(found["approaches"])
    assert [row[1:] for row in found["taken"]] == [row[1:] for row in undisturbed()["taken"]]


def cut_short(trade: Trade, patched: pytest.MonkeyPatch) -> None:
    """All batches were done, and the end of the run was not."""
    with patched.context() as within:
        within.setattr(running, "store_kept", _dies)
        with pytest.raises(KeyboardInterrupt):
            run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))


def _dies(*_given: object, **_named: object) -> None:
    raise KeyboardInterrupt


def test_what_came_in_since_waits_where_the_customer_has_its_task_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    trade = Trade()
    customer = trade.customer("C", grade="C")
    called = trade.owes(customer, "2026-03-10")
    cut_short(trade, monkeypatch)
    later = trade.owes(customer, "2026-03-10", 20_00)
    letter = trade.owes(customer, "2026-03-03", 30_00)
    ran = run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    assert (ran.lines, ran.approaches, ran.excluded) == (2, 2, 1)
    assert list(Taken.objects.order_by("pk").values_list("item_id", "step")) == [(called, "dun:1"), (letter, "dun:7")]
    [waits] = run_excluded(run_of(ran.run_id, scope=EVERYTHING), scope=EVERYTHING)
    assert (waits.item_id, waits.stop.code) == (later, "day_full")
    run_day(company=trade.company, on=day("2026-03-12"), actor="tester", at=noon("2026-03-12"))
    assert Taken.objects.filter(item_id=later).values_list("step", "on_date").get() == ("dun:1", day("2026-03-12"))


def test_a_company_whose_run_fails_keeps_no_other_from_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = ("EINS", "ZWEI", "DREI")
    for code in codes:
        trade = Trade(code)
        trade.owes(trade.customer("A"), "2026-03-10")
    monkeypatch.setattr(jobs, "strategy_in_force", lambda *_given, **_named: SimpleNamespace(version_id=1))
    real = jobs.run_day

    def fails(*, company: Company, **named: Any) -> Ran:
        if company.code in ("EINS", "DREI"):
            raise IntegrityError(f"{company.code} as it is")
        return real(company=company, **named)

    monkeypatch.setattr(jobs, "run_day", fails)
    live = {"key": "", "state": Job.State.RUNNING, "run_after": noon(ON), "created_at": noon(ON)}
    job = Job.objects.create(kind="collection.run", **live)
    with pytest.raises(ExceptionGroup, match="EINS: IntegrityError: EINS as it is; DREI: IntegrityError") as failed:
        jobs.run(Work(job, threading.Event()))
    assert len(failed.value.exceptions) == 2
    assert list(Run.objects.values_list("company_id", flat=True)) == [Company.objects.get(code="ZWEI").pk]
    stopping = threading.Event()
    stopping.set()
    monkeypatch.setattr(jobs, "run_day", lambda **named: named["progress"](1, 1))
    with pytest.raises(Stopping):
        jobs.run(Work(job, stopping))


def undisturbed() -> dict[str, list[Any]]:
    """What the same ledger gets from a run nobody kills: by another company, beside this one."""
    before = set(Taken.objects.values_list("pk", flat=True))
    trade = Trade("OTHER")
    for number in range(4):
        trade.owes(trade.customer(f"Mail{number}"), "2026-03-10")
    for number in range(2):
        trade.owes(trade.customer(f"Letter{number}"), "2026-02-20")
        trade.owes(trade.customer(f"Call{number}", grade="C"), "2026-03-10")
    run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    rows = Taken.objects.exclude(pk__in=before).order_by("item_id")
    return {"taken": list(rows.values_list("item_id", "step", "day", "late", "amount", "reason", "on_date"))}


def test_twin_in_two_transactions_a_notice_is_queued_that_nothing_speaks_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault, were a batch not one transaction: the process ends between its notices and its facts."""
    trade = ledger()
    monkeypatch.setattr(running, "retrying", lambda work: work())
    with monkeypatch.context() as patched:
        patched.setattr("huikuan.act.collection.operations.approaching.record", _dies)
        with pytest.raises(KeyboardInterrupt):
            run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    assert (Notice.objects.count(), Approach.objects.count()) == (6, 0)
