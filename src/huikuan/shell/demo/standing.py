"""What stands of the demo: kept beside the database, so that a second start need not ask it."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from huikuan.kernel.dates import parse_date
from huikuan.mechanisms.store.folder import data_folder
from huikuan.shell.demo.cast import PEOPLE

_LOGINS = "demo-logins.txt"
_MARKER = "demo.json"


@dataclass(frozen=True, slots=True)
class Login:
    """Somebody who may log in, and what for."""

    username: str
    password: str
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The finished demo: the day it counts from, its items, and who may log in."""

    as_of: date
    items: int
    logins: tuple[Login, ...]


def standing() -> Standing | None:
    """The demo of this data folder, or None when none is finished."""
    marker = _marker()
    if not marker.get("complete"):
        return None
    passwords = logins()
    people = tuple(Login(person.username, passwords[person.username], person.name, person.roles) for person in PEOPLE)
    return Standing(parse_date(marker["as_of"]), marker["items"], people)


def begun_for() -> date | None:
    """The day of a build that was begun here."""
    marker = _marker()
    return parse_date(marker["as_of"]) if marker else None


def note(as_of: date, *, items: int, complete: bool) -> None:
    """Remember how far the build got."""
    _write_private(
        data_folder() / _MARKER, json.dumps({"as_of": as_of.isoformat(), "items": items, "complete": complete})
    )


def logins() -> dict[str, str]:
    """Username → password: drawn once for this installation, kept readable by its owner only."""
    path = data_folder() / _LOGINS
    if not path.exists():
        # Sixteenths only: other letters may come out like somebody's name, which no password may.
        drawn = {person.username: secrets.token_hex(9) for person in PEOPLE}
        _write_private(path, "".join(f"{username}\t{password}\n" for username, password in drawn.items()))
    return dict(line.split("\t") for line in path.read_text().splitlines())


def _marker() -> dict[str, Any]:
    path = data_folder() / _MARKER
    marker: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return marker


def _write_private(path: Path, text: str) -> None:
    """Written whole or not at all, for its owner only."""
    partial = path.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    partial.replace(path)
