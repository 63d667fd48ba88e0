"""Writers of facts as their own process, for the crash of a server: `python -m tests.fact_writers write | check`.

`write` prints a number once the server has acknowledged its fact, and goes on until the server is
gone. `check` seals and says, as JSON, which numbers are there and whether everything is proved.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from datetime import UTC, datetime
from itertools import count

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
django.setup()

from django.db import DatabaseError, connection, transaction

from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.queries import verify
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.identity.models import RoleGrant
from huikuan.shell.installation import prepare

WRITERS = 4


def write(first: int) -> None:
    """Four writers and a sealer; writer n of a round that begins at `first` takes first + n, first + n + 4, …"""
    works = [lambda number=number: _write(first + number) for number in range(WRITERS)]
    threads = [threading.Thread(target=_until_the_server_is_gone, args=[work]) for work in [*works, _seal]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def check() -> dict[str, object]:
    _sealed_whole()
    found = verify()
    numbers = list(RoleGrant.objects.order_by("user_id").values_list("user_id", flat=True))
    return {"numbers": numbers, "findings": [vars(one) for one in found.findings], "heads": found.heads}


def _until_the_server_is_gone(work) -> None:
    try:
        work()
    except DatabaseError:
        pass
    finally:
        connection.close()


def _write(first: int) -> None:
    for number in count(first, WRITERS):
        with transaction.atomic():
            row = {"user_id": number, "role": "auditor", "granted": True, "actor": "root"}
            record(RoleGrant, [row], at=datetime.now(UTC))
        # One write call per line: lines of several threads do not mix.
        os.write(1, f"{number}\n".encode())


def _seal() -> None:
    while True:
        seal(lambda: datetime.now(UTC))
        time.sleep(0.05)


def _sealed_whole() -> None:
    until = time.monotonic() + 30
    while seal(lambda: datetime.now(UTC)).size < Leaf.objects.count() and time.monotonic() < until:
        time.sleep(0.05)


def main(verb: str, first: int = 0) -> None:
    prepare()
    if verb == "check":
        print(json.dumps(check()))
    else:
        write(first)


if __name__ == "__main__":
    main(sys.argv[1], *(int(one) for one in sys.argv[2:]))
