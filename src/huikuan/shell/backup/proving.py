"""What proves a restored ledger whole."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from huikuan.mechanisms.audit.erasing import reapply_erasures
from huikuan.mechanisms.audit.verifying import verify
from huikuan.mechanisms.files.queries import missing
from huikuan.mechanisms.identity.actors import SYSTEM
from huikuan.record.receivables.queries.check import check_ledger


def prove_restored(*, at: datetime) -> dict[str, Any]:
    """Erase again what was erased since, then check the trail, the ledger's laws and the originals.

    Answers {"erased", "ok", "findings": [{kind, where, expected, found}]}.
    """
    erased = reapply_erasures(actor=SYSTEM, at=at)
    findings = [asdict(finding) for finding in verify().findings]
    findings += [asdict(breach) for breach in check_ledger()]
    findings += [
        {"kind": "original_lost", "where": lost.name, "expected": lost.sha256, "found": lost.found}
        for lost in missing()
    ]
    return {"erased": erased, "ok": not findings, "findings": findings}
