"""The ground a test process stands on, laid before Django's settings are read.

An empty data folder, and the database: HUIKUAN_DATABASE_URL, else SQLite. Where there are several servers
(`tests/postgres.py`) each worker of a parallel run takes its own. This is a plugin and no conftest,
because a worker inherits DJANGO_SETTINGS_MODULE and then reads the settings before any conftest.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

os.environ["HUIKUAN_HOME"] = tempfile.mkdtemp(prefix="huikuan-test-")
atexit.register(shutil.rmtree, os.environ["HUIKUAN_HOME"], ignore_errors=True)
if servers := os.environ.get("HUIKUAN_TEST_SERVERS", "").split():
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["HUIKUAN_DATABASE_URL"] = servers[worker % len(servers)]
os.environ["DJANGO_SETTINGS_MODULE"] = "huikuan.shell.settings"
