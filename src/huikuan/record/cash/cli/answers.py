"""How the commands of cash answer, and what they say of an application."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.record.cash.messages import DIFFERENCES, ORDERS, SHORTS
from huikuan.record.cash.queries.applications import ApplicationRow


def finish(parser: Any, run: Any) -> Any:
    """What every command of cash takes: the company, who gives it, and how it answers."""
    parser.add_argument("--company", default="MAIN", metavar="CODE")
    add_actor_option(parser)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)
    return parser


def tell(options: Namespace, body: Any, lines: Sequence[str]) -> None:
    """The answer on standard output: JSON alone where it is asked for."""
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))


def application_lines(row: ApplicationRow) -> list[str]:
    """The same for people."""
    head = _("Application %(id)s: %(customer)s, %(currency)s %(amount)s, %(order)s") % {
        "id": row.id,
        "customer": row.customer_name,
        "currency": row.currency,
        "amount": to_text(row.amount, row.currency),
        "order": _(ORDERS[row.ordered_by]),
    }
    parts = [
        (part.document_number, part.amount, row.currency, _(SHORTS[part.short]) if part.short else "")
        for part in row.parts
    ]
    parts += [
        (each.document_number, each.amount, each.currency, _(DIFFERENCES[each.kind])) for each in row.differences
    ]
    if row.rest:
        parts.append((_("on account"), row.rest, row.currency, ""))
    return [head, *(f"  {name}\t{to_text(amount, currency)}  {why}".rstrip() for name, amount, currency, why in parts)]
