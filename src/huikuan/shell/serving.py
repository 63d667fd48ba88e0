"""Running the web server and the worker, alone or as the two children of one command."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from types import FrameType

from django.conf import settings

from huikuan.kernel.errors import Refusal
from huikuan.shell.logs import log_level, logging_config

_GRACE_SECONDS = 10
_START_SECONDS = 30


def serve(*, host: str, port: int, workers: int) -> None:
    """The web server in this process, until SIGTERM or Ctrl-C. Static files come through whitenoise."""
    # Only the command that serves pays for these imports.
    from granian.constants import Interfaces
    from granian.server import Server

    require_free_port(host, port)
    settings.STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns where it is missing
    Server(
        "huikuan.shell.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE_SECONDS - 2,
        log_dictconfig=logging_config(log_level()),
    ).serve()


def work(*, poll_seconds: float = 1.0, until_idle: bool = False) -> None:
    """A worker in this process, until SIGTERM or Ctrl-C."""
    # The wiring imports every context; the server's parent process does without.
    from huikuan.mechanisms.jobs.worker import Worker
    from huikuan.shell.wiring import jobs

    worker = Worker(jobs(), poll_seconds=poll_seconds)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
    worker.run(until_idle=until_idle)


def run_server_and_worker(
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    ready: Callable[[str], None] | None = None,
) -> int:
    """Web server and worker as children of this process; returns when stopped (0) or when one died (1).

    `ready(address)` is called once the server answers; by default the address is printed. The
    children never outlive this process: each gets SIGTERM when it dies, however it dies.
    """
    require_free_port(host, port)
    stopping = _stop_requests()
    server = ["serve", "--host", host, "--port", str(port), "--workers", str(workers), "--quiet"]
    children = [_start(server), _start(["worker"])]
    try:
        if not _answers(host, port, children, stopping):
            return 0 if stopping else 1
        (ready or say_address)(address_of(host, port))
        while not stopping and all(child.poll() is None for child in children):
            time.sleep(0.1)
        return 0 if stopping else 1
    finally:
        _end(children)


def address_of(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104 (compared, not bound)
    return f"http://{shown}:{port}/"


def require_free_port(host: str, port: int) -> None:
    """Refuse when somebody else listens there, before anything is started."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            raise Refusal("port_taken", host=host, port=port) from None


def say_address(address: str) -> None:
    print(f"Huikuan 回款: {address}  (Ctrl-C)", flush=True)


def _stop_requests() -> list[int]:
    """A list that fills as soon as somebody asks this process to stop."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, note)
    return asked


def _start(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C in the terminal reaches this process alone, which then ends its children.
    return subprocess.Popen(  # noqa: S603 (our own program, no shell)
        [sys.executable, "-m", "huikuan.shell.cli", *arguments],
        start_new_session=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 (no threads here)
    )


def _die_with_parent() -> None:
    """Linux: SIGTERM for this process when its parent dies, even by kill -9. Elsewhere: nothing."""
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGTERM)


def _answers(host: str, port: int, children: Sequence[subprocess.Popen[bytes]], stopping: list[int]) -> bool:
    """Wait until the server takes connections; False if a child ended or a stop was asked for first."""
    target = "127.0.0.1" if host in ("0.0.0.0", "") else host  # noqa: S104 (compared, not bound)
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and not stopping and all(child.poll() is None for child in children):
        try:
            with socket.create_connection((target, port), timeout=1):
                return True
        except OSError:
            time.sleep(0.05)
    return False


def _end(children: Sequence[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + _GRACE_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        _kill_group(child.pid)


def _kill_group(group: int) -> None:
    """What a child left behind in its session goes with it."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return
