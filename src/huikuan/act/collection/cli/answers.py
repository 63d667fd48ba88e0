"""What the commands of collecting share: the company, who gives it, how it answers."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.act.collection.queries.runs import ApproachRow
from huikuan.act.collection.telling import CHANNELS, step_text
from huikuan.kernel.dates import business_date, parse_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.messages import ROLE_TITLES
from huikuan.mechanisms.identity.models import Company


def finish(parser: Any, run: Any) -> Any:
    """What every command of collecting takes."""
    parser.add_argument("--company", default="MAIN", metavar="CODE")
    add_actor_option(parser)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)
    return parser


def tell(options: Namespace, body: Any, lines: Sequence[str]) -> None:
    """The answer on standard output: JSON alone where it is asked for."""
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))


def waiting_said(rows: Sequence[ApproachRow]) -> list[str]:
    """What waits to be let go, one line each: the number `let-go` and `drop` take comes first."""
    return [
        "\t".join(
            (
                f"#{row.id}",
                row.on.isoformat(),
                row.customer,
                ", ".join(f"{currency} {to_text(amount, currency)}" for currency, amount in row.amounts.items()),
                step_text(row.step),
                _(CHANNELS[row.channel]),
                _("waits to be let go → %(role)s") % {"role": _(ROLE_TITLES.get(row.approve, row.approve))},
            )
        )
        for row in rows
    ]


def day_of(text: str | None, company: Company, at: datetime) -> date:
    """The day named, else the company's today."""
    return parse_date(text) if text else business_date(at, company.time_zone)
