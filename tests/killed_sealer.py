"""A sealer that is killed at a chosen point: `python -m tests.killed_sealer POINT`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
django.setup()

from huikuan.mechanisms.audit import heads, sealing
from huikuan.mechanisms.audit.domain.canonical import document


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def write_half_a_line_and_die(fresh: Any) -> None:
    line = document(next(iter(fresh)).as_json()).encode()
    with heads.heads_path().open("ab") as file:
        file.write(line[: len(line) // 2])
        file.flush()
    die()


#: Where the sealer can be killed: the owner and name of what it calls there, and what happens instead.
POINTS: dict[str, tuple[Any, str, Callable[..., None]]] = {
    "making the key": (os, "link", die),
    "signing": (heads, "sign", die),
    "keeping the head": (sealing.Head.objects, "create", die),
    "before the export": (sealing, "export", die),
    "amid the export": (heads, "append_heads", write_half_a_line_and_die),
    "before the disk has it": (os, "fsync", die),
}


def main(point: str) -> None:
    if point:
        setattr(*POINTS[point])
    sealing.seal(lambda: datetime.now(UTC))


if __name__ == "__main__":
    main(sys.argv[1])
