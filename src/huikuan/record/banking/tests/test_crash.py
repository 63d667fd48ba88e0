"""kill -9 while a file is read in leaves nothing or everything, and the rerun ends in the same lines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.jobs.tests.test_crash import environment
from huikuan.record.banking.models import BankAccount, BankLine, BankStatement, OpenLine
from huikuan.record.banking.tests.conftest import NUMBER, Bank
from huikuan.record.receivables.queries.check import check_ledger

pytestmark = [pytest.mark.sealed, pytest.mark.django_db(transaction=True)]

PROVE = os.environ.get("HUIKUAN_PROVE") == "1"
#: The command kills itself when this function has just returned.
MOMENTS = (
    "huikuan.record.banking.operations.importing._open",
    "huikuan.record.banking.operations.importing.hold_accounts",
    "huikuan.record.banking.operations.importing.store_kept",
    "huikuan.record.banking.operations.importing.announce",
    "huikuan.record.banking.operations.files.record_statements",
)
LINES = 200
DRIVER = """
import importlib, os, signal, sys
import django
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
django.setup()
from huikuan.shell import cli
moment, arguments = sys.argv[1], sys.argv[2:]
def after(path):
    module, name = path.rsplit(".", 1)
    owner = importlib.import_module(module)
    real = getattr(owner, name)
    def worked(*given, **named):
        real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(owner, name, worked)
if moment:
    after(moment)
sys.exit(cli.main(arguments))
"""


def run(moment: str, path: Path) -> tuple[int, str]:
    arguments = [sys.executable, "-c", DRIVER, moment, "bank", "import", str(path), "--json"]
    done = subprocess.run(arguments, env=environment(), capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode in (0, -signal.SIGKILL), done.stdout + done.stderr
    return done.returncode, done.stdout


def there() -> tuple[int, ...]:
    told = Event.objects.filter(kind="banking.imported").count()
    return (*(model.objects.count() for model in (BankAccount, BankStatement, BankLine, OpenLine)), told)


@pytest.mark.parametrize("moment", MOMENTS if PROVE else (MOMENTS[0], MOMENTS[-1]))
def test_killed_it_leaves_nothing_or_everything_and_the_rerun_completes(
    transactional_db: None, tmp_path: Path, moment: str
) -> None:
    Bank()
    path = tmp_path / "三月.csv"
    rows = [f"{NUMBER},2026-03-{1 + n % 28:02},{n}.05,CNY,宏朔钢构有限公司,R{n}" for n in range(1, LINES + 1)]
    path.write_text("\n".join(["account,booked_on,amount,currency,payer_name,bank_reference", *rows]), "utf-8")
    assert run(moment, path)[0] == -signal.SIGKILL
    everything = (1, 1, LINES, LINES, 1)
    assert there() == (everything if moment.endswith("record_statements") else (1, 0, 0, 0, 0))
    code, said = run("", path)
    assert code == 0
    (statement,) = json.loads(said)["statements"]
    assert statement["new"] + statement["known"] == LINES
    assert there() == everything
    assert check_ledger() == []
