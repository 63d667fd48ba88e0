"""Backups verified where they lie, made by themselves, and complete by construction."""

from __future__ import annotations

import hashlib
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction

from huikuan.connect.connectors.presets import load_preset, save_preset
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.files.operations import path_of, store_file
from huikuan.mechanisms.identity.models import Company, OpenSession
from huikuan.mechanisms.store.models import Epoch, Fact, IdCounter
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Affiliation
from huikuan.record.customers.operations.customers import create_customer
from huikuan.shell import home, recurring
from huikuan.shell.backup.archive import open_archive
from huikuan.shell.backup.making import make_backup
from huikuan.shell.backup.placing import move_in, staged
from huikuan.shell.backup.rows import fact_tables, tables
from huikuan.shell.backup.scheduled import back_up, newest_backup
from huikuan.shell.backup.verifying import verify_backup
from huikuan.shell.wiring import jobs

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def ledger(transactional_db: None) -> str:
    """A few facts, one with personal values' commitment, an original, two heads; the original's checksum."""
    Company.objects.create(code="MAIN", name="江临精工装备股份")
    customer = create_customer(master=Master("C1", "东岸泵业"), actor="cli:test", at=AT)
    original = store_file(b"a,b\n", "a.csv", media_type="text/csv", actor="cli:test", at=AT).sha256
    seal(AT)
    row = {"customer_id": customer, "dimension": "owner", "value": "郑可", "effective_on": date(2024, 2, 29)}
    with transaction.atomic():
        record(Affiliation, [{**row, "actor": "cli:test"}], at=AT)
    seal(AT + timedelta(minutes=1))
    return original


@pytest.fixture
def backup(ledger: str, tmp_path: Path) -> Path:
    file = tmp_path / "saved.zip"
    make_backup(file, with_keys=False, at=AT)
    return file


def forged(backup: Path, entry: str, old: bytes, new: bytes) -> Path:
    """A copy in which one entry was changed by somebody who also put its checksum right."""
    copy = backup.with_name("forged.zip")
    with zipfile.ZipFile(backup) as read, zipfile.ZipFile(copy, "w") as write:
        manifest = json.loads(read.read("manifest.json"))
        for name in read.namelist():
            content = read.read(name)
            if name == entry:
                assert old in content
                content = content.replace(old, new, 1)
                manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
            if name != "manifest.json":
                write.writestr(name, content)
        write.writestr("manifest.json", json.dumps(manifest))
    return copy


def kinds(file: Path) -> list[str]:
    found = verify_backup(file)
    assert found["ok"] == (not found["findings"])
    return [finding["kind"] for finding in found["findings"]]


def test_a_whole_backup_is_found_whole(backup: Path) -> None:
    found = verify_backup(backup)
    assert (found["ok"], found["files"], found["made_at"]) == (True, 1, AT.isoformat())
    assert found["rows"]["customers_affiliation"] == 1
    assert found["sealed_at"] == "2026-11-20T02:01:00.000000Z"


def test_what_was_forged_with_its_checksum_is_found(backup: Path) -> None:
    affiliation, leaf = "tables/customers_affiliation.jsonl", "tables/audit_leaf.jsonl"
    assert kinds(forged(backup, affiliation, "郑可".encode(), "郑苛".encode())) == [
        "fact_changed",
        "leaf_without_fact",
    ]
    # A leaf that says something else of its fact is neither that fact's nor in the tree of any head.
    with zipfile.ZipFile(backup) as archive:
        row = next(line for line in archive.read(leaf).splitlines() if b"customers_affiliation" in line)
    digest = next(value for value in json.loads(row) if isinstance(value, str) and len(value) == 64)
    changed = ("0" if digest[0] != "0" else "1") + digest[1:]
    assert kinds(forged(backup, leaf, digest.encode(), changed.encode())) == [
        "fact_changed", "leaf_without_fact", "root_differs",
    ]  # fmt: skip


def test_a_forged_head_is_found(backup: Path) -> None:
    assert kinds(forged(backup, "heads.jsonl", b"2026-11-20T02:01", b"2026-11-20T02:02")) == ["head_signature"]


