"""kill -9 in the middle of a write: neither effect nor answer, or both; sent again it is done once, and answered."""

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

#: The process kills itself when this function has just returned: inside the transaction, and after its commit.
MOMENTS = ("huikuan.connect.api.operations.answers._keep", "huikuan.connect.api.web.writing.answer_once")

BOOKS = """
from datetime import UTC, datetime
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.identity.tokens import create_token
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
at = datetime.now(UTC)
create_customer(master=Master("C1", "云岭铸造"), actor="cli:test", at=at)
User.objects.create_user("robot")
grant_role(username="robot", role="integration", actor="cli:test", at=at)
print(create_token(username="robot", name="x", areas=["ledger:write"], days=1, at=at)[1])
"""
SEND = """
import importlib, json, os, signal
from django.test import Client
if moment:
    module, name = moment.rsplit(".", 1)
    owner = importlib.import_module(module)
    real = getattr(owner, name)
    def deadly(*given, **named):
        real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(owner, name, deadly)
item = {"customer": "C1", "kind": "invoice", "amount": "5.00", "currency": "CNY", "document_date": "2026-11-01",
        "due_date": "2026-12-01"}
answer = Client(headers={"host": "localhost"}).post(
    "/api/v1/items", json.dumps({"company": "MAIN", "items": [item]}), content_type="application/json",
    headers={"authorization": f"Bearer {token}", "idempotency-key": "one"})
print(json.dumps([answer.status_code, answer.headers.get("Idempotency-Replayed", "")]))
"""
COUNT = "from huikuan.record.receivables.models import Item\nprint(Item.objects.count())"


@pytest.fixture
def installation(tmp_path: Path, db: None) -> Iterator[Installation]:
    with postgres_database() if connection.vendor == "postgresql" else nullcontext("") as url:
        made = Installation(tmp_path / "killed", url)
        assert made.run("init")[0] == 0
        yield made


def send(installation: Installation, token: str, moment: str) -> tuple[int, str]:
    setup = "import os; os.environ['DJANGO_SETTINGS_MODULE']='huikuan.shell.settings'; import django; django.setup()\n"
    program = f"{setup}moment, token = {moment!r}, {token!r}\n{SEND}"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=installation.environment,
        capture_output=True,
        check=False,
        timeout=120,
        text=True,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_write_sent_again_is_done_once(installation: Installation, moment: str) -> None:
    token = installation.python(BOOKS).strip()
    assert send(installation, token, moment)[0] == -9
    committed = moment is MOMENTS[1]
    assert int(installation.python(COUNT)) == committed
    code, said = send(installation, token, "")
    assert (code, json.loads(said)) == (0, [201, "true" if committed else ""])
    assert int(installation.python(COUNT)) == 1
