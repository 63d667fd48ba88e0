"""The public receivables files through the command line: counts, totals and ten agings to the cent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.real_files import FILES, Row, expected, lines

pytestmark = [
    pytest.mark.skipif(
        not FILES["hr-cleared"].exists(), reason="the public receivables files are not beside the project"
    ),
    pytest.mark.xdist_group("real-files"),
]

DAYS = {
    "hr-cleared": ["2018-12-20", "2019-01-31", "2019-02-28", "2019-04-01", "2019-06-30", "2019-07-15", "2019-09-30",
                   "2019-10-31", "2019-11-30", "2019-12-01"],
    "hr-open": ["2020-02-29", "2020-03-15", "2020-03-31", "2020-04-15", "2020-04-30", "2020-05-15", "2020-05-31",
                "2020-06-30", "2020-07-31", "2020-12-31"],
    "ibm-late": ["2012-01-15", "2012-03-31", "2012-06-30", "2012-09-30", "2012-12-31", "2013-03-31", "2013-06-30",
                 "2013-09-30", "2013-11-30", "2013-12-31"],
}  # fmt: skip
KINDS = {"hr-cleared": "items", "hr-open": "open-items", "ibm-late": "items"}
SNAPSHOT_DAY = "2020-05-31"

Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], dict[str, str]]:
    """A data folder (and, on PostgreSQL, a database) of its own for each file."""

    def make(name: str) -> dict[str, str]:
        environment = {**os.environ, "HUIKUAN_HOME": str(tmp_path_factory.mktemp(name))}
        url = os.environ.get("HUIKUAN_DATABASE_URL", "")
        if url:
            environment["HUIKUAN_DATABASE_URL"] = _fresh_database(url, f"real_{name.replace('-', '_')}_{os.getpid()}")
        return environment

    return make


@pytest.mark.parametrize("name", list(FILES))
def test_a_real_file_gives_the_independent_aging_on_ten_days(
    name: str, installation: Callable[[str], dict[str, str]]
) -> None:
    environment = installation(name)
    command = ["import", KINDS[name], str(FILES[name]), "--preset", name]
    command += ["--as-of", SNAPSHOT_DAY] if KINDS[name] == "open-items" else []

    first = huikuan(environment, *command)
    count = len(lines(name))
    assert (first["read"], first["created"], first["duplicates"], first["rejected"]) == (count, count, 0, 0)
    assert _debits(first) == _sums(name)

    again = huikuan(environment, *command)
    assert (again["created"], again["duplicates"], again["conflicts"]) == (0, count, 0)

    asked = [(day, engine) for day in DAYS[name] for engine in ("database", "columns")]
    agings = together(environment, [["aging", "--as-of", day, "--engine", engine] for day, engine in asked])
    for (day, engine), answer in zip(asked, agings, strict=True):
        assert _rows(answer) == _shaped(expected(name, date.fromisoformat(day))), (day, engine)
    assert huikuan(environment, "ledger", "check")["ok"]
    assert huikuan(environment, "audit", "verify")["ok"]


def huikuan(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    """A command's answer, from a process of its own."""
    answer: dict[str, Any] = json.loads(_run(environment, ["-m", "huikuan.shell.cli", *arguments, "--json"]))
    return answer


def together(environment: dict[str, str], commands: list[list[str]]) -> list[dict[str, Any]]:
    """Several commands' answers, from one process: starting it is most of a small question's time."""
    program = str(Path(__file__).with_name("commands.py"))
    return [json.loads(line) for line in _run(environment, [program], json.dumps(commands)).splitlines()]


def _run(environment: dict[str, str], arguments: list[str], given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, input=given, capture_output=True, text=True, check=False,
        timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def _rows(answer: dict[str, Any]) -> dict[tuple[str, str], tuple[Decimal, ...]]:
    assert _total(answer["rows"]) == _total(answer["totals"])
    return {
        (row["key"], row["currency"]): (
            Decimal(row["total"]),
            Decimal(row["not_due"]),
            Decimal(row["awaiting"]),
            *(Decimal(bucket["amount"]) for bucket in row["buckets"]),
            Decimal(row["credits"]),
            Decimal(row["net"]),
        )
        for row in answer["rows"]
    }


def _shaped(rows: dict[tuple[str, str], Row]) -> dict[tuple[str, str], tuple[Decimal, ...]]:
    return {
        key: (row.total, row.not_due, Decimal(0), *row.buckets, row.credits, row.total - row.credits)
        for key, row in rows.items()
    }


def _total(rows: list[dict[str, Any]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row["currency"]] = sums.get(row["currency"], Decimal(0)) + Decimal(row["net"])
    return sums


def _debits(result: dict[str, Any]) -> dict[str, Decimal]:
    return {row["currency"]: Decimal(row["debits"]) for row in result["totals"]}


def _sums(name: str) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for line in lines(name):
        sums[line.currency] = sums.get(line.currency, Decimal(0)) + line.amount
    return sums


def _fresh_database(url: str, name: str) -> str:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    parts = conninfo_to_dict(url)
    with psycopg.connect(make_conninfo("", **{**parts, "dbname": "postgres"}), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')  # type: ignore[arg-type]
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
    host = parts.get("host", "")
    return f"postgresql://{parts.get('user', '')}:{parts.get('password', '')}@/{name}?host={host}" + (
        f"&port={parts['port']}" if "port" in parts else ""
    )
