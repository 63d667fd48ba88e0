"""kill -9 anywhere in a run: what was done stays, the rest is done by the next, and all together is what a run that
nobody disturbed does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import pytest
from django.db import connection

from huikuan.act.collection.models import Approach, RunEnd, Taken
from huikuan.act.collection.operations import running
from huikuan.act.collection.operations.running import run_day
from huikuan.act.collection.tests.conftest import Trade, day, noon
from huikuan.mechanisms.jobs.tests.test_crash import environment
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

    def dies(*_given: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("huikuan.act.collection.operations.approaching.record", dies)
        with pytest.raises(KeyboardInterrupt):
            run_day(company=trade.company, on=day(ON), actor="tester", at=noon(ON))
    assert (Notice.objects.count(), Approach.objects.count()) == (6, 0)
