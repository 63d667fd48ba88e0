"""`huikuan aging`: what is open, how old, as of any day."""

from __future__ import annotations

import argparse
import io
import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from huikuan.kernel.dates import business_date, parse_date, parse_instant, wall_clock
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.commanding import reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.figures import bucket_name

if TYPE_CHECKING:
    from huikuan.mechanisms.audit.models import Head
    from huikuan.record.receivables.queries.aging import Aging, AgingRow

KEYS = ("customer", "group", "owner", "region", "business_type", "currency", "company")
FORMATS = ("table", "json", "csv", "xlsx")


def add_aging(subparsers: Any) -> None:
    """`huikuan aging`."""
    parser = subparsers.add_parser("aging", help=_("open items by age, as of any day, as known at any instant"))
    parser.add_argument("--as-of", required=True, metavar="DATE")
    parser.add_argument("--known-at", metavar="INSTANT", help=_("what was known then: the last sealed head before it"))
    parser.add_argument("--by", choices=KEYS, default="customer")
    parser.add_argument("--basis", choices=("due", "document"), default="due")
    parser.add_argument("--buckets", metavar="LIST", help=_("a named list of the bucket policy, such as annual"))
    parser.add_argument("--engine", choices=("database", "columns"), default="columns")
    parser.add_argument("--company", metavar="CODE")
    parser.add_argument("--organisation", metavar="DATE", help=_("affiliations of this day instead of the as-of day"))
    parser.add_argument("--format", choices=FORMATS, default=None)
    parser.add_argument("--json", action="store_true", help=_("the same as --format json"))
    parser.add_argument("--out", metavar="FILE", type=Path)
    add_actor_option(parser)
    parser.set_defaults(run=run_aging)


def run_aging(options: argparse.Namespace) -> int:
    """Answer on standard output, or into the file of --out in the form its ending says."""
    # Late: the engines take a third of a second to load, which other commands need not pay.
    from huikuan.mechanisms.identity.queries import company_named
    from huikuan.record.receivables.queries.aging import aging

    answer = aging(
        as_of=parse_date(options.as_of),
        scope=reader_scope(options, Permission.VIEW_LEDGER, at=datetime.now(UTC)),
        known=_head_at(options.known_at),
        by=options.by,
        basis=options.basis,
        company_id=company_named(options.company).id if options.company else None,
        engine=options.engine,
        buckets=options.buckets,
        organisation=parse_date(options.organisation) if options.organisation else None,
    )
    _warn_of_future(answer.as_of)
    # What goes to standard output is JSON alone where --json is given, whatever else is asked for.
    form = "json" if options.json and not options.out else options.format or _form_of(options.out)
    written = _WRITERS[form](answer)
    if options.out:
        options.out.write_bytes(written)
        if options.json:
            print(json.dumps({"out": str(options.out), "rows": len(answer.rows)}, ensure_ascii=False))
        else:
            print(_("%(rows)s rows are in %(file)s.") % {"rows": len(answer.rows), "file": options.out})
    elif form == "xlsx":
        raise Refusal("aging_needs_file")
    else:
        sys.stdout.write(written.decode())
    return 0


def _warn_of_future(as_of: date) -> None:
    """A day to come is answered by what is recorded now: say so, beside the answer."""
    if as_of > business_date(datetime.now(UTC), settings.TIME_ZONE):
        told = _("%(day)s is still to come: this is what is recorded today, aged to that day.")
        print(told % {"day": as_of}, file=sys.stderr)


def as_json(answer: Aging) -> dict[str, Any]:
    """The contract: amounts are decimal strings."""
    return {
        "as_of": answer.as_of.isoformat(),
        "basis": answer.basis,
        "by": answer.by,
        "known_at": answer.head_sealed_at.isoformat() if answer.head_sealed_at else None,
        "head": answer.head_size,
        "policy": answer.policy_number,
        "rows": [_row_json(row) for row in answer.rows],
        "totals": [_row_json(row) for row in answer.totals],
    }


