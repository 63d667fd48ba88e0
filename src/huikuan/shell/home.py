"""What lies in the data folder and is needed before anything else: the database's address, the secret key."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.store.folder import data_folder

#: What the product keeps in the data folder.
_OURS = (
    *("huikuan.sqlite3*", "secret.key", "heads.jsonl", "*.lock", "demo.json", "demo-logins.txt"),
    *("keys", "files", "columns", "presets", "drafts", "api", "fonts", "guards.sha256", "erasures.jsonl"),
)
_OTHERS = 0o077


def secret_key() -> str:
    """The key that signs sessions: made on first use, whole or not at all, readable by its owner only."""
    path = data_folder() / "secret.key"
    if not path.exists():
        _make_key(path)
    return path.read_text().strip()


def _make_key(path: Path) -> None:
    """Of two processes making one, the first wins."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    os.unlink(draft)


def close_to_others() -> None:
    """Take what lies open in the data folder away from everyone but its owner: files that were copied in or
    restored by hand bring their own modes. Of folders the door is enough; strangers' files are left alone."""
    home = data_folder()
    for path in (found for pattern in _OURS for found in home.glob(pattern)):
        with suppress(FileNotFoundError):  # the database's companions come and go
            known = path.lstat()
            if known.st_mode & _OTHERS and known.st_uid == os.getuid() and not path.is_symlink():
                path.chmod(known.st_mode & 0o777 & ~_OTHERS)


def database() -> dict[str, object]:
    """Django's database settings out of HUIKUAN_DATABASE_URL; SQLite in the data folder by default."""
    url = os.environ.get("HUIKUAN_DATABASE_URL", "")
    if url.startswith(("postgres://", "postgresql://")):
        return _postgres(url)
    if url and not url.startswith("sqlite:///"):
        raise Refusal("database_address_unknown")
    path = Path(url.removeprefix("sqlite://")) if url else data_folder() / "huikuan.sqlite3"
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # FULL: a commit that was reported is on the disk. recursive_triggers: REPLACE is a delete.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
                " PRAGMA foreign_keys=ON; PRAGMA cache_size=-131072"
            ),
        },
    }


def _postgres(url: str) -> dict[str, object]:
    # Only where PostgreSQL is the database.
    from psycopg import Error
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = conninfo_to_dict(url)
    except Error:
        # Without the cause: it quotes the address, password and all.
        raise Refusal("database_address_unknown") from None
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
