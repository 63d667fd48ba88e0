"""`python -m tests.migrations`: fails when a model has changed and no migration says so."""

from __future__ import annotations

import os
import sys
import tempfile

import django
from django.core.management import call_command


def main() -> None:
    os.environ["HUIKUAN_HOME"] = tempfile.mkdtemp(prefix="huikuan-migrations-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.shell.settings"
    django.setup()
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)


if __name__ == "__main__":
    sys.exit(main())
