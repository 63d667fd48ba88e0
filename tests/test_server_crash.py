"""The PostgreSQL server is killed under load: nothing acknowledged is lost, the chain holds (catalogue 32)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.fact_writers import WRITERS
from tests.postgres import Server, own_server

#: The settings that matter here, as an installation has them.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
ACKNOWLEDGED = 150

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="about a server; SQLite has none")


def process(server: Server, home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fact_writers", *arguments],
        env={**os.environ, "HUIKUAN_DATABASE_URL": server.address("postgres"), "HUIKUAN_HOME": str(home)},
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def crash_once(server: Server, home: Path, first: int) -> set[int]:
    """The numbers acknowledged until the server was gone."""
    writers = process(server, home, "write", str(first))
    assert writers.stdout is not None
    lines = [writers.stdout.readline() for _ in range(ACKNOWLEDGED)]
    server.crash()
    lines += writers.communicate(timeout=60)[0].splitlines()
    server.start()
    return {int(line) for line in lines}


def check(server: Server, home: Path) -> dict[str, Any]:
    answer, _ = process(server, home, "check").communicate(timeout=120)
    return json.loads(answer)


def run(rounds: int, home: Path) -> None:
    acknowledged: set[int] = set()
    with own_server(DURABLE) as server:
        for number in range(rounds):
            acknowledged |= crash_once(server, home, 1_000_000 * (number + 1))
            state = check(server, home)
            present = state["numbers"]
            assert len(present) == len(set(present))
            assert acknowledged <= set(present)
            # Committed but no longer told so: at most one of each writer in each round.
            assert len(set(present) - acknowledged) <= WRITERS * (number + 1)
            assert state["findings"] == []
            assert state["heads"] > number
    assert len(acknowledged) >= ACKNOWLEDGED * rounds
    print(f"{rounds} crashes under load: {len(acknowledged)} acknowledged facts, 0 lost, {state['heads']} heads agree")


def test_what_a_killed_server_acknowledged_is_there_and_proved(data_folder: Path) -> None:
    run(2, data_folder)


@pytest.mark.sealed
@pytest.mark.skipif(os.environ.get("HUIKUAN_PROVE") != "1", reason="twenty crashes: make prove")
def test_twenty_crashes(data_folder: Path) -> None:
    run(20, data_folder)
