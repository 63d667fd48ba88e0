"""Commands of audit: seal, heads, verify, prove, check, consistency."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from huikuan.kernel.dates import wall_clock
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit import queries
from huikuan.mechanisms.audit.checking import check_proof
from huikuan.mechanisms.audit.domain.canonical import document
from huikuan.mechanisms.audit.heads import heads_path, instant_of
from huikuan.mechanisms.audit.messages import FAULTS
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.audit.sealing import seal, signed_head


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    audit = subparsers.add_parser("audit", help=_("seal the ledger and prove that nothing was changed"))
    verbs = audit.add_subparsers(dest="verb", required=True, parser_class=type(audit))
    _add(verbs, "seal", _seal, _("sign a head over everything recorded until now"))
    heads = _add(verbs, "heads", _heads, _("list the signed heads"))
    heads.add_argument("--export", type=Path, metavar="FILE", help=_("write them to FILE, to be kept elsewhere"))
    verify = _add(verbs, "verify", _verify, _("recompute everything and compare with the exported heads"))
    verify.add_argument("--heads", type=Path, metavar="FILE", help=_("the copy of the heads kept elsewhere"))
    prove = _add(verbs, "prove", _prove, _("prove that a fact is in the sealed ledger"))
    prove.add_argument("kind", help=_("the fact's table, like receivables_item"))
    prove.add_argument("id", type=int)
    consistency = _add(verbs, "consistency", _consistency, _("prove that a head continues an older one"))
    consistency.add_argument("old", type=int, help=_("size of the older head"))
    consistency.add_argument("new", type=int, help=_("size of the newer head"))
    check = _add(verbs, "check", _check, _("whether a proof holds, and whether a file is what it proves"))
    check.add_argument("proof", type=Path, metavar="PROOF", help=_("as `audit prove` or a receipt's proof"))
    check.add_argument("--of", type=Path, metavar="FILE", help=_("the file whose SHA-256 the fact states"))
    check.add_argument("--kind", default="", help=_("the table the fact is to be of, like confirmations_reply"))
    check.add_argument("--heads", type=Path, metavar="FILE", help=_("the copy of the heads kept elsewhere"))
    for parser in (prove, consistency):
        parser.add_argument("--out", type=Path, metavar="FILE", help=_("write the proof to FILE"))


def _add(verbs: Any, name: str, run: Any, sentence: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = verbs.add_parser(name, help=sentence)
    parser.add_argument("--json", action="store_true", help=_("answer in JSON"))
    parser.set_defaults(run=run)
    return parser


def _seal(options: argparse.Namespace) -> int:
    head = signed_head(seal(lambda: datetime.now(UTC)))
    if options.json:
        print(document(head.as_json()))
    else:
        print(
            _("Sealed %(size)s leaves at %(at)s: %(root)s")
            % {"size": head.size, "at": _wall_clock(instant_of(head)), "root": head.root}
        )
    return 0


def _heads(options: argparse.Namespace) -> int:
    heads = [signed_head(head) for head in Head.objects.order_by("size")]
    if options.export:
        options.export.write_text("".join(document(head.as_json()) + "\n" for head in heads), encoding="utf-8")
    if options.json:
        print(json.dumps({"heads": [head.as_json() for head in heads]}))
    elif options.export:
        print(_("%(count)s heads are in %(file)s.") % {"count": len(heads), "file": options.export})
    else:
        for head in heads:
            print(f"{head.size:>12}  {_wall_clock(instant_of(head))}  {head.root}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    result = queries.verify(options.heads)
    if options.json:
        print(json.dumps(_as_json(result), ensure_ascii=False))
    else:
        _show(result)
    return 0 if result.ok else 1


def _prove(options: argparse.Namespace) -> int:
    head = queries.last_head()
    if head is None:
        raise Refusal("audit_not_sealed", kind=options.kind, id=options.id)
    return _hand_over(queries.inclusion_proof(options.kind, options.id, head), options)


def _check(options: argparse.Namespace) -> int:
    heads = options.heads or heads_path()
    checked = check_proof(options.proof, of=options.of, heads=heads, wanted=options.kind)
    if options.json:
        print(document(checked.as_json()))
    else:
        for fault in checked.faults:
            print(_(FAULTS[fault]))
        if not checked.faults:
            said = {"kind": checked.kind, "id": checked.subject_id, "size": checked.head.size}
            print(_("It holds: fact %(id)s of %(kind)s is under the head over %(size)s leaves.") % said)
    return 1 if checked.faults else 0


def _consistency(options: argparse.Namespace) -> int:
    return _hand_over(queries.consistency_proof(_head(options.old), _head(options.new)), options)


def _head(size: int) -> Head:
    head = Head.objects.filter(size=size).first()
    if head is None:
        raise Refusal("audit_head_unknown", size=size)
    return head


def _hand_over(proof: dict[str, Any], options: argparse.Namespace) -> int:
    if options.out:
        options.out.write_text(document(proof) + "\n", encoding="utf-8")
    if options.json or not options.out:
        print(document(proof))
    else:
        print(_("The proof is in %(file)s.") % {"file": options.out})
    return 0


def _wall_clock(at: datetime | None) -> str:
    """An instant as people here read it; the exact one, in UTC, is in the JSON."""
    return wall_clock(at, settings.TIME_ZONE) if at else ""


def _as_json(result: queries.Verification) -> dict[str, Any]:
    window = result.window
    return {
        "ok": result.ok,
        "findings": [vars(finding) for finding in result.findings],
        "count": result.count,
        "facts": result.facts,
        "heads": result.heads,
        "window": window
        and {
            "facts": window.facts,
            "since": window.since and window.since.astimezone(UTC).isoformat(),
            "head_size": window.head_size,
        },
    }


def _show(result: queries.Verification) -> None:
    for finding in result.findings:
        print(
            f"{finding.kind}  {finding.where}\n  {_('expected')} {finding.expected}\n  {_('found')}    {finding.found}"
        )
    if result.count > len(result.findings):
        print(_("… and %(count)s more") % {"count": result.count - len(result.findings)})
    counts = {"facts": result.facts, "heads": result.heads}
    if result.ok:
        print(_("%(facts)s facts agree with %(heads)s exported heads.") % counts)
    if result.window and result.window.facts:
        print(
            _("%(facts)s leaves since %(since)s are not covered by an exported head yet.")
            % {"facts": result.window.facts, "since": _wall_clock(result.window.since)}
        )
