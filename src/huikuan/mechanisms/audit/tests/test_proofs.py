"""Proofs hold by a stand-alone script, and by it alone (RFC 6962 shapes)."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit import heads
from huikuan.mechanisms.audit.domain.tree import (
    Frontier,
    consistency_stretches,
    inclusion_stretches,
    leaf_hash,
    node_hash,
    stretch_roots,
)
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.audit.queries import inclusion_proof
from huikuan.mechanisms.audit.tests.conftest import write_facts
from huikuan.shell.cli import main

SCRIPT = Path(__file__).resolve().parents[5] / "tools" / "check_proof.py"
RATE = "receivables_exchangerate"

spec = importlib.util.spec_from_file_location("check_proof", SCRIPT)
checker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(checker)


def root_by_definition(hashes: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word by word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return node_hash(root_by_definition(hashes[:split]), root_by_definition(hashes[split:]))


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def proof(kind: str, stretches: list[tuple[int, int]], hashes: list[bytes], **rest: object) -> dict:
    roots = stretch_roots(stretches, hashes)
    head = {"size": len(hashes), "root": root_by_definition(hashes).hex()}
    return {"proof": kind, "path": [roots[one].hex() for one in stretches], "head": head, **rest}


@given(st.integers(0, 200), st.lists(st.integers(0, 60), max_size=4))
def test_a_tree_grown_in_steps_has_the_root_of_the_definition(count: int, steps: list[int]) -> None:
    hashes, frontier = leaves(count), Frontier()
    for step in [*steps, count]:
        frontier.extend(hashes[frontier.size : frontier.size + step])
        frontier = Frontier.load(frontier.size, frontier.dump())
    assert frontier.root() == root_by_definition(hashes)


@given(st.integers(1, 130), st.data())
def test_inclusion_is_proved_for_this_leaf_at_this_place_only(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    good = proof("inclusion", inclusion_stretches(index, size), leaves(size), leaf=str(index), index=index)
    assert checker.holds(good)
    assert not checker.holds({**good, "leaf": "other"})
    for other in {index - 1, index + 1} & set(range(size)):
        assert not checker.holds({**good, "index": other})
    assert not checker.holds({**good, "path": [*good["path"], "00" * 32]})
    if good["path"]:
        assert not checker.holds({**good, "path": good["path"][:-1]})


@given(st.integers(1, 130), st.data())
def test_consistency_is_proved_for_a_beginning_only(size: int, data: st.DataObject) -> None:
    old, hashes = data.draw(st.integers(1, size)), leaves(size)
    old_head = {"size": old, "root": root_by_definition(hashes[:old]).hex()}
    good = proof("consistency", consistency_stretches(old, size), hashes, old_head=old_head)
    assert checker.holds({**good, "path": list(good["path"])})
    changed = [leaf_hash(b"changed"), *hashes[1:old]]
    assert not checker.holds({**good, "old_head": {"size": old, "root": root_by_definition(changed).hex()}})
    if good["path"]:
        assert not checker.holds({**good, "path": ["00" * 32, *good["path"][1:]]})


def check(*arguments: Path) -> int:
    """Run the script with nothing of ours within reach."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, arguments)], env=environment, capture_output=True, check=False
    ).returncode


def test_the_commands_hand_over_proofs_that_the_script_accepts(
    sealed_ledger: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inclusion, consistency, kept = tmp_path / "inclusion.json", tmp_path / "consistency.json", tmp_path / "heads.jsonl"
    assert main(["audit", "prove", RATE, str(sealed_ledger[3]), "--out", str(inclusion)]) == 0
    assert main(["audit", "consistency", "9", "25", "--out", str(consistency)]) == 0
    assert main(["audit", "heads", "--export", str(kept), "--json"]) == 0
    capsys.readouterr()
    assert kept.read_text() == heads.heads_path().read_text()
    for file in (inclusion, consistency):
        assert check(file) == check(file, kept) == 0
        forged = json.loads(file.read_text())
        forged["head"]["sealed_at"] = "2020-01-01T00:00:00.000000Z"
        file.write_text(json.dumps(forged))
        assert check(file) == 1
    kept.write_text(kept.read_text().splitlines()[0] + "\n")
    assert main(["audit", "prove", RATE, str(sealed_ledger[3]), "--out", str(inclusion)]) == 0
    assert check(inclusion, kept) == 1


def test_the_script_is_short() -> None:
    code = SCRIPT.read_text().split('"""')[2].splitlines()
    assert len([line for line in code if line.strip()]) <= 50


def test_what_is_not_sealed_or_not_there_is_refused(sealed_ledger: list[int]) -> None:
    head = Head.objects.order_by("size").last()
    (fresh,) = write_facts(1, start=90)
    for subject, code in ((fresh, "audit_not_sealed"), (10**9, "audit_fact_unknown")):
        with pytest.raises(Refusal, match=code):
            inclusion_proof(RATE, subject, head)
    assert main(["audit", "consistency", "9", "10", "--json"]) == 1
    assert main(["audit", "consistency", "17", "9", "--json"]) == 1
