"""A throw-away PostgreSQL for one benchmark: `python -m benchmarks.server python benchmarks/aging.py --postgres`.

As durable as it ships (fsync on); the command finds an empty database in HUIKUAN_DATABASE_URL.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

import psycopg
from tests.postgres import own_server

#: What anybody would set who keeps a ledger of this size; everything else as shipped.
SETTINGS = {"shared_buffers": "1GB", "max_wal_size": "4GB", "work_mem": "64MB"}


def main(arguments: Sequence[str]) -> int:
    """Runs the command and gives its exit code."""
    # So that the server is stopped when we are asked to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with own_server(SETTINGS) as server:
        with psycopg.connect(server.address("postgres"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE huikuan")
        environment = {**os.environ, "HUIKUAN_DATABASE_URL": server.address("huikuan")}
        return subprocess.run(arguments, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
