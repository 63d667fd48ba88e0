"""Nine tamperings with plain SQL by someone who owns the tables, each found (catalogue 66, 67)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from huikuan.mechanisms.audit import heads, sealing
from huikuan.mechanisms.audit.frames import digests
from huikuan.mechanisms.audit.models import Head, Leaf
from huikuan.mechanisms.audit.queries import verify
from huikuan.mechanisms.audit.reading import read_facts
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.audit.shapes import shape_of
from huikuan.mechanisms.audit.tests.conftest import AT, lift_guards, run, write_facts
from huikuan.mechanisms.store.folder import data_folder
from huikuan.record.receivables.models import ExchangeRate
from huikuan.shell.cli import main

RATE = "receivables_exchangerate"
COLUMNS = "recorded_at, currency, quote_currency, on_date, rate_e8, source, actor"


def edit(ids: list[int]) -> None:
    run(f"UPDATE {RATE} SET rate_e8 = 1 WHERE id = {ids[2]}")


def delete(ids: list[int]) -> None:
    run(f"DELETE FROM {RATE} WHERE id = {ids[2]}")


def insert(ids: list[int]) -> None:
    run(f"INSERT INTO {RATE} (id, tx, {COLUMNS}) SELECT 9999, tx, {COLUMNS} FROM {RATE} WHERE id = {ids[2]}")


def insert_with_leaf(ids: list[int]) -> None:
    insert(ids)
    run(
        "INSERT INTO audit_leaf (id, tx, recorded_at, kind, subject_id, digest, commitment)"
        f" SELECT 9999, tx, recorded_at, kind, 9999, digest, commitment FROM audit_leaf"
        f" WHERE kind = '{RATE}' AND subject_id = {ids[2]}"
    )


def swap(ids: list[int]) -> None:
    first, second = ids[2], ids[5]
    run(
        f"UPDATE {RATE} SET id = -1 WHERE id = {first}",
        f"UPDATE {RATE} SET id = {first} WHERE id = {second}",
        f"UPDATE {RATE} SET id = {second} WHERE id = -1",
    )


def truncate(ids: list[int]) -> None:
    second = Head.objects.order_by("size")[1]
    for table in (RATE, "events_event", "audit_leaf"):
        run(f"DELETE FROM {table} WHERE tx >= {second.horizon}")
    run(f"DELETE FROM audit_head WHERE size > {second.size}")


def edit_with_leaf(ids: list[int]) -> None:
    edit(ids)
    mend_leaves()


def rehash(ids: list[int]) -> None:
    """All leaves and heads made consistent again, signed with a key of the intruder's own."""
    edit_with_leaf(ids)
    kept = list(Head.objects.order_by("size").values_list("sealed_at", flat=True))
    home = data_folder()
    shutil.move(home, aside := home.with_name("aside"))
    reseal(kept)
    shutil.rmtree(home)
    shutil.move(aside, home)


def rehash_with_our_key(ids: list[int]) -> None:
    edit_with_leaf(ids)
    kept = list(Head.objects.order_by("size").values_list("sealed_at", flat=True))
    file = heads.heads_path()
    exported = file.read_bytes()
    file.unlink()
    reseal(kept)
    file.write_bytes(exported)


def reorder(ids: list[int]) -> None:
    run(f"UPDATE {RATE} SET tx = tx + 3 WHERE id = {ids[2]}")


def drop_from_the_middle(ids: list[int]) -> None:
    delete(ids)
    run(f"DELETE FROM audit_leaf WHERE kind = '{RATE}' AND subject_id = {ids[2]}")


def mend_leaves() -> None:
    """Leaves restated from the facts as they are now."""
    facts = read_facts(shape_of(ExchangeRate), 0)
    for subject, digest in zip(facts["id"], digests(shape_of(ExchangeRate), facts), strict=True):
        Leaf.objects.filter(kind=RATE, subject_id=subject).update(digest=digest)


def reseal(instants: list) -> None:
    """The same heads in number, size and instant, over what the leaves say now."""
    horizons = list(Head.objects.order_by("size").values_list("horizon", flat=True))
    run("DELETE FROM audit_head")
    original = sealing.horizon
    for instant, horizon in zip(instants, horizons, strict=True):
        sealing.horizon = lambda horizon=horizon: horizon
        seal(instant)
    sealing.horizon = original


TAMPERINGS: list[tuple[Callable[[list[int]], None], set[str]]] = [
    (edit, {"fact_changed"}),
    (delete, {"leaf_without_fact"}),
    (insert, {"fact_without_leaf"}),
    (insert_with_leaf, {"root_differs"}),
    (swap, {"fact_changed"}),
    (truncate, {"head_missing", "root_differs"}),
    (edit_with_leaf, {"root_differs"}),
    (rehash, {"head_changed", "head_signature", "root_differs"}),
    (rehash_with_our_key, {"head_changed", "root_differs"}),
    (reorder, {"order_changed"}),
    (drop_from_the_middle, {"root_differs"}),
]


