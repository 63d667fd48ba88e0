"""Originals are read back only as what they were (catalogue 71, share)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.operations import store_file
from huikuan.mechanisms.files.queries import missing, open_original

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
CONTENT = "客户,金额\n".encode()
SHA256 = hashlib.sha256(CONTENT).hexdigest()

pytestmark = pytest.mark.django_db


@pytest.fixture
def stored() -> Path:
    store_file(CONTENT, "应收.csv", actor="cli:test", at=AT)
    return open_original(SHA256)


def test_an_original_comes_back_as_it_was(stored: Path) -> None:
    assert stored.read_bytes() == CONTENT
    assert missing() == []


def test_an_altered_original_is_refused_and_named(stored: Path) -> None:
    stored.chmod(0o600)
    stored.write_bytes(b"other")
    with pytest.raises(Refusal, match="original_lost"):
        open_original(SHA256)
    assert [(lost.name, lost.found) for lost in missing()] == [("应收.csv", hashlib.sha256(b"other").hexdigest())]


def test_a_missing_original_is_refused_and_named(stored: Path) -> None:
    stored.unlink()
    with pytest.raises(Refusal, match="original_lost"):
        open_original(SHA256)
    assert [(lost.name, lost.found) for lost in missing()] == [("应收.csv", "missing")]
