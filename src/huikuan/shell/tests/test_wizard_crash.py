"""kill -9 of the worker that commits an upload: nothing of it or all of it, and the next worker ends it, once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.db import connection

from huikuan.shell.tests.installations import Installation, postgres_database

ROWS = 40
#: The process kills itself when this function has just returned: inside the transaction, and after it.
MOMENTS = ("huikuan.connect.connectors.operations.plans.record_batch", "huikuan.connect.connectors.jobs.told_result")

UPLOAD = f"""
from datetime import UTC, datetime
from huikuan.connect.connectors.operations import drafts
from huikuan.mechanisms.identity.models import Company
at = datetime.now(UTC)
lines = [f"C{{n % 3}},客户{{n % 3}},INV{{n}},2026-01-10,2026-02-10,{{n}}.05,CNY" for n in range({ROWS})]
text = "\\n".join(["客户编码,客户名称,发票号码,开票日期,到期日,金额,币种", *lines])
draft = drafts.open_draft([text.encode()], name="a.csv", kind="items", company=Company.objects.get(),
                          as_of=None, actor="cli:test", at=at)
drafts.ask_commit(draft, drafts.Choices(), version=draft.version, language="en", actor="cli:test", at=at)
"""
WORK = """
import importlib, os, signal, sys
from datetime import timedelta
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.shell.wiring import jobs
if moment:
    module, name = moment.rsplit(".", 1)
    owner = importlib.import_module(module)
    real = getattr(owner, name)
    def deadly(*given, **named):
        real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(owner, name, deadly)
ours = {kind: handler for kind, handler in jobs().items() if kind == "imports.commit"}
Worker(ours, stale_after=timedelta(0)).run(until_idle=True)
"""
TOLD = """
import json
from huikuan.connect.connectors.models import Batch, ImportDraft
from huikuan.record.receivables.models import Item
draft = ImportDraft.objects.get()
print(json.dumps([Item.objects.count(), list(Batch.objects.values_list("draft_id", flat=True)), draft.pk,
                  draft.state, draft.result.get("created"), draft.result.get("batch")]))
"""


@pytest.fixture
def installation(tmp_path: Path, db: None) -> Iterator[Installation]:
    with postgres_database() if connection.vendor == "postgresql" else nullcontext("") as url:
        made = Installation(tmp_path / "killed", url)
        assert made.run("init")[0] == 0
        yield made


def work(installation: Installation, moment: str) -> int:
    setup = "import os; os.environ['DJANGO_SETTINGS_MODULE']='huikuan.shell.settings'; import django; django.setup()\n"
    program = f"{setup}moment = {moment!r}\n{WORK}"
    done = subprocess.run(
        [sys.executable, "-c", program], env=installation.environment, capture_output=True, check=False, timeout=120
    )
    return done.returncode


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_commit_is_ended_by_the_next_worker_once(installation: Installation, moment: str) -> None:
    installation.python(UPLOAD)
    assert work(installation, moment) == -9
    items, batches, draft, state, _created, _batch = json.loads(installation.python(TOLD))
    written = moment is MOMENTS[1]
    assert (items, batches, state) == (ROWS if written else 0, [draft] if written else [], "queued")
    assert work(installation, "") == 0
    items, batches, draft, state, created, batch = json.loads(installation.python(TOLD))
    assert (items, batches, state, created) == (ROWS, [draft], "committed", ROWS)
    assert batch
    assert installation.run("import", "list")[1]["batches"][0]["counts"]["created"] == ROWS
