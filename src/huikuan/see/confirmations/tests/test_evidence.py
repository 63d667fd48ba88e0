"""The receipt's files prove what was said, when and by whom: by the command, and by a script of its own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from huikuan.mechanisms.audit.erasing import erase_personal
from huikuan.mechanisms.audit.heads import heads_path
from huikuan.mechanisms.audit.queries import evidence, last_head
from huikuan.mechanisms.audit.sealing import seal
from huikuan.see.confirmations.models import Reply, Revocation
from huikuan.see.confirmations.operations.answering import answer
from huikuan.see.confirmations.operations.inviting import revoke
from huikuan.see.confirmations.queries.replies import proof_of, reply
from huikuan.see.confirmations.tests.conftest import AT, GU, Portal
from huikuan.shell import cli

SCRIPT = Path(__file__).resolve().parents[5] / "tools" / "check_receipt.py"


@pytest.fixture
def receipt(portal: Portal, tmp_path: Path) -> tuple[int, Path, Path]:
    """A reply that was sealed, and the two files its receipt comes with."""
    _, token = portal.invite()
    guest = portal.enter(token)
    number = answer(guest=guest, said=portal.all_correct(guest), person=GU, code=portal.code(guest), at=AT)
    seal(lambda: AT)
    row = reply(number)
    said, proof = tmp_path / "reply.json", tmp_path / "proof.json"
    said.write_text(row.content, encoding="utf-8")
    proof.write_text(json.dumps(proof_of(row), ensure_ascii=False), encoding="utf-8")
    return number, said, proof


def scripted(*files: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    words = [sys.executable, str(SCRIPT), *map(str, files)]
    return subprocess.run(words, env=environment, capture_output=True, check=False, text=True, encoding="utf-8")


def test_the_receipt_proves_what_was_said_when_and_by_whom(
    receipt: tuple[int, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    number, said, proof = receipt
    capsys.readouterr()
    code = cli.main(["audit", "check", str(proof), "--of", str(said), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (code, told["ok"], told["faults"], told["kind"], told["id"]) == (0, True, [], "confirmations_reply", number)
    kept = json.loads(proof.read_text())
    assert json.loads(kept["personal"]) == {"name": "顾静", "position": "财务部", "ip": "192.0.2.7"}
    assert "2026" in kept["fact"]
    alone = scripted(said, proof, heads_path())
    assert (alone.returncode, "顾静" in alone.stdout, "holds" in alone.stdout) == (0, True, True), alone.stderr


def leaf(kept: dict[str, Any]) -> None:
    kind, number, tx, digest, committed = kept["leaf"].split("|")
    kept["leaf"] = "|".join([kind, number, str(int(tx) + 1), digest, committed])


@pytest.mark.parametrize(
    ("fault", "forge"),
    [
        ("path", leaf),
        ("fact", lambda kept: kept.update(fact=kept["fact"].replace('"zh"', '"en"'))),
        ("personal", lambda kept: kept.update(personal=kept["personal"].replace("顾静", "王立"))),
        ("signature", lambda kept: kept["head"].update(sealed_at="2020-01-01T00:00:00.000000Z")),
        ("signature", lambda kept: kept["head"].update(signature="00" * 64)),
    ],
)
def test_whatever_is_forged_is_named(
    receipt: tuple[int, Path, Path],
    capsys: pytest.CaptureFixture[str],
    fault: str,
    forge: Callable[[dict[str, Any]], None],
) -> None:
    _, said, proof = receipt
    kept = json.loads(proof.read_text())
    forge(kept)
    proof.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
    capsys.readouterr()
    code = cli.main(["audit", "check", str(proof), "--of", str(said), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (code, fault in told["faults"], scripted(said, proof).returncode) == (1, True, 1), told["faults"]


FORGED = '{"accepted":"0.00","disputed":"85499.95"}'


def test_a_receipt_made_up_under_a_genuine_head_does_not_hold(
    receipt: tuple[int, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Every text in it fits the others, and a proof that a head continues itself says nothing of a leaf."""
    _, said, proof = receipt
    kept = json.loads(proof.read_text())
    columns = json.loads(kept["fact"])
    columns[2], columns[5] = FORGED, hashlib.sha256(FORGED.encode()).hexdigest()
    fact = json.dumps(columns, ensure_ascii=False, separators=(",", ":"))
    kind, number, tx, _digest, committed = kept["leaf"].split("|")
    made_up = "|".join([kind, number, tx, hashlib.sha256(fact.encode()).hexdigest(), committed])
    said.write_text(FORGED, encoding="utf-8")
    forged = kept | {"proof": "consistency", "old_head": kept["head"], "path": [], "fact": fact, "leaf": made_up}
    proof.write_text(json.dumps(forged, ensure_ascii=False), encoding="utf-8")
    assert scripted(said, proof, heads_path()).returncode == 1
    assert cli.main(["audit", "check", str(proof), "--of", str(said)]) == 1


def test_a_hash_written_as_a_note_of_another_fact_is_no_receipt(portal: Portal, tmp_path: Path) -> None:
    """The fact is there and sealed; it only is no reply."""
    invited, _ = portal.invite()
    revoke(invitation_id=invited, reason=hashlib.sha256(FORGED.encode()).hexdigest(), actor="cli:test", at=AT)
    seal(lambda: AT)
    head = last_head()
    assert head is not None
    said, proof = tmp_path / "reply.json", tmp_path / "proof.json"
    said.write_text(FORGED, encoding="utf-8")
    proof.write_text(json.dumps(evidence(Revocation, Revocation.objects.get().pk, head)), encoding="utf-8")
    assert scripted(said, proof, heads_path()).returncode == 1
    assert cli.main(["audit", "check", str(proof), "--of", str(said)]) == 1
    assert cli.main(["audit", "check", str(proof), "--kind", "confirmations_reply"]) == 1
    assert cli.main(["audit", "check", str(proof), "--kind", "confirmations_revocation"]) == 0


def test_other_words_and_a_head_nobody_kept_do_not_hold(
    receipt: tuple[int, Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, said, proof = receipt

    def faults(*words: str) -> Any:
        capsys.readouterr()
        assert cli.main(["audit", "check", *words, "--json"]) == 1
        told = json.loads(capsys.readouterr().out)
        return told["faults"] if "faults" in told else told["error"]["code"]

    other, none = tmp_path / "other.json", tmp_path / "heads.jsonl"
    other.write_text(said.read_text().replace("30000.00", "20000.00"))
    none.write_text("")
    assert faults(str(proof), "--of", str(other)) == ["file"]
    assert scripted(other, proof).returncode == 1
    assert faults(str(proof), "--heads", str(none)) == ["head"]
    assert faults(str(said)) == "audit_proof_unreadable"
    assert faults(str(tmp_path / "gone")) == "audit_file_missing"


def test_who_was_erased_is_named_no_more_and_what_was_said_still_holds(
    receipt: tuple[int, Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    number, said, proof = receipt
    erase_personal(Reply, number, reason="asked to", actor="cli:test", at=AT)
    kept = proof_of(reply(number))
    assert ("personal" in kept, "salt" in kept) == (False, False)
    proof.write_text(json.dumps(kept), encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["audit", "check", str(proof), "--of", str(said)]) == 0
    assert "confirmations_reply" in capsys.readouterr().out
    assert "personal: erased" in scripted(said, proof).stdout