@pytest.mark.parametrize(("tamper", "kinds"), TAMPERINGS, ids=[tamper.__name__ for tamper, _ in TAMPERINGS])
def test_tampering_is_found(sealed_ledger: list[int], tamper: Callable[[list[int]], None], kinds: set[str]) -> None:
    assert verify().ok
    lift_guards()
    tamper(sealed_ledger)
    result = verify()
    assert {finding.kind for finding in result.findings} == kinds
    assert not result.ok


@pytest.mark.parametrize("tamper", [edit_with_leaf, rehash_with_our_key, truncate], ids=lambda one: one.__name__)
def test_without_the_exported_heads_a_consistent_change_is_not_found(
    sealed_ledger: list[int], tamper: Callable[[list[int]], None]
) -> None:
    """The twin: what proves is the copy outside, not the chain inside."""
    lift_guards()
    tamper(sealed_ledger)
    assert not verify().ok
    heads.heads_path().unlink()
    if tamper is edit_with_leaf:
        reseal(list(Head.objects.order_by("size").values_list("sealed_at", flat=True)))
    else:
        sealing.export()
    assert verify().ok


def test_a_copy_kept_elsewhere_finds_what_the_file_here_was_made_to_hide(
    sealed_ledger: list[int], tmp_path: Path
) -> None:
    copy = Path(shutil.copy(heads.heads_path(), tmp_path / "kept.jsonl"))
    lift_guards()
    edit_with_leaf(sealed_ledger)
    heads.heads_path().unlink()
    reseal(list(Head.objects.order_by("size").values_list("sealed_at", flat=True)))
    assert verify().ok
    assert {finding.kind for finding in verify(copy).findings} == {"head_changed", "root_differs"}


def test_a_consistent_change_after_the_last_exported_head_is_not_found_and_the_window_says_so(
    sealed_ledger: list[int],
) -> None:
    assert (verify().window.facts, verify().window.head_size) == (0, 25)
    later = AT + timedelta(hours=1)
    fresh = write_facts(2, at=later, start=50)
    lift_guards()
    run(f"UPDATE {RATE} SET rate_e8 = 1 WHERE id = {fresh[0]}")
    assert [finding.kind for finding in verify().findings] == ["fact_changed"]
    mend_leaves()
    result = verify()
    assert result.ok
    assert (result.window.facts, result.window.since, result.window.head_size) == (4, later, 25)


def test_a_forged_signature_is_found(sealed_ledger: list[int]) -> None:
    lines = heads.heads_path().read_text().splitlines()
    forged = json.loads(lines[1])
    forged["sealed_at"] = "2026-11-20T02:15:31.000000Z"
    heads.heads_path().write_text("\n".join([lines[0], json.dumps(forged), lines[2], ""]))
    assert {finding.kind for finding in verify().findings} == {"head_signature", "head_changed"}


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL keeps no text in a number's column")
def test_a_value_of_another_type_is_found(sealed_ledger: list[int]) -> None:
    lift_guards()
    run(f"UPDATE {RATE} SET rate_e8 = rate_e8 + 0.5 WHERE id = {sealed_ledger[0]}")
    run(f"UPDATE {RATE} SET on_date = '2026-01-02 ' WHERE id = {sealed_ledger[1]}")
    run(f"UPDATE {RATE} SET recorded_at = substr(recorded_at, 1, 10) WHERE id = {sealed_ledger[2]}")
    assert {finding.where for finding in verify().findings} == {f"{RATE} {one}" for one in sealed_ledger[:3]}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no infinite dates")
def test_an_impossible_date_is_found(sealed_ledger: list[int]) -> None:
    lift_guards()
    run(f"UPDATE {RATE} SET on_date = 'infinity' WHERE id = {sealed_ledger[0]}")
    run(f"UPDATE {RATE} SET on_date = '2026-01-02 BC' WHERE id = {sealed_ledger[1]}")
    run(f"UPDATE {RATE} SET recorded_at = '-infinity' WHERE id = {sealed_ledger[2]}")
    assert {finding.where for finding in verify().findings} == {f"{RATE} {one}" for one in sealed_ledger[:3]}


def test_the_command_reports_in_json_and_by_its_exit_code(
    sealed_ledger: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "verify", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["ok"], answer["findings"], answer["facts"], answer["heads"]) == (True, [], 25, 3)
    lift_guards()
    edit(sealed_ledger)
    assert main(["audit", "verify", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    assert [set(finding) for finding in answer["findings"]] == [{"kind", "where", "expected", "found"}]
    assert answer["findings"][0]["where"] == f"{RATE} {sealed_ledger[2]}"
    assert main(["audit", "verify", "--heads", "absent.jsonl", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "audit_heads_missing"
