"""How the commands of cash answer, and what they say of an application."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.money import to_text
from huikuan.kernel.reasons import Reason
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.record.cash.messages import DIFFERENCES, ORDERS, REFUSED, SHORTS
from huikuan.record.cash.queries.applications import ApplicationRow
from huikuan.record.cash.reasons import MATCHING


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


def application_json(row: ApplicationRow) -> dict[str, Any]:
    """An application's keys: amounts as decimal strings, a netted credit below zero."""
    return {
        "application": row.id,
        "line": row.line_id,
        "credit": row.credit_id,
        "customer": row.customer_code,
        "kind": row.kind,
        "currency": row.currency,
        "amount": to_text(row.amount, row.currency),
        "rest": to_text(row.rest, row.currency),
        "items": [
            {
                "document_no": part.document_number,
                "item": part.item_id,
                "amount": to_text(part.amount, row.currency),
                "short": part.short or None,
            }
            for part in row.parts
        ],
        "differences": [
            {
                "kind": each.kind,
                "document_no": each.document_number,
                "item": each.item_id,
                "amount": to_text(each.amount, each.currency),
            }
            for each in row.differences
        ],
        "effective_on": row.effective_on.isoformat(),
        "order": row.ordered_by,
        "order_reason": row.order_reason or None,
        "probability": None if row.probability_e6 is None else row.probability_e6 / 1_000_000,
        "actor": row.actor,
        "undone": row.undone,
    }


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


def reason_text(reason: Reason) -> str:
    """A reason in words; of one this version has no words for, its code."""
    words = REFUSED if reason.code == "refused" else MATCHING.get(reason.code)
    return _(words) % {**reason.params, "value": reason.value, "threshold": reason.threshold} if words else reason.code
