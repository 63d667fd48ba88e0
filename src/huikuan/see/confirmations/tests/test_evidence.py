"""The receipt's files prove what was said, when and by whom: by the command, and by a script of its own."""

from __future__ import annotations

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
from huikuan.mechanisms.audit.sealing import seal
from huikuan.see.confirmations.models import Reply
from huikuan.see.confirmations.operations.answering import answer
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
