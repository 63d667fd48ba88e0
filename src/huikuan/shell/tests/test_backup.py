"""A backup comes back whole, on either database; a damaged one not at all (catalogue 71)."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from huikuan.kernel.errors import Refusal
from huikuan.shell.backup.archive import open_archive, rows_of
from huikuan.shell.tests.installations import Installation, postgres_database

PASSWORD = "a long pass phrase"

_FILL = """
import hashlib
from datetime import UTC, date, datetime
from django.db import transaction
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.models import StoredFile
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Affiliation
from huikuan.record.customers.operations.customers import change_customer, create_customer, create_group
from huikuan.mechanisms.store.folder import data_folder
at = datetime(2026, 11, 20, 2, 14, 15, 123456, tzinfo=UTC)
said = {"actor": "cli:test", "at": at}
create_group(code="G2", name="北麓矿业装备集团", **said)
# The subsidiary comes before its parent, in the tables as in the archive.
create_customer(master=Master("C1", "东岸泵业"), **said)
create_customer(master=Master("C2", "北麓（盐城）"), **said)
create_customer(master=Master("C9", "北麓矿业装备", former_names=("北麓重工",)), **said)
change_customer(code="C2", version=1, changes={"parent_code": "C9"}, **said)
data = "客户,金额\\n".encode()
digest = hashlib.sha256(data).hexdigest()
path = data_folder() / "files" / digest[:2] / digest[2:]
path.parent.mkdir(parents=True)
path.write_bytes(data)
for number in range(40):
    with transaction.atomic():
        announce("test.said", customer_id=2, payload={"zweite": 1, "amount": "1.50", "名": "值"}, at=at)
        row = {"customer_id": 2, "dimension": "owner", "value": f"郑可{number}", "effective_on": date(2024, 2, 29)}
        record(Affiliation, [{**row, "actor": "cli:test"}], at=at)
with transaction.atomic():
    row = {"sha256": digest, "name": "应收.csv", "size": len(data), "media_type": "text/csv"}
    record(StoredFile, [row], at=at)
seal(datetime.now(UTC))
"""

_GO_ON = f"""
from datetime import UTC, datetime
from django.db import transaction
from django.db.models import Max
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.store.transactions import horizon
last = Event.objects.aggregate(tx=Max("tx"), id=Max("id"))
with transaction.atomic():
    Company.objects.create(code="NEW", name="x")
    announce("test.said", at=datetime.now(UTC))
    new = Event.objects.latest("id")
logs_in = User.objects.get().check_password({PASSWORD!r})
print(new.tx > last["tx"], new.id > last["id"], horizon() > new.tx, logs_in)
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("original") / "home")
    assert made.run("company", "list")[0] == 0
    assert made.run("user", "add", "zhou", "--role", "administrator", "--password-stdin", given=PASSWORD)[0] == 0
    made.python(_FILL)
    return made


@pytest.fixture(scope="module")
def backup(original: Installation) -> Path:
    file = original.home.parent / "saved.zip"
    code, told = original.run("backup", file)
    assert code == 0
    assert (told["rows"]["events_event"], told["files"], told["lost_files"]) == (46, 1, [])
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    if request.param == "sqlite":
        yield Installation(tmp_path / "restored")
        return
    if connection.vendor != "postgresql":
        pytest.skip("needs the PostgreSQL run's server")
    with postgres_database() as url:
        yield Installation(tmp_path / "restored", url)


