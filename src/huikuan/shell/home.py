"""The data folder: where this installation keeps its database, files, mirror, keys and heads."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def home() -> Path:
    """HUIKUAN_HOME, or ~/.huikuan; created private to its owner."""
    path = Path(os.environ.get("HUIKUAN_HOME") or Path.home() / ".huikuan").expanduser().resolve()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def secret_key() -> str:
    """The key that signs sessions: made on first use, readable by its owner only."""
    path = home() / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


def database() -> dict[str, object]:
    """Django's database settings out of HUIKUAN_DATABASE_URL; SQLite in the data folder by default."""
    url = os.environ.get("HUIKUAN_DATABASE_URL", "")
    if url.startswith(("postgres://", "postgresql://")):
        return _postgres(url)
    path = Path(url.removeprefix("sqlite://")) if url else home() / "huikuan.sqlite3"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # FULL: a commit that was reported is on the disk. recursive_triggers: REPLACE is a delete.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
                " PRAGMA foreign_keys=ON; PRAGMA cache_size=-262144"
            ),
        },
    }


def _postgres(url: str) -> dict[str, object]:
    from psycopg.conninfo import conninfo_to_dict  # only where PostgreSQL is the database

    parts = conninfo_to_dict(url)
    settings: dict[str, object] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "huikuan"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        # Prepared on the server from the second use on: half the time of a short statement.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 2, **parts},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
    return settings
