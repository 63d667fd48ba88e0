"""Tryton beside us on the same PostgreSQL server: its aged balance over the invoices of a run of aging.py, its dunning
over those of collection.py.

Installs Tryton from the package index into a Python of its own, lets it make its database, loads
every invoice as a receivable line (a paid one reconciled on its day) and asks its own model. It
knows one currency a company, so all amounts count in one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import polars as pl
import psycopg

#: Module → the release of it.
RELEASES = {"account": "8.2.1", "account_dunning": "8.2.0"}
DATABASE = "tryton"
_FILL = """
    INSERT INTO currency_currency (id, name, code, symbol, rounding, digits, active)
        VALUES (1, 'Yuan', 'CNY', 'Y', 0.01, 2, true) ON CONFLICT DO NOTHING;
    INSERT INTO party_party (id, name, code, active) SELECT n, 'P' || n, 'T' || n, true
        FROM generate_series(1, 50001) n ON CONFLICT DO NOTHING;
    INSERT INTO company_company (id, party, currency) VALUES (1, 50001, 1) ON CONFLICT DO NOTHING;
    INSERT INTO account_account_type (id, name, company, statement, receivable, assets, payable, debt, expense,
        revenue, stock) VALUES (1, 'AR', 1, 'balance', true, true, false, false, false, false, false);
    INSERT INTO account_account (id, name, company, "left", "right", type, reconcile, party_required, closed)
        VALUES (1, 'AR', 1, 1, 2, 1, true, true, false);
    INSERT INTO account_fiscalyear (id, name, company, start_date, end_date, state, move_sequence)
        VALUES (1, 'All', 1, '2024-01-01', '2026-12-31', 'open', 1);
    INSERT INTO account_period (id, name, fiscalyear, start_date, end_date, state, type)
        VALUES (1, 'All', 1, '2024-01-01', '2026-12-31', 'open', 'standard');
    INSERT INTO account_move (id, company, date, journal, period, state, number, post_date)
        SELECT id, 1, document_date, (SELECT MIN(id) FROM account_journal), 1, 'posted', id::text, document_date
        FROM feed;
    INSERT INTO account_move_reconciliation (id, company, date, number)
        SELECT id, 1, paid_on, id::text FROM feed WHERE paid_on IS NOT NULL;
    INSERT INTO account_move_line (id, account, party, debit, credit, move, state, maturity_date, reconciliation)
        SELECT id, 1, customer, amount / 100.0, 0, id, 'valid', due_date,
               CASE WHEN paid_on IS NOT NULL THEN id END FROM feed;
"""


def aged(items: Path, settlements: Path, home: Path, days: list[date], runs: int) -> dict[date, dict[str, float]]:
    """Per day: `wall` and `cpu` seconds (median of `runs`), `rows` and `balance` in minor units."""
    python = _install(home, "account")
    _fill(_paid(items, settlements))
    told = _ask(python, "tryton_aged.py", home, str(runs), *map(str, days))
    return {date.fromisoformat(day): figures for day, figures in told.items()}


def beside_dunning(home: Path, day: date) -> None:
    """Its dunning of what is overdue on the day in the company's ledger: a level chosen and recorded for each line."""
    overdue = (
        "SELECT id, customer_id, amount, document_date, due_date FROM receivables_item"
        " WHERE side = 'debit' AND due_date < %s"
    )
    with psycopg.connect(os.environ["HUIKUAN_DATABASE_URL"]) as connection:
        found = connection.execute(overdue, [day]).fetchall()
    columns = ["id", "customer", "amount", "document_date", "due_date"]
    rows = pl.DataFrame(found, schema=columns, orient="row").with_columns(paid_on=pl.lit(None, pl.Date))
    print("Tryton: installing it from the package index and loading the same overdue lines …", flush=True)
    python = _install(home, "account_dunning")
    _fill(rows)
    told = _ask(python, "tryton_dunned.py", home, str(day))
    print(
        f"  Tryton {RELEASES['account_dunning']}: {told['lines']:,.0f} lines, {told['wall']:.2f} / {told['cpu']:.2f}"
        f" (wall s / CPU s of its process), {told['wall'] * 1_000 / told['lines']:.3f} ms a line;"
        f" load {os.getloadavg()[0]:.1f}"
    )


def _ask(python: str, script: str, home: Path, *more: str) -> Any:
    """What a script says that is run with the Python Tryton lives in."""
    command = [python, str(Path(__file__).parent / script), _config(home), DATABASE, *more]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def _install(home: Path, module: str) -> str:
    """A Python with Tryton, and its empty database with the module in force."""
    place = home / "tryton"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    python = str(place / "bin" / "python")
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", f"trytond_{module}=={RELEASES[module]}", "psycopg[binary,pool]"],
        check=True,
    )
    with psycopg.connect(_address("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DATABASE}")
    word = home / "word"
    word.write_text("benchmark-only")
    admin = [
        *(str(place / "bin" / "trytond-admin"), "-c", _config(home), "-d", DATABASE),
        *("-u", module, "--activate-dependencies", "--email", "bench@example.com", "--password"),
    ]
    subprocess.run(admin, check=True, env={**os.environ, "TRYTONPASSFILE": str(word)}, stdout=subprocess.DEVNULL)
    return python


def _paid(items: Path, settlements: Path) -> pl.DataFrame:
    """Every invoice with the day it was paid."""
    paid = pl.scan_parquet(settlements).group_by("debit_id").agg(pl.col("effective_on").max().alias("paid_on"))
    return (
        pl.scan_parquet(items)
        .filter(pl.col("side") == "debit")
        .join(paid, left_on="id", right_on="debit_id", how="left")
        .select("id", pl.col("customer_id").alias("customer"), "amount", "document_date", "due_date", "paid_on")
        .collect()
    )


def _fill(feed: pl.DataFrame) -> None:
    """Past triggers and foreign keys, as an upgrade would load them; then analysed."""
    columns = "id integer, customer integer, amount numeric, document_date date, due_date date, paid_on date"
    with psycopg.connect(_address(DATABASE)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"CREATE TEMP TABLE feed ({columns})")
        with connection.cursor().copy("COPY feed FROM STDIN (FORMAT csv)") as copy:
            copy.write(feed.write_csv(include_header=False))
        connection.execute(_FILL)
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE")


def _config(home: Path) -> str:
    file = home / "trytond.conf"
    file.write_text(f"[database]\nuri = {_address('')}\npath = {home}\n")
    return str(file)


def _address(database: str) -> str:
    parts = urlsplit(os.environ["HUIKUAN_DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{database}"))
