"""kill -9 in the middle of a write: neither effect nor answer, or both; sent again it is done once, and answered."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from huikuan.connect.api.tests.conftest import PREFIX
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.identity.tokens import create_token
from huikuan.mechanisms.jobs.tests.test_crash import environment
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import create_customer
from huikuan.record.receivables.models import Item

pytestmark = pytest.mark.django_db(transaction=True)

#: The process kills itself when this function has just returned: inside the transaction, and after its commit.
MOMENTS = ("huikuan.connect.api.operations.answers._keep", "huikuan.connect.api.web.writing.answer_once")

ITEM = {"customer": "C1", "kind": "invoice", "amount": "5.00", "currency": "CNY", "document_date": "2026-11-01",
        "due_date": "2026-12-01"}  # fmt: skip
BODY = json.dumps({"company": "MAIN", "items": [ITEM]})

#: The server that dies while it answers, on the test's own database.
DOOMED = """
import importlib, json, os, signal, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.shell.settings"
import django
django.setup()
from django.test import Client
moment, address, body, headers = sys.argv[1:]
module, name = moment.rsplit(".", 1)
owner = importlib.import_module(module)
real = getattr(owner, name)
def deadly(*given, **named):
    real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, deadly)
Client(headers={"host": "localhost"}).post(
    address, body, content_type="application/json", headers=json.loads(headers))
"""


@pytest.fixture
def headers() -> dict[str, str]:
    """What a program with a token sends with its write."""
    at = timezone.now()
    Company.objects.create(code="MAIN", name="江临精工装备股份")
    create_customer(master=Master("C1", "云岭铸造"), actor="cli:test", at=at)
    User.objects.create_user("robot")
    grant_role(username="robot", role="integration", actor="cli:test", at=at)
    token = create_token(username="robot", name="x", areas=["ledger:write"], days=1, at=at)[1]
    return {"authorization": f"Bearer {token}", "idempotency-key": "one"}


def killed(moment: str, headers: dict[str, str]) -> int:
    child = [sys.executable, "-c", DOOMED, moment, f"{PREFIX}/items", BODY, json.dumps(headers)]
    return subprocess.run(child, env=environment(), capture_output=True, check=False, timeout=120).returncode


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_write_sent_again_is_done_once(moment: str, headers: dict[str, Any]) -> None:
    assert killed(moment, headers) == -9
    committed = moment is MOMENTS[1]
    assert Item.objects.count() == committed
    again = Client().post(f"{PREFIX}/items", BODY, content_type="application/json", headers=headers)
    assert (again.status_code, again.headers.get("Idempotency-Replayed", "")) == (201, "true" if committed else "")
    assert Item.objects.count() == 1
