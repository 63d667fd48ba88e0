"""Installations of a test's own: a data folder, a database, and the program as its own process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings


class Installation:
    """Runs `huikuan …` in `home`, on SQLite in it or on the database at `url`."""

    def __init__(self, home: Path, url: str = "") -> None:
        self.home = home
        self.environment = {**os.environ, "HUIKUAN_HOME": str(home), "HUIKUAN_DATABASE_URL": url}

    def start(self, *arguments: object, **more: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "huikuan.shell.cli", *map(str, arguments)]
        return subprocess.Popen(command, env=self.environment, text=True, **more)

    def run(self, *arguments: object, given: str = "") -> tuple[int, Any]:
        """Exit code and the JSON answered."""
        child = self.start(*arguments, "--json", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = child.communicate(given, timeout=120)
        assert out, err
        return child.returncode, json.loads(out)

    def python(self, code: str) -> str:
        """Run `code` with Django set up."""
        setup = (
            "import os; os.environ['DJANGO_SETTINGS_MODULE']='huikuan.shell.settings'; import django; django.setup()\n"
        )
        command = [sys.executable, "-c", setup + code]
        done = subprocess.run(command, env=self.environment, text=True, capture_output=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def postgres_database() -> Iterator[str]:
    """The address of a new, empty database on the server the suite runs on."""
    import psycopg

    database = settings.DATABASES["default"]
    where = {"host": database["HOST"], "user": database["USER"], "password": database["PASSWORD"]}
    if database["PORT"]:
        where["port"] = database["PORT"]
    name = f"hk_made_{uuid4().hex[:10]}"
    with psycopg.connect(dbname="postgres", autocommit=True, **where) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            options = "&".join(f"{key}={value}" for key, value in where.items() if value)
            yield f"postgresql:///{name}?{options}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