def _row_json(row: AgingRow) -> dict[str, Any]:
    def text(amount: int) -> str:
        return to_text(amount, row.currency)

    return {
        "key": row.key,
        "name": row.name,
        "company": row.company,
        "currency": row.currency,
        "total": text(row.total),
        "not_due": text(row.not_due),
        "awaiting": text(row.awaiting),
        "buckets": [
            {"from": bucket.from_days, "to": bucket.to_days, "amount": text(bucket.amount)} for bucket in row.buckets
        ],
        "credits": text(row.credits),
        "net": text(row.net),
    }


def _head_at(instant: str | None) -> Head | None:
    if instant is None:
        return None
    from huikuan.mechanisms.audit.models import Head
    from huikuan.mechanisms.audit.queries import head_at

    at = parse_instant(instant)
    # Before the first head nothing was known: the answer is empty, and stays so.
    return head_at(at) or Head(size=0, horizon=0, sealed_at=at)


def _form_of(out: Path | None) -> str:
    ending = out.suffix.lstrip(".").lower() if out else ""
    return ending if ending in FORMATS else "table"


def headings(answer: Aging) -> list[str]:
    """Column heads of the table, in the reader's language."""
    buckets = answer.totals[0].buckets if answer.totals else ()
    return [
        _("Key"),
        _("Name"),
        _("Company"),
        _("Currency"),
        _("Open"),
        bucket_name("not_due"),
        bucket_name("awaiting"),
        *(bucket_name("", bucket.from_days, bucket.to_days) for bucket in buckets),
        _("Credits"),
        _("Net"),
    ]


def _cells(row: AgingRow) -> list[str | Decimal]:
    amounts = [row.total, row.not_due, row.awaiting, *(b.amount for b in row.buckets), row.credits, row.net]
    exact = [Decimal(to_text(amount, row.currency)) for amount in amounts]
    return [row.key, row.name or row.key or _("(none)"), row.company, row.currency, *exact]


def _lines(answer: Aging) -> list[list[str | Decimal]]:
    totals = [[_("Total"), "", *_cells(row)[2:]] for row in answer.totals]
    return [*(_cells(row) for row in answer.rows), *totals]


def _write_json(answer: Aging) -> bytes:
    return (json.dumps(as_json(answer), ensure_ascii=False) + "\n").encode()


def _write_csv(answer: Aging) -> bytes:
    from huikuan.mechanisms.files.exports import write_csv  # with it comes the workbook writer

    text = io.StringIO()
    write_csv(text, headings(answer), _lines(answer))
    return text.getvalue().encode("utf-8-sig")


def _write_xlsx(answer: Aging) -> bytes:
    from huikuan.mechanisms.files.exports import write_xlsx  # only for this form

    held = io.BytesIO()
    write_xlsx(held, headings(answer), _lines(answer), title="aging")
    return held.getvalue()


def _write_table(answer: Aging) -> bytes:
    lines = [headings(answer), *([str(cell) for cell in line] for line in _lines(answer))]
    widths = [max(_width(cell) for cell in column) for column in zip(*lines, strict=True)]
    table = "\n".join(
        "  ".join(
            _padded(cell, width, right=place >= 4)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
    at = answer.head_sealed_at
    as_known = _(", as known at %(instant)s") % {"instant": wall_clock(at, settings.TIME_ZONE)} if at else ""
    return f"{_('As of')} {answer.as_of}{as_known}\n{table}\n".encode()


_WRITERS: dict[str, Callable[[Aging], bytes]] = {
    "json": _write_json,
    "csv": _write_csv,
    "table": _write_table,
    "xlsx": _write_xlsx,
}


def _width(text: str) -> int:
    return sum(2 if "\u2e80" <= character <= "\uffef" else 1 for character in text)


def _padded(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space
