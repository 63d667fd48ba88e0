"""`huikuan import`: files into the ledger, undo, and the list of batches."""

from __future__ import annotations

import argparse
import getpass
import json
import logging
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.connect.connectors.telling import FIRST, counts_of, print_guessed, print_result
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal

logger = logging.getLogger(__name__)

_KINDS = ("customers", "items", "receipts", "open-items")


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    parser = subparsers.add_parser("import", help="bring a file into the ledger; undo or list batches")
    kinds = parser.add_subparsers(dest="kind", required=True, parser_class=type(parser))
    for kind in _KINDS:
        _add_kind(kinds, kind)
    undo = kinds.add_parser("undo", help="reverse everything a batch did")
    undo.add_argument("batch", type=int)
    undo.add_argument("--json", action="store_true")
    undo.set_defaults(run=run_undo)
    listing = kinds.add_parser("list", help="the latest batches")
    listing.add_argument("--limit", type=int, default=50)
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)


def _add_kind(kinds: Any, kind: str) -> None:
    parser = kinds.add_parser(kind)
    parser.add_argument("file", type=Path)
    described = parser.add_mutually_exclusive_group()
    described.add_argument("--preset", help="a mapping shipped with the product or saved before")
    described.add_argument("--mapping", type=Path, help="a mapping document (TOML)")
    parser.add_argument("--company", default="MAIN")
    parser.add_argument("--as-of", help="the day of an open-items snapshot, like 2026-11-21")
    parser.add_argument("--dry-run", action="store_true", help="show what would happen; write nothing")
    parser.add_argument("--skip-rejected", action="store_true", help="import the good rows")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--keep-conflicts", action="store_true", help="keep the ledger's row of a key in conflict")
    chosen.add_argument("--replace-conflicts", action="store_true", help="reverse and replace it")
    parser.add_argument("--force", action="store_true", help="take a snapshot that is older or much shorter")
    parser.add_argument("--again", action="store_true", help="take a file that is imported already, with other keys")
    parser.add_argument("--rejected-file", type=Path, help="where rejected rows are written (xlsx)")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run_import)


def run_import(options: argparse.Namespace) -> int:
    """Import a file; exit 1 when it is refused."""
    # Models exist only once Django is set up.
    from huikuan.connect.connectors.operations.files import RejectedRefusal, import_file
    from huikuan.connect.connectors.operations.importing import ConflictRefusal

    asked = _asked(options)
    try:
        imported = import_file(options.file, asked, progress=_progress(options.json))
    except RejectedRefusal as refusal:
        path = _rejected_path(options)
        written = _write_rejected(refusal.write, path, options.json)
        if written:
            refusal.also["rejected_file"] = str(path)
        if written and not options.json:
            # A terminal shows the first; the spreadsheet has them all.
            refusal.where = refusal.where[:FIRST]
        raise
    except ConflictRefusal as refusal:
        refusal.also.update(counts_of(refusal.result))
        raise
    result = imported.result
    rejected_file = None
    if result.rejected:
        from huikuan.connect.connectors.bad_cells import write_bad_cells

        path = _rejected_path(options)
        if _write_rejected(lambda to: write_bad_cells(to, imported.sheet, imported.checked), path, options.json):
            rejected_file = str(path)
    afterwards = _settle_down(options.json) if result.batch is not None else []
    if options.json:
        body = {**_body(result), "rejected_file": rejected_file, "afterwards": afterwards}
        print(json.dumps({**body, "guessed": [asdict(one) for one in imported.guessed]}, ensure_ascii=False))
    else:
        print_guessed(imported.guessed)
        print_result(result, rejected_file)
    return 0


def run_undo(options: argparse.Namespace) -> int:
    from huikuan.connect.connectors.operations.undo import undo_batch

    done = undo_batch(batch_id=options.batch, actor=_actor(), at=datetime.now(UTC))
    afterwards = _settle_down(options.json)
    if options.json:
        told = {
            "batch": done.batch_id,
            "items": done.items,
            "settlements": done.settlements,
            "restored": done.restored,
            "afterwards": afterwards,
        }
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(
            _("Batch %(batch)s undone: %(items)s items and %(settlements)s settlements reversed.")
            % {"batch": done.batch_id, "items": done.items, "settlements": done.settlements}
        )
    return 0


