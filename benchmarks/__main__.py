"""Every benchmark at a modest size, one after the other: `make bench`.

Each runs in a process and a data folder of its own and prints sizes, times and ratios; larger runs
are asked for by name (docs/benchmarks.md). HUIKUAN_DATABASE_URL is left aside: all on SQLite.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import django
import duckdb
import polars

#: Script and sizes, so that the whole takes some minutes on two cores.
RUNS = [
    ("import_rows.py", "50000"),
    ("seal.py", "50000", "300"),
    ("settle.py", "--count", "300", "--many", "3000"),
    ("aging.py", "--rows", "100000", "--runs", "3"),
    ("scoring.py", "--rows", "100000", "--customers", "5000", "--record"),
    ("api.py", "--items", "3000", "--calls", "40"),
    ("matching.py", "--seeds", "1"),
    ("matching.py", "--time", "--lines", "1000", "--claims", "10000", "--customers", "1000"),
    ("collection.py", "--items", "10000", "--customers", "1000"),
    ("credit.py", "--orders", "100", "--customers", "10", "--sizes", "10,1000"),
]


def main() -> int:
    """0 when every benchmark ran to its end."""
    print(
        f"Python {platform.python_version()}, Django {django.__version__}, SQLite {sqlite3.sqlite_version},"
        f" DuckDB {duckdb.__version__}, Polars {polars.__version__}, {os.cpu_count()} cores"
    )
    return max(run(*arguments) for arguments in RUNS)


def run(script: str, *sizes: str) -> int:
    print(f"\n== {script} {' '.join(sizes)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="huikuan-bench-") as folder:
        # Their own temporary folders lie in this one, and go with it.
        environment = {**os.environ, "HUIKUAN_HOME": f"{folder}/home", "TMPDIR": folder}
        environment.pop("HUIKUAN_DATABASE_URL", None)
        command = [sys.executable, str(Path(__file__).parent / script), *sizes]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
