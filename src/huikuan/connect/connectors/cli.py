"""`huikuan import`: files into the ledger, undo, and the list of batches."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.connect.connectors.telling import FIRST, counts_of, print_foreseen, print_guessed, print_result
from huikuan.kernel.dates import parse_date, wall_clock
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.commanding import reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission

logger = logging.getLogger(__name__)

KIND_HELP = {
    "customers": gettext_noop("customers and whose they are"),
    "contacts": gettext_noop("the people at customers"),
    "items": gettext_noop("invoices and other items"),
    "receipts": gettext_noop("money received"),
    "open-items": gettext_noop("a snapshot of what is open on a day"),
    "contracts": gettext_noop("contracts with their clauses and milestones"),
    "orders": gettext_noop("lines of sales orders"),
}


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    parser = subparsers.add_parser("import", help=_("bring a file into the ledger; undo or list batches"))
    kinds = parser.add_subparsers(dest="kind", required=True, parser_class=type(parser))
    for kind in KIND_HELP:
        _add_kind(kinds, kind)
    undo = kinds.add_parser("undo", help=_("reverse everything a batch did"))
    undo.add_argument("batch", type=int)
    undo.add_argument("--json", action="store_true")
    add_actor_option(undo)
    undo.set_defaults(run=run_undo)
    listing = kinds.add_parser("list", help=_("the latest batches"))
    listing.add_argument("--limit", type=int, default=50)
    listing.add_argument("--json", action="store_true")
    add_actor_option(listing)
    listing.set_defaults(run=run_list)


def _add_kind(kinds: Any, kind: str) -> None:
    parser = kinds.add_parser(kind, help=_(KIND_HELP[kind]))
    parser.add_argument("file", type=Path)
    described = parser.add_mutually_exclusive_group()
    described.add_argument("--preset", help=_("a mapping shipped with the product or saved before"))
    described.add_argument("--mapping", type=Path, help=_("a mapping document (TOML)"))
    parser.add_argument("--save-preset", metavar="NAME", help=_("keep the columns as read under a name"))
    parser.add_argument("--company", default="MAIN")
    parser.add_argument("--as-of", help=_("the day of an open-items snapshot, like 2026-11-21"))
    parser.add_argument("--dry-run", action="store_true", help=_("show what would happen; write nothing"))
    parser.add_argument("--skip-rejected", action="store_true", help=_("import the good rows"))
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--keep-conflicts", action="store_true", help=_("keep the ledger's row of a key in conflict"))
    chosen.add_argument("--replace-conflicts", action="store_true", help=_("reverse and replace it"))
    parser.add_argument("--force", action="store_true", help=_("take a snapshot that is older or much shorter"))
    parser.add_argument(
        "--again", action="store_true", help=_("take a file that is imported already, with other keys")
    )
    parser.add_argument("--rejected-file", type=Path, help=_("where rejected rows are written (xlsx)"))
    parser.add_argument("--json", action="store_true")
    add_actor_option(parser)
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
        _show_rejected(refusal, options)
        raise
    except ConflictRefusal as refusal:
        refusal.also.update(counts_of(refusal.result))
        raise
    if options.save_preset:
        _save_preset(options, imported.mapping)
    _show_imported(imported, options)
    return 0


def _show_rejected(refusal: Any, options: argparse.Namespace) -> None:
    """Beside the refusal of bad cells: how the columns were read, and what the good rows would do."""
    path = _rejected_path(options)
    written = path is not None and _write_rejected(refusal.write, path, options.json)
    if written:
        refusal.also["rejected_file"] = str(path)
    if refusal.rehearsed is not None:
        refusal.also.update(_body(refusal.rehearsed))
    if options.json:
        refusal.also["guessed"] = [asdict(one) for one in refusal.guessed]
        return
    print_guessed(refusal.guessed)
    if refusal.rehearsed is not None:
        print_foreseen(refusal.rehearsed)
    # A terminal shows the first; the spreadsheet has them all.
    if not written and len(refusal.where) > FIRST:
        told = {"first": FIRST, "count": len(refusal.where)}
        print(_("The first %(first)s of %(count)s bad cells; --rejected-file FILE writes them all.") % told)
    refusal.where = refusal.where[:FIRST]


def _show_imported(imported: Any, options: argparse.Namespace) -> None:
    from huikuan.connect.connectors.bad_cells import write_bad_cells

    result = imported.result
    path = _rejected_path(options) if result.rejected else None
    rejected_file = None
    if path and _write_rejected(lambda to: write_bad_cells(to, imported.sheet, imported.checked), path, options.json):
        rejected_file = str(path)
    afterwards = _settle_down(options.json) if result.batch is not None else []
    if options.json:
        body = {**_body(result), "rejected_file": rejected_file, "afterwards": afterwards}
        print(json.dumps({**body, "guessed": [asdict(one) for one in imported.guessed]}, ensure_ascii=False))
    else:
        print_guessed(imported.guessed)
        print_result(result, rejected_file)


def _save_preset(options: argparse.Namespace, mapping: Any) -> None:
    from huikuan.connect.connectors.presets import save_preset

    path = save_preset(options.save_preset, mapping, company=options.company)
    if not options.json:
        told = {"name": options.save_preset, "path": path}
        print(_("The columns are kept as preset “%(name)s” (%(path)s).") % told, file=sys.stderr)


def run_undo(options: argparse.Namespace) -> int:
    """Reverse a batch; exit 1 when something depends on it."""
    from huikuan.connect.connectors.operations.undo import undo_batch
    from huikuan.connect.connectors.queries import company_of
    from huikuan.mechanisms.identity.commanding import commander
    from huikuan.mechanisms.identity.domain.roles import Permission

    at = datetime.now(UTC)
    actor = commander(options, Permission.UNDO_IMPORT, company_id=company_of(options.batch), at=at)
    done = undo_batch(batch_id=options.batch, actor=actor, at=at)
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
    """The latest batches, newest first."""
    from huikuan.connect.connectors.queries import batches
    from huikuan.mechanisms.identity.queries import companies

    zones = {company.code: company.time_zone for company in companies()}
    scope = reader_scope(options, Permission.VIEW_IMPORTS, at=datetime.now(UTC))
    rows = batches(scope=scope, limit=options.limit)
    if options.json:
        print(json.dumps({"batches": [asdict(row) for row in rows]}, ensure_ascii=False, default=_plain))
        return 0
    for row in rows:
        imported_at = wall_clock(row.created_at, zones[row.company])
        print(row.id, imported_at, row.company, row.kind, row.state, row.file_name, sep="\t")
    return 0


def _asked(options: argparse.Namespace) -> Any:
    from huikuan.connect.connectors.operations.files import Asked
    from huikuan.connect.connectors.presets import load_mapping, load_preset, require_preset_name
    from huikuan.mechanisms.identity.commanding import commander
    from huikuan.mechanisms.identity.domain.roles import Permission
    from huikuan.mechanisms.identity.queries import company_record

    # Before anything is read or asked: a large file takes a while, and the answer would be the same.
    if options.kind == "open-items" and not options.as_of:
        raise Refusal("snapshot_needs_day")
    company, at = company_record(options.company), datetime.now(UTC)
    if options.save_preset:
        require_preset_name(options.save_preset)
    mapping = load_preset(options.preset, company=options.company) if options.preset else None
    if options.mapping:
        mapping = load_mapping(options.mapping)
    return Asked(
        kind=options.kind,
        company=company,
        actor=commander(options, Permission.IMPORT, company_id=company.pk, at=at),
        at=at,
        mapping=mapping,
        named=options.save_preset or "",
        as_of=parse_date(options.as_of) if options.as_of else None,
        skip_rejected=options.skip_rejected,
        dry_run=options.dry_run,
        on_conflict="keep" if options.keep_conflicts else "replace" if options.replace_conflicts else "list",
        force_snapshot=options.force,
        again=options.again,
    )


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


def _rejected_path(options: argparse.Namespace) -> Path | None:
    """Where rejected rows go; None: nowhere, a dry run writes only what is asked for."""
    if options.rejected_file or options.dry_run:
        return options.rejected_file  # type: ignore[no-any-return]
    return Path(f"{options.file.stem}-rejected.xlsx")


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
    body["moves"] = result.moves
    body["dry_run"] = result.dry_run
    body["conflicting"] = [place.as_json() for place in result.conflicting]
    body["notes"] = [sentence(note) for note in result.notes]
    body["seconds_locked"] = round(result.seconds_open, 3)
    if result.diff is not None:
        body["diff"] = result.diff
    return body


def _plain(value: Any) -> str:
    return str(value.isoformat())