def checksums(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return json.loads(archive.read("manifest.json"))["sha256"]


def test_it_comes_back_whole_and_goes_on(backup: Path, target: Installation, tmp_path: Path) -> None:
    code, told = target.run("restore", backup)
    assert (code, told.get("ok"), told.get("files")) == (0, True, 1), told
    again = tmp_path / "again.zip"
    assert target.run("backup", again)[0] == 0
    assert checksums(again) == checksums(backup)
    assert target.python(_GO_ON).split() == ["True"] * 4
    assert not (target.home / "keys" / "audit-ed25519").exists()
    back = Installation(tmp_path / "back")
    code, told = back.run("restore", again)
    assert code == 0, told
    assert back.python(_GO_ON).split() == ["True"] * 4


def test_private_keys_only_when_asked_for(original: Installation, backup: Path, tmp_path: Path) -> None:
    assert original.run("backup", tmp_path / "keys.zip", "--with-keys")[0] == 0
    assert set(checksums(tmp_path / "keys.zip")) - set(checksums(backup)) == {"keys/audit-ed25519"}
    assert (tmp_path / "keys.zip").stat().st_mode & 0o777 == 0o600


def test_only_into_an_empty_installation(original: Installation, backup: Path) -> None:
    code, told = original.run("restore", backup)
    assert (code, told["error"]["code"]) == (1, "restore_not_empty")
    code, told = original.run("backup", backup)
    assert (code, told["error"]["code"]) == (1, "backup_file_exists")


def test_a_damaged_backup_is_refused_before_anything_is_written(backup: Path, tmp_path: Path) -> None:
    file = tmp_path / "damaged.zip"
    file.write_bytes(backup.read_bytes()[:-100])
    target = Installation(tmp_path / "target")
    code, told = target.run("restore", file)
    assert (code, told["error"]["code"]) == (1, "backup_unreadable")
    assert not (target.home / "huikuan.sqlite3").exists()


def rewritten(backup: Path, to: Path, change: dict[str, bytes], drop: str = "") -> Path:
    """A copy of the archive with some entries replaced, added or left out."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            if name != drop and name not in change:
                new.writestr(name, old.read(name))
        for name, content in change.items():
            new.writestr(name, content)
    return to


def test_every_kind_of_alteration_is_refused(backup: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        events = archive.read("tables/events_event.jsonl")
    lines = events.splitlines(keepends=True)
    edited = {
        "edited row": {"tables/events_event.jsonl": events.replace(b"1.50", b"1.05")},
        "missing row": {"tables/events_event.jsonl": b"".join(lines[:-1])},
        "swapped rows": {"tables/events_event.jsonl": b"".join([lines[1], lines[0], *lines[2:]])},
        "entry that climbs out": {"files/../../evil": b"x"},
        "no manifest's entry": {"keys/other.pub": b"x"},
    }
    for name, change in edited.items():
        with pytest.raises(Refusal, match="backup_altered"):
            open_archive(rewritten(backup, tmp_path / f"{name}.zip", change))
    for drop in ("tables/identity_user.jsonl", "manifest.json"):
        with pytest.raises(Refusal, match=r"backup_altered|backup_unreadable"):
            open_archive(rewritten(backup, tmp_path / "dropped.zip", {}, drop))


def test_wherever_it_is_cut_off_it_is_refused(backup: Path, tmp_path: Path) -> None:
    whole = backup.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        (tmp_path / "cut.zip").write_bytes(whole[:length])
        with pytest.raises(Refusal, match="backup_unreadable"):
            open_archive(tmp_path / "cut.zip")


def test_a_lost_original_is_said(original: Installation, tmp_path: Path) -> None:
    home = tmp_path / "copy"
    shutil.copytree(original.home, home)
    next((home / "files").glob("*/*")).write_bytes(b"other")
    code, told = Installation(home).run("backup", tmp_path / "lost.zip")
    assert (code, len(told["lost_files"])) == (1, 1)


def forged(backup: Path, to: Path, name: str, content: bytes) -> Path:
    """A backup whose manifest vouches for one entry more, or another one."""
    with zipfile.ZipFile(backup) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        manifest = json.loads(old.read("manifest.json"))
        for entry in old.namelist():
            if entry not in (name, "manifest.json"):
                new.writestr(entry, old.read(entry))
        if name != "manifest.json":
            new.writestr(name, content)
            manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
            content = json.dumps(manifest).encode()
        new.writestr("manifest.json", content)
    return to


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("keys/..", b"x"),
        ("keys/big", b"x"),
        ("keys/audit-ed25519.pub", b"0" * 40_000_000),
        ("heads.jsonl", b"0" * 40_000_000),
        ("manifest.json", b'{"a": "' + b"a" * 11_000_000 + b'"}'),
    ],
)
def test_a_forged_entry_is_refused(backup: Path, tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        open_archive(forged(backup, tmp_path / "forged.zip", name, content))
    assert (refused.value.code, refused.value.params["entry"]) == ("backup_altered", name)


def test_a_line_longer_than_any_row_is_refused(backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huikuan.shell.backup.archive.LONGEST_LINE", 20)
    archive, _ = open_archive(backup)
    with archive, pytest.raises(Refusal, match="backup_altered"):
        list(rows_of(archive, "tables/events_event.jsonl"))


#: A restore in which `move_in` does something else once the files lie in their places.
_DISTURBED = """
import os, sys
from pathlib import Path
from huikuan.kernel.errors import Refusal
from huikuan.shell.backup import restoring
from huikuan.mechanisms.identity.models import Company
whole = restoring.move_in
def disturbed(waiting, moved):
    whole(waiting, moved)
    {what}
restoring.move_in = disturbed
try:
    restoring.restore_backup(Path({file!r}))
except Refusal as refusal:
    print(refusal.code, Company.objects.count())
"""


def beside(home: Path) -> set[str]:
    """What lies in the data folder of what a restore brings."""
    return {
        str(path.relative_to(home))
        for path in home.rglob("*")
        if path.is_file() and path.relative_to(home).parts[0] in ("files", "keys", "heads.jsonl", ".restoring")
    }


def test_a_restore_that_fails_leaves_nothing_and_can_be_repeated(backup: Path, target: Installation) -> None:
    full_disk = "raise OSError(28, 'No space left on device')"
    assert target.python(_DISTURBED.format(what=full_disk, file=str(backup))).split() == ["restore_failed", "0"]
    assert beside(target.home) == set()
    code, told = target.run("restore", backup)
    assert (code, told.get("ok")) == (0, True), told


def test_a_restore_killed_before_its_commit_can_be_repeated(backup: Path, target: Installation) -> None:
    with pytest.raises(AssertionError):
        target.python(_DISTURBED.format(what="os.kill(os.getpid(), 9)", file=str(backup)))
    left = beside(target.home)
    assert "heads.jsonl" in left
    code, told = target.run("restore", backup)
    assert (code, told.get("ok"), told.get("files")) == (0, True, 1), told
    assert beside(target.home) == {name for name in left if not name.startswith(".restoring")}


def test_heads_or_keys_of_another_ledger_are_not_overwritten(backup: Path, tmp_path: Path) -> None:
    target = Installation(tmp_path / "target")
    (target.home / "keys").mkdir(parents=True)
    (target.home / "keys" / "audit-ed25519.pub").write_text("another")
    code, told = target.run("restore", backup)
    assert (code, told["error"]["code"]) == (1, "restore_not_empty")
    assert (target.home / "keys" / "audit-ed25519.pub").read_text() == "another"


#: For these tests alone: no kind of fact of the product has personal values yet.
_PERSONAL = """
import json
from datetime import UTC, datetime, date
from django.db import transaction
from huikuan.mechanisms.audit.models import Erasable
from huikuan.mechanisms.audit.operations import erase_personal, record
from huikuan.mechanisms.audit.queries import personal
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Affiliation
from huikuan.record.customers.operations import create_customer
from huikuan.shell.cli import main
from huikuan.shell.installation import prepare
Affiliation.personal = ("phone",)
at = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
"""
_TWO_PHONES = """
customer = create_customer(master=Master("C1", "北麓矿业装备"), actor="zhou", at=at)
row = {"customer_id": customer, "dimension": "owner", "value": "郑可", "effective_on": date(2026, 1, 5), "actor": "z"}
with transaction.atomic():
    ids = record(Affiliation, [{**row, "phone": "13800000001"}, {**row, "phone": "13800000002"}], at=at)
print(json.dumps(ids))
"""


def test_what_was_erased_after_the_backup_is_erased_again_by_the_restore(tmp_path: Path) -> None:
    """Catalogue 70: with the list of erasures beside it; the twin without the list brings the values back."""
    made, file = Installation(tmp_path / "made"), tmp_path / "saved.zip"
    backup_and_erase = f"""
assert main(['backup', '--json', {str(file)!r}]) == 0
erase_personal(Affiliation, ids[0], reason='request', actor='zhou', at=at)
"""
    said = made.python(_PERSONAL + "prepare()\n" + _TWO_PHONES + backup_and_erase)
    first, second = json.loads(said.splitlines()[0])
    found = {}
    for name in ("with the list", "without"):
        back = Installation(tmp_path / name)
        back.home.mkdir()
        if name == "with the list":
            shutil.copy(made.home / "erasures.jsonl", back.home)
        asked = f"print(json.dumps(personal(Affiliation, [{first}, {second}])))"
        said = back.python(f"{_PERSONAL}assert main(['restore', {str(file)!r}, '--json']) == 0\n{asked}")
        told, phones = map(json.loads, said.splitlines())
        found[name] = (told["ok"], told["erased"], set(phones))
    assert found == {"with the list": (True, 1, {str(second)}), "without": (True, 0, {str(first), str(second)})}
