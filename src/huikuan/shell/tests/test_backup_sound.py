"""What counts as a backup: only what was found sound, and nothing is made that a restore would refuse."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.operations import path_of
from huikuan.mechanisms.store.folder import data_folder
from huikuan.shell.backup import verifying
from huikuan.shell.backup.archive import open_archive
from huikuan.shell.backup.making import make_backup
from huikuan.shell.backup.scheduled import back_up, newest_backup
from huikuan.shell.health.checks import examine
from huikuan.shell.tests.test_backup_kept import AT, backup, kinds, ledger

__all__ = ["backup", "ledger"]


def rewritten(backup: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy whose entries somebody changed, took out or added, and whose manifest was put right."""
    copy = backup.with_name("rewritten.zip")
    with zipfile.ZipFile(backup) as read, zipfile.ZipFile(copy, "w") as write:
        entries = {name: read.read(name) for name in read.namelist() if name != "manifest.json"}
        change(entries)
        manifest = json.loads(read.read("manifest.json"))
        manifest["sha256"] = {name: hashlib.sha256(content).hexdigest() for name, content in entries.items()}
        for name, content in entries.items():
            write.writestr(name, content)
        write.writestr("manifest.json", json.dumps(manifest))
    return copy


def test_an_unsound_backup_counts_for_none_and_only_the_newest_is_kept(
    ledger: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    monkeypatch.setenv("HUIKUAN_BACKUPS", str(folder))
    back_up(at=AT)
    original = path_of(ledger)
    content = original.read_bytes()
    original.unlink()
    for day in (1, 2):
        with pytest.raises(Refusal, match="backup_unsound"):
            back_up(at=AT + timedelta(days=day))
    assert sorted(path.name for path in folder.iterdir()) == [
        "huikuan-20261120T020000Z.zip", "huikuan-20261122T020000Z.zip.unsound",
    ]  # fmt: skip
    assert newest_backup() == AT
    told = next(check for check in examine(at=AT + timedelta(days=2)) if check.name == "backups")
    assert (told.state, told.figures["age_seconds"]) == ("warning", 2 * 86_400)
    original.write_bytes(content)
    back_up(at=AT + timedelta(days=3))
    assert newest_backup() == AT + timedelta(days=3)
    assert not list(folder.glob("*.unsound"))


def test_a_backup_that_cannot_be_verified_counts_for_none(
    ledger: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUIKUAN_BACKUPS", str(tmp_path))

    def broken(_file: Path) -> None:
        raise Refusal("backup_unreadable", file="x")

    monkeypatch.setattr(verifying, "verify_backup", broken)
    with pytest.raises(Refusal, match="backup_unreadable"):
        back_up(at=AT)
    assert newest_backup() is None


def test_files_that_no_archive_may_hold_are_left_out_and_named(ledger: str, tmp_path: Path) -> None:
    presets = data_folder("presets")
    (presets / "copy of mine.toml").write_text("kind = 1")
    (presets / "deeper" / "still").mkdir(parents=True)
    (presets / "deeper" / "still" / "mine.toml").write_text("kind = 1")
    (presets / "mine.toml").write_text("kind = 1")
    path_of(ledger).with_name("notes.txt").write_text("not an original")
    made = make_backup(tmp_path / "saved.zip", with_keys=False, at=AT)
    strays = [f"files/{ledger[:2]}/notes.txt", "presets/copy of mine.toml", "presets/deeper/still/mine.toml"]
    assert sorted(made["left_out"]) == strays
    archive, manifest = open_archive(tmp_path / "saved.zip")
    archive.close()
    assert "presets/mine.toml" in manifest.sha256
    assert not set(strays) & set(manifest.sha256)


def test_an_altered_original_is_named_and_leaves_the_rest_restorable(ledger: str, tmp_path: Path) -> None:
    path_of(ledger).write_bytes(b"other")
    made = make_backup(tmp_path / "saved.zip", with_keys=False, at=AT)
    assert (made["lost_files"], made["files"]) == ([ledger], 0)
    assert kinds(tmp_path / "saved.zip") == []


def test_an_archive_whose_heads_were_taken_out_is_not_sound(backup: Path) -> None:
    assert kinds(rewritten(backup, lambda entries: None)) == []
    assert kinds(rewritten(backup, lambda entries: entries.pop("heads.jsonl"))) == ["head_not_exported"] * 2

    def first_alone(entries: dict[str, bytes]) -> None:
        entries["heads.jsonl"] = entries["heads.jsonl"].split(b"\n")[0] + b"\n"

    assert kinds(rewritten(backup, first_alone)) == ["head_not_exported"]


def test_the_newest_head_is_signed_by_the_archives_key(backup: Path) -> None:
    def other_key(entries: dict[str, bytes]) -> None:
        entries["keys/audit-ed25519.pub"] = b"ab" * 32 + b"\n"

    assert kinds(rewritten(backup, other_key)) == ["head_signature"]
