"""How often a token may call: counted on this machine, beside the database, so that reading never writes to it.

All processes of the machine share one small SQLite file without durability: losing it forgives everybody.
The rule is a leaky bucket: so many calls per minute in the long run, a fifth of them at once.
"""

from __future__ import annotations

import logging
import math
import sqlite3
import threading
from pathlib import Path

from django.conf import settings

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.store.folder import data_folder

log = logging.getLogger(__name__)

_BURST_SHARE = 5
_kept = threading.local()

_TAKE = """
INSERT INTO bucket (name, full_until) VALUES (:name, :now + :each)
ON CONFLICT (name) DO UPDATE SET full_until = max(full_until, :now) + :each
WHERE max(full_until, :now) + :each - :now <= :room
RETURNING full_until
"""


def take_turn(name: str, *, now: float) -> None:
    """Count one call of `name` at `now` (seconds); refuses with the seconds to wait where it is one too many.

    A counter that cannot be kept lets the call through: a full disk must not close the API.
    """
    per_minute = settings.API_CALLS_PER_MINUTE
    each = 60 / per_minute
    room = each * max(1, per_minute // _BURST_SHARE)
    try:
        found = _bucket().execute(_TAKE, {"name": name, "now": now, "each": each, "room": room}).fetchall()
        if found:
            return
        (until,) = _bucket().execute("SELECT full_until FROM bucket WHERE name = ?", [name]).fetchone()
    except (sqlite3.Error, OSError):
        log.warning("calls of the API are not counted", exc_info=True)
        return
    raise Refusal("rate_limited", seconds=max(1, math.ceil(until + each - now - room)))


def _bucket() -> sqlite3.Connection:
    """This thread's connection to the file of the data folder in use."""
    path = data_folder("api") / "calls.sqlite3"
    known: tuple[Path, sqlite3.Connection] | None = getattr(_kept, "bucket", None)
    if known is not None and known[0] == path and path.exists():
        return known[1]
    connection = sqlite3.connect(path, isolation_level=None, timeout=0.5)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, full_until REAL) WITHOUT ROWID")
    _kept.bucket = (path, connection)
    return connection
