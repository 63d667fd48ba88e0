"""Reading originals back, each verified by its hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.store.folder import data_folder

_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Lost:
    """An original whose bytes are not what its fact says; `found` is 'missing' or the hash found."""

    sha256: str
    name: str
    found: str


def open_original(sha256: str) -> Path:
    """The file with these bytes, its hash checked just now; refuses a missing or altered one."""
    found = _found(sha256)
    if found != sha256:
        raise Refusal("original_lost", sha256=sha256, found=found)
    return _path(sha256)


def missing() -> list[Lost]:
    """Every original that is gone or altered: reads all of them."""
    stored = StoredFile.objects.order_by("id").values_list("sha256", "name")
    checked = ((sha256, name, _found(sha256)) for sha256, name in stored.iterator())
    return [Lost(sha256, name, found) for sha256, name, found in checked if found != sha256]


def _found(sha256: str) -> str:
    digest = hashlib.sha256()
    try:
        with _path(sha256).open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    except OSError:
        return "missing"
    return digest.hexdigest()


def _path(sha256: str) -> Path:
    return data_folder("files") / sha256[:2] / sha256[2:]
