"""kill -9 of a sealer, wherever it is: the next seal goes on, one head per size, file and database agree."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from huikuan.mechanisms.audit import heads
from huikuan.mechanisms.audit.models import Head, Leaf
from huikuan.mechanisms.audit.queries import verify
from huikuan.mechanisms.audit.sealing import signed_head
from huikuan.mechanisms.audit.tests.conftest import seal_all, write_facts
from huikuan.mechanisms.jobs.tests.test_crash import environment
from tests.killed_sealer import POINTS

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 20 if os.environ.get("HUIKUAN_PROVE") == "1" else 1


def run_sealer(point: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", "tests.killed_sealer", point],
        env=environment(),
        cwd=Path(__file__).parent.parent,
        stderr=subprocess.DEVNULL,
        check=False,
        timeout=120,
    ).returncode


def assert_one_chain(leaves: int) -> None:
    kept = [signed_head(head) for head in Head.objects.order_by("size")]
    assert heads.read_heads(heads.heads_path()) == kept
    assert len({head.size for head in kept}) == len(kept)
    assert kept[-1].size == Leaf.objects.count() == leaves
    found = verify()
    assert found.findings == []
    assert found.window.facts == 0


@pytest.mark.sealed
@pytest.mark.parametrize("point", POINTS)
def test_the_next_seal_goes_on_where_a_killed_one_was(point: str) -> None:
    leaves = 0
    if point != "making the key":
        write_facts(2)
        seal_all(datetime.now(UTC))
        leaves = 4
    for number in range(1 if point == "making the key" else ROUNDS):
        write_facts(1, start=10 + number)
        leaves += 2
        assert run_sealer(point) == -signal.SIGKILL
        seal_all(datetime.now(UTC))
        assert_one_chain(leaves)
    print(f"killed {point}: {number + 1} times, {Head.objects.count()} heads, one chain")


def test_the_twin_that_nobody_kills() -> None:
    write_facts(1)
    assert run_sealer("") == 0
    assert_one_chain(2)