def test_a_damaged_backup_and_one_of_another_version_are_refused(backup: Path) -> None:
    cut = backup.with_name("cut.zip")
    cut.write_bytes(backup.read_bytes()[:-50])
    with pytest.raises(Refusal, match="backup_unreadable"):
        verify_backup(cut)
    with zipfile.ZipFile(backup) as read, zipfile.ZipFile(cut, "w") as write:
        for name in read.namelist():
            write.writestr(name, read.read(name).replace(b'"customers/0001_initial"', b'"customers/0001_other"'))
    with pytest.raises(Refusal, match="backup_other_version"):
        verify_backup(cut)


def test_backups_are_made_verified_and_the_oldest_let_go(
    ledger: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    assert (back_up(at=AT), newest_backup(), jobs()["backups.make"].every) == ({}, None, None)
    monkeypatch.setenv("HUIKUAN_BACKUPS", str(folder))
    monkeypatch.setenv("HUIKUAN_BACKUPS_KEEP", "2")
    assert jobs()["backups.make"].every == timedelta(days=1)
    folder.mkdir()
    (folder / "huikuan-of-the-old-server.zip").write_bytes(b"not ours")
    (folder / ".huikuan-20261101T000000Z.zip.unfinished").write_bytes(b"a worker was killed")
    for day in range(3):
        back_up(at=AT + timedelta(days=day))
    assert sorted(path.name for path in folder.iterdir()) == [
        "huikuan-20261121T020000Z.zip", "huikuan-20261122T020000Z.zip", "huikuan-of-the-old-server.zip",
    ]  # fmt: skip
    assert newest_backup() == AT + timedelta(days=2)


def test_a_backup_that_lacks_an_original_lets_nothing_go(
    ledger: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUIKUAN_BACKUPS", str(tmp_path / "backups"))
    monkeypatch.setenv("HUIKUAN_BACKUPS_KEEP", "1")
    back_up(at=AT)
    path_of(ledger).unlink()
    with pytest.raises(Refusal, match="backup_unsound"):
        recurring.back_up(at=AT + timedelta(days=1))
    assert (tmp_path / "backups" / "huikuan-20261120T020000Z.zip").exists()


#: Of other makers' tables nothing is the installation's own: log-in attempts and sessions end with the machine,
#: the rest
#: is made anew by migrations, and nothing uses Django's groups (roles are facts).
OTHERS = {"auth_permission", "auth_group", "auth_group_permissions", "identity_user_groups",
          "identity_user_user_permissions", "django_content_type", "django_session", "axes_accessattempt",
          "axes_accesslog", "axes_accessfailurelog", "axes_accessattemptexpiration"}  # fmt: skip


def test_every_table_is_in_a_backup_or_named_here_as_left_out() -> None:
    every = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    ours = {table for table in every if table not in OTHERS}
    saved = {model._meta.db_table for model in tables()}
    assert ours - saved == {model._meta.db_table for model in (Epoch, IdCounter, OpenSession)}
    assert {model for model in apps.get_models() if issubclass(model, Fact)} == set(fact_tables())


def test_presets_of_ones_own_come_back(ledger: str, tmp_path: Path) -> None:
    preset = load_preset("hr-open")
    written = [save_preset("月末应收", preset), save_preset("sap-open", preset, company="MAIN.2")]
    content = [path.read_bytes() for path in written]
    make_backup(tmp_path / "saved.zip", with_keys=False, at=AT)
    for path in written:
        path.unlink()
    archive, manifest = open_archive(tmp_path / "saved.zip")
    with archive, staged(archive, manifest) as waiting:
        move_in(waiting, [])
    assert [path.read_bytes() for path in written] == content


def test_everything_in_the_data_folder_is_in_a_backup_or_named_here_as_left_out() -> None:
    saved = {"heads.jsonl", "erasures.jsonl", "keys", "files", "presets"}
    # The database travels as rows, mirror and counters are made anew, uploads that nobody committed and fonts are
    # laid there again; and whoever has the secret key reads authenticators.
    left_out = {"huikuan.sqlite3*", "secret.key", "*.lock", "demo.json", "demo-logins.txt", "columns", "api",
                "guards.sha256", "drafts", "fonts"}  # fmt: skip
    assert set(home._OURS) == saved | left_out
