"""What the import command tells people on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

#: Bad cells shown on the terminal; the spreadsheet has them all.
FIRST = 20
_WHY = {
    "header": gettext_noop("the header is known"),
    "header_note": gettext_noop("the header is known but for its note in brackets"),
    "header_part": gettext_noop("the header contains a known name"),
}
_CHANGES = {
    "new": gettext_noop("new"),
    "smaller": gettext_noop("smaller: the difference is settled"),
    "gone": gettext_noop("gone: settled in the source system"),
    "back": gettext_noop("open again: clearing reversed"),
    "due_moved": gettext_noop("due date moved"),
    "conflict": gettext_noop("in conflict"),
    "same": gettext_noop("unchanged"),
}
_DIMENSIONS = {
    "group": gettext_noop("Customer group"),
    "owner": gettext_noop("Owner"),
    "region": gettext_noop("Region"),
    "business_type": gettext_noop("Business type"),
}


def print_guessed(guessed: Sequence[Any]) -> None:
    """Which column was taken for which field, how surely and why."""
    from huikuan.connect.connectors.reasons import field_label  # needs Django set up

    if guessed:
        print(_("Columns as guessed (state them with --preset or --mapping):"))
    for one in guessed:
        told = {
            "column": one.column,
            "field": field_label(one.field),
            "percent": round(one.confidence * 100),
            "why": _(_WHY[one.reason]),
        }
        print(_("  “%(column)s” → %(field)s, %(percent)s %% sure: %(why)s") % told)


def print_result(result: Any, rejected_file: str | None) -> None:
    """What was or would be done, bad cells, and what to do next."""
    print_foreseen(result)
    _print_bad(result.bad, rejected_file)
    if result.dry_run:
        print(_("Nothing was written: this was a dry run."))
    elif result.batch is not None:
        print(_("Batch %(batch)s. Undo: huikuan import undo %(batch)s") % {"batch": result.batch})


def print_foreseen(result: Any) -> None:
    """Counts, totals per currency, a snapshot's diff, notes, and who moves."""
    from huikuan.connect.connectors.reasons import sentence

    print(
        _("%(read)s rows: %(created)s new, %(duplicates)s known, %(conflicts)s in conflict, %(rejected)s rejected.")
        % counts_of(result)
    )
    for line in result.totals:
        print(
            _(
                "%(currency)s: %(items)s items, %(receipts)s receipts, %(settlements)s settlements;"
                " debit %(debits)s, credit %(credits)s"
            )
            % line
        )
    for entry in result.diff or []:
        print(f"  {_(_CHANGES[entry['change']])}: {entry['count']} · {entry['currency']} {entry['amount']}")
    for note in result.notes:
        print(_("Note: %(note)s") % {"note": sentence(note)})
    _print_moves(result.moves)


def _print_moves(moves: Sequence[Mapping[str, str]]) -> None:
    for move in moves[:FIRST]:
        dimension = _DIMENSIONS[move["dimension"]]
        told = {**move, "dimension": _(dimension)}
        print(_("  %(customer)s %(name)s: %(dimension)s %(former)s → %(value)s, from %(from)s") % told)
    if len(moves) > FIRST:
        print(_("  and %(count)s more; --json lists them all") % {"count": len(moves) - FIRST})


def _print_bad(bad: Sequence[Any], rejected_file: str | None) -> None:
    from huikuan.connect.connectors.reasons import fix, reason

    for cell in bad[:FIRST]:
        told = {"row": cell.row, "column": cell.column, "value": cell.value, "reason": reason(cell), "fix": fix(cell)}
        print(_("  row %(row)s, %(column)s “%(value)s”: %(reason)s → %(fix)s") % told)
    if len(bad) > FIRST and not rejected_file:
        print(_("  and %(count)s more bad cells; --rejected-file FILE writes them all") % {"count": len(bad) - FIRST})
    elif len(bad) > FIRST:
        told = {"count": len(bad) - FIRST, "path": rejected_file}
        print(_("  and %(count)s more bad cells, all of them in %(path)s") % told)


def counts_of(result: Any) -> dict[str, Any]:
    """The counts every answer gives."""
    return {name: getattr(result, name) for name in ("read", "created", "duplicates", "conflicts", "rejected")}
