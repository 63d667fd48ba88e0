"""An installation on the embedded database that lasts as long as a benchmark."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def throwaway_home(*, postgres: bool = False) -> Iterator[Path]:
    """Django set up over an empty folder, whatever the environment says, which is removed at the end; `postgres`: with
    the database of HUIKUAN_DATABASE_URL."""
    home = Path(tempfile.mkdtemp(prefix="huikuan-bench-"))
    os.environ["HUIKUAN_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.shell.settings"
    if not postgres:
        os.environ.pop("HUIKUAN_DATABASE_URL", None)
    import django

    django.setup()
    try:
        yield home
    finally:
        shutil.rmtree(home)
