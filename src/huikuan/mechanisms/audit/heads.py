"""Heads outside the database: signed, one JSON line each, appended to HUIKUAN_HOME/heads.jsonl.

Copy that file away from this machine: what it says can then be changed by nobody here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.domain.canonical import PLAIN, document
from huikuan.mechanisms.store.folder import data_folder

#: No two lines together are longer.
_LINE = 4096


@dataclass(frozen=True)
class SignedHead:
    """A head as it stands in the file: the first `size` leaves, those with tx < `horizon`, have `root`."""

    size: int
    horizon: int
    root: str
    sealed_at: str
    ledger_id: str
    signature: str = ""
    key: str = ""

    def message(self) -> bytes:
        """What is signed: everything but signature and key, as canonical JSON."""
        unsigned = {name: getattr(self, name) for name in ("size", "horizon", "root", "sealed_at", "ledger_id")}
        return document(unsigned).encode()

    def as_json(self) -> dict[str, Any]:
        return dict(vars(self))

    def is_signed_by(self, key: str) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
                bytes.fromhex(self.signature), self.message()
            )
        except (InvalidSignature, ValueError):
            return False
        return True


def instant_text(at: datetime) -> str:
    return str(PLAIN["instant"](at))


def instant_of(head: SignedHead) -> datetime:
    return datetime.fromisoformat(head.sealed_at).astimezone(UTC)


def heads_path() -> Path:
    return data_folder() / "heads.jsonl"


def key_path() -> Path:
    return data_folder() / "keys" / "audit-ed25519"


def public_key() -> str | None:
    """This installation's public key (hex), if it has sealed before."""
    path = key_path().with_suffix(".pub")
    return path.read_text().strip() if path.exists() else None


def sign(head: SignedHead) -> SignedHead:
    """`head` with signature and public key; the private key is made on first use, for its owner's eyes only."""
    private = _private_key()
    key = private.public_key().public_bytes_raw().hex()
    return SignedHead(**{**head.as_json(), "signature": private.sign(head.message()).hex(), "key": key})


def read_heads(path: Path) -> list[SignedHead]:
    """The heads of a file, in its order. A torn last line, left by a crash, is not a head."""
    if not path.exists():
        return []
    return parse_heads(path.read_text(encoding="utf-8"), path.name)


def parse_heads(text: str, name: str) -> list[SignedHead]:
    """The heads of a file's text; `name` is for the refusal. What follows the last line's end is not a head."""
    *lines, _ = text.split("\n")
    try:
        return [SignedHead(**json.loads(line)) for line in lines if line.strip()]
    except (TypeError, ValueError) as error:
        raise Refusal("audit_heads_unreadable", file=name, reason=str(error)) from error


def last_exported() -> SignedHead | None:
    """The last whole line of HUIKUAN_HOME/heads.jsonl, without reading the rest."""
    path = heads_path()
    if not path.exists():
        return None
    with path.open("rb") as file:
        lines = _tail(file).split(b"\n")[:-1]
    try:
        return SignedHead(**json.loads(lines[-1])) if lines else None
    except (TypeError, ValueError) as error:
        raise Refusal("audit_heads_unreadable", file=path.name, reason=str(error)) from error


def append_heads(heads: Iterable[SignedHead]) -> None:
    """Append lines and wait until they are on the disk; a torn last line is cut off first."""
    path = heads_path()
    with path.open("a+b") as file:
        torn = _tail(file).rpartition(b"\n")[2]
        file.truncate(file.seek(0, os.SEEK_END) - len(torn))
        for head in heads:
            file.write((document(head.as_json()) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())


def _tail(file: IO[bytes]) -> bytes:
    """The end of a file of lines: the last whole line and what follows it."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LINE))
    return file.read()


def _private_key() -> Ed25519PrivateKey:
    path = key_path()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    if not path.exists():
        _make_key(path)
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(path.read_text().strip()))
    path.with_suffix(".pub").write_text(private.public_key().public_bytes_raw().hex() + "\n")
    return private


def _make_key(path: Path) -> None:
    """A new key, whole or not at all; of two processes making one, the first wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(Ed25519PrivateKey.generate().private_bytes_raw().hex())
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
