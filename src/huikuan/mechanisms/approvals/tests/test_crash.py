"""kill -9 between approval and deed: neither is there, or both; approved again it is done once."""

from __future__ import annotations

import subprocess
import sys

import pytest

from huikuan.mechanisms.approvals import queries
from huikuan.mechanisms.approvals.tests.conftest import AT, approve, ask, done, state
from huikuan.mechanisms.jobs.tests.test_crash import environment

pytestmark = pytest.mark.django_db(transaction=True)

#: Somebody approves, and their process dies when this has just happened.
DOOMED = """
import os, signal, sys
from datetime import datetime
os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.shell.settings"
import django
django.setup()
from huikuan.mechanisms.approvals import kinds, operations
from huikuan.mechanisms.approvals.operations import deciding
from huikuan.mechanisms.approvals.tests.conftest import limit_shown, raise_limit
moment, apart, request, digest, at = sys.argv[1:]
def die():
    os.kill(os.getpid(), signal.SIGKILL)
def deed(asked, **named):
    if moment == "before":
        die()
    raise_limit(asked, **named)
    if moment == "after":
        die()
if apart == "apart":
    # The fault: what is done stands in another transaction than the approval.
    deciding.retrying = lambda work: work()
kinds.register(kinds.ApprovalKind("tests.limit", "limit", lambda asked, at: asked.shown, deed, lambda shown: []))
operations.approve_request(request_id=int(request), digest=digest, actor="sun", at=datetime.fromisoformat(at))
die()
"""


def killed(moment: str, request: int, *, apart: bool = False) -> None:
    digest = queries.request_record(request).digest
    child = [sys.executable, "-c", DOOMED, moment, "apart" if apart else "", str(request), digest, AT.isoformat()]
    ended = subprocess.run(child, env=environment(), capture_output=True, check=False, timeout=120)
    assert ended.returncode == -9, ended.stderr.decode()


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_in_between_nothing_is_lost_and_nothing_done_twice(customer: int, moment: str) -> None:
    request = ask(customer)
    killed(moment, request)
    assert (state(request), done()) == ("pending", 0)
    assert approve(request, "qian")
    assert (state(request), done()) == ("approved", 1)


def test_killed_once_it_is_committed_both_are_there(customer: int) -> None:
    request = ask(customer)
    killed("committed", request)
    assert (state(request), done()) == ("approved", 1)


def test_in_two_transactions_the_deed_would_be_lost(customer: int) -> None:
    request = ask(customer)
    killed("before", request, apart=True)
    assert (state(request), done()) == ("approved", 0)
