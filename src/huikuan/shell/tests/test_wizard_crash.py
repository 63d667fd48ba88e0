"""kill -9 of the worker that commits an upload: nothing of it or all of it, and the next worker ends it, once."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from huikuan.connect.connectors.models import Batch, ImportDraft
from huikuan.connect.connectors.operations import drafts
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.tests.test_crash import environment
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.record.receivables.models import Item
from huikuan.shell.wiring import jobs

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 40
#: The process kills itself when this function has just returned: inside the transaction, and after it.
MOMENTS = ("huikuan.connect.connectors.operations.plans.record_batch", "huikuan.connect.connectors.jobs.told_result")

#: The worker that dies, on the test's own database.
DOOMED = """
import importlib, os, signal, sys
from datetime import timedelta
os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.shell.settings"
import django
django.setup()
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.shell.wiring import jobs
module, name = sys.argv[1].rsplit(".", 1)
owner = importlib.import_module(module)
real = getattr(owner, name)
def deadly(*given, **named):
    real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, deadly)
Worker({"imports.commit": jobs()["imports.commit"]}).run(until_idle=True)
"""


def upload() -> ImportDraft:
    at = datetime.now(UTC)
    lines = [f"C{n % 3},客户{n % 3},INV{n},2026-01-10,2026-02-10,{n}.05,CNY" for n in range(ROWS)]
    text = "\n".join(["客户编码,客户名称,发票号码,开票日期,到期日,金额,币种", *lines])
    company = Company.objects.create(code="MAIN", name="江临精工装备股份")
    draft = drafts.open_draft(
        [text.encode()], name="a.csv", kind="items", company=company, as_of=None, actor="cli:test", at=at
    )
    choices = drafts.Choices()
    drafts.ask_commit(draft, choices, version=draft.version, language="en", actor="cli:test", at=at)
    return draft


def killed(moment: str) -> int:
    child = [sys.executable, "-c", DOOMED, moment]
    return subprocess.run(child, env=environment(), capture_output=True, check=False, timeout=120).returncode


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_commit_is_ended_by_the_next_worker_once(moment: str) -> None:
    draft = upload()
    assert killed(moment) == -9
    written = moment is MOMENTS[1]
    draft.refresh_from_db()
    assert (Item.objects.count(), draft.state) == (ROWS if written else 0, "queued")
    assert list(Batch.objects.values_list("draft_id", flat=True)) == ([draft.pk] if written else [])
    Worker({"imports.commit": jobs()["imports.commit"]}, stale_after=timedelta(0)).run(until_idle=True)
    draft.refresh_from_db()
    assert (Item.objects.count(), draft.state, draft.result["created"]) == (ROWS, "committed", ROWS)
    (batch,) = Batch.objects.all()
    assert (batch.draft_id, draft.result["batch"]) == (draft.pk, batch.pk)
