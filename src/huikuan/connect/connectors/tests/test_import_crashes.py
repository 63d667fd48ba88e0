"""kill -9 at any moment leaves nothing or everything, and the rerun ends in the same ledger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Moments at which the process kills itself: function that has just returned.
MOMENTS = (
    "huikuan.connect.connectors.operations.importing.totals",
    "huikuan.record.receivables.operations.bulk.hold_period",
    "huikuan.record.receivables.operations.bulk._apply",
    "huikuan.connect.connectors.operations.plans.record_batch",
)
DRIVER = """
import importlib, os, signal, sys
from huikuan.shell import cli
moment, arguments = sys.argv[1], sys.argv[2:]
if moment:
    import django
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
    django.setup()
    module, name = moment.rsplit(".", 1)
    owner = importlib.import_module(module)
    real = getattr(owner, name)
    def deadly(*given, **named):
        real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(owner, name, deadly)
sys.exit(cli.main(arguments))
"""
COUNTS = (
    "from django.db import connection as c\n"
    "for t in ('receivables_item','receivables_settlement','receivables_openitem','customers_customer',"
    "'connectors_batch','audit_leaf'):\n"
    "    k = c.cursor(); k.execute(f'SELECT count(*) FROM {t}'); print(k.fetchone()[0])"
)


def run(home: Path, moment: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HUIKUAN_HOME": str(home), "HUIKUAN_DATABASE_URL": ""}
    return subprocess.run(
        [sys.executable, "-c", DRIVER, moment, *arguments],
        env=environment, cwd=home, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def counts(home: Path) -> list[int]:
    environment = {**os.environ, "HUIKUAN_HOME": str(home), "HUIKUAN_DATABASE_URL": ""}
    program = f"import django; django.setup()\n{COUNTS}"
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    return [int(line) for line in done.stdout.split()]


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "items.csv"
    lines = [f"C{n % 7},客户{n % 7},INV{n},2026-01-10,2026-02-10,{n}.05,CNY" for n in range(1, 301)]
    path.write_text("\n".join(["客户编码,客户名称,发票号码,开票日期,到期日,金额,币种", *lines]), encoding="utf-8")
    return path


@pytest.mark.sealed
@pytest.mark.parametrize("moment", MOMENTS if os.environ.get("HUIKUAN_PROVE") else MOMENTS[2:3])
def test_killed_import_leaves_nothing_and_the_rerun_completes(tmp_path: Path, csv: Path, moment: str) -> None:
    home = tmp_path / "killed"
    home.mkdir()
    assert run(home, "", "import", "list", "--json").returncode == 0
    before = counts(home)
    killed = run(home, moment, "import", "items", str(csv), "--json")
    assert killed.returncode == -9, killed.stderr
    assert counts(home) == before
    again = run(home, "", "import", "items", str(csv), "--json")
    assert again.returncode == 0, again.stdout + again.stderr
    assert json.loads(again.stdout)["created"] == 300
    assert counts(home)[:5] == [300, 0, 300, 7, 1]