def run_list(options: argparse.Namespace) -> int:
    from huikuan.connect.connectors.queries import batches

    rows = batches(limit=options.limit)
    if options.json:
        print(json.dumps({"batches": [asdict(row) for row in rows]}, ensure_ascii=False, default=_plain))
        return 0
    for row in rows:
        print(f"{row.id}\t{row.created_at:%Y-%m-%d %H:%M}\t{row.company}\t{row.kind}\t{row.state}\t{row.file_name}")
    return 0


def _asked(options: argparse.Namespace) -> Any:
    from huikuan.connect.connectors.operations.files import Asked
    from huikuan.connect.connectors.presets import load_mapping, load_preset
    from huikuan.mechanisms.identity.models import Company

    company = Company.objects.filter(code=options.company).first()
    if company is None:
        raise Refusal("company_unknown", company=options.company)
    mapping = load_preset(options.preset) if options.preset else None
    if options.mapping:
        mapping = load_mapping(options.mapping)
    conflict = "keep" if options.keep_conflicts else "replace" if options.replace_conflicts else "list"
    return Asked(
        kind=options.kind,
        company=company,
        actor=_actor(),
        at=datetime.now(UTC),
        mapping=mapping,
        as_of=parse_date(options.as_of) if options.as_of else None,
        skip_rejected=options.skip_rejected,
        dry_run=options.dry_run,
        on_conflict=conflict,
        force_snapshot=options.force,
        again=options.again,
    )


def _actor() -> str:
    """Who types: the name the operating system knows."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli"


def _settle_down(quiet: bool) -> list[str]:
    """Seal what was written, so that it is known as of now, and bring the columns up to it.

    The import itself is committed: whatever fails here is logged, said, and done by the worker later.
    Answers what failed, in sentences.
    """
    from huikuan.mechanisms.audit.sealing import seal
    from huikuan.mechanisms.columns.operations import refresh

    failed = []
    for work in (lambda: seal(lambda: datetime.now(UTC)), lambda: refresh(wait=False)):
        try:
            work()
        except Refusal as refusal:
            failed.append(_sentence(refusal))
        except Exception as error:
            logger.exception("after the import")
            failed.append(_("This could not be finished and will be tried again: %(problem)s") % {"problem": error})
    for problem in [] if quiet else failed:
        print(_("The import stands. Afterwards: %(problem)s") % {"problem": problem}, file=sys.stderr)
    return failed


def _sentence(refusal: Refusal) -> str:
    """What sealing or the columns refused, in words."""
    from huikuan.mechanisms.audit.messages import SENTENCES as AUDIT
    from huikuan.mechanisms.store.messages import SENTENCES as STORE

    text = {**STORE, **AUDIT}.get(refusal.code)
    return _(text) % refusal.params if text else str(refusal)


def _progress(quiet: bool) -> Any:
    if quiet or not sys.stderr.isatty():
        return lambda _step: None
    words = {"reading": _("Reading the file …"), "checking": _("Checking every cell …"), "writing": _("Writing …")}
    return lambda step: print(words[step], file=sys.stderr)


def _rejected_path(options: argparse.Namespace) -> Path:
    return options.rejected_file or Path(f"{options.file.stem}-rejected.xlsx")


def _write_rejected(write: Any, path: Path, quiet: bool) -> bool:
    """Write the rejected rows beside the work; a folder that cannot be written to is no reason to fail."""
    from xlsxwriter.exceptions import XlsxWriterException  # only where rows were rejected

    try:
        write(path)
    except (OSError, XlsxWriterException):
        logger.exception("writing the rejected rows")
        return False
    if not quiet:
        print(_("Rejected rows: %(path)s") % {"path": path}, file=sys.stderr)
    return True


def _body(result: Any) -> dict[str, Any]:
    from huikuan.connect.connectors.reasons import sentence

    body = {"batch": result.batch, **counts_of(result), "totals": result.totals}
    body["customers_created"] = result.customers_created
    body["customers_changed"] = result.customers_changed
    body["dry_run"] = result.dry_run
    body["conflicting"] = [place.as_json() for place in result.conflicting]
    body["notes"] = [sentence(note) for note in result.notes]
    body["seconds_locked"] = round(result.seconds_open, 3)
    if result.diff is not None:
        body["diff"] = result.diff
    return body


def _plain(value: Any) -> str:
    return str(value.isoformat())
