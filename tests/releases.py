"""What was released stays as it was: its migrations by their hashes, and a ledger its tables held.

`python -m tests.releases`, run when a version is released and never again for it, writes a backup of a small
ledger, `tests/released/<version>.zip`, and the hashes of its migrations into `tests/released/migrations.json`.
Of a version that has them it overwrites nothing; `--again` does, as long as the version is not out.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = Path(__file__).parent / "released"
HASHES = FOLDER / "migrations.json"

#: Run in a process of its own, on an empty installation: books as the pages' tests have them, saved.
_SAVE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import django
django.setup()
from huikuan.shell.installation import prepare
from huikuan.shell.backup.making import make_backup
from huikuan.shell.tests.books import open_books
prepare()
open_books()
make_backup(Path(sys.argv[1]), with_keys=False, at=datetime.now(UTC))
"""


def hashes() -> dict[str, str]:
    """The product's migrations as they are, by path."""
    return {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(ROOT.glob("src/huikuan/**/migrations/[0-9]*.py"))
    }


def released() -> dict[str, dict[str, str]]:
    """The migrations of each released version."""
    found: dict[str, dict[str, str]] = json.loads(HASHES.read_text())
    return found


def main() -> None:
    from huikuan import __version__

    file = FOLDER / f"{__version__}.zip"
    if file.exists() and "--again" not in sys.argv[1:]:
        raise SystemExit(f"{file.name} is there already; `--again` overwrites it, as long as it is not out.")
    file.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as home:
        given = {"HUIKUAN_HOME": home, "HUIKUAN_DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "huikuan.shell.settings"}
        subprocess.run([sys.executable, "-c", _SAVE, str(file)], env={**os.environ, **given}, check=True)
    before = released() if HASHES.exists() else {}
    HASHES.write_text(json.dumps({**before, __version__: hashes()}, indent=1) + "\n")


if __name__ == "__main__":
    main()
