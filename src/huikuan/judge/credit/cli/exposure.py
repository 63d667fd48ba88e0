"""`huikuan credit exposure`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any

from django.utils.translation import gettext as _

from huikuan.judge.credit.cli.options import about_customer, asked, finish, show
from huikuan.judge.credit.messages import COMPONENTS
from huikuan.judge.credit.queries.exposure import Exposed, exposed
from huikuan.kernel.dates import parse_date
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.roles import Permission


def add_exposure(actions: Any) -> None:
    """`huikuan credit exposure CUSTOMER`."""
    told = _("what would be lost if the customer stopped paying, by component")
    exposure = finish(about_customer(actions.add_parser("exposure", help=told)), _exposure)
    exposure.add_argument("--as-of", default="", metavar="DATE", help=_("recomputed from the facts; live if left out"))
    exposure.add_argument("--currency", default="", metavar="CODE", help=_("default: the company's currency"))


def _exposure(options: Namespace) -> int:
    about = asked(options, Permission.VIEW_LEDGER)
    nodes = exposed(
        about.company,
        about.customer.id,
        scope=about.scope,
        currency=options.currency or about.company.currency,
        today=about.today,
        as_of=parse_date(options.as_of) if options.as_of else None,
    )
    own, *groups = nodes
    body = {
        "company": about.company.code,
        "customer": about.customer.code,
        "as_of": own.day.isoformat(),
        "live": own.live,
        **_body(own),
        "groups": [{"group": one.node.group, **_body(one)} for one in groups],
    }
    show(options, body, [line for one in nodes for line in _told(one, about.customer.name)])
    return 0


def _body(one: Exposed) -> dict[str, Any]:
    of = one.exposure
    return {
        "currency": of.currency,
        "exposure": to_text(of.total, of.currency),
        "components": {part.component: to_text(part.amount, of.currency) for part in of.parts},
        "idle_advances": to_text(of.idle_advances, of.currency),
    }


def _told(one: Exposed, name: str) -> list[str]:
    of = one.exposure
    whose = one.node.group or name
    head = _("%(whose)s: exposure %(currency)s %(amount)s") % {
        "whose": whose,
        "currency": of.currency,
        "amount": to_text(of.total, of.currency),
    }
    parts = [
        f"  {_(COMPONENTS[part.component])}\t{to_text(part.amount, of.currency)}" for part in of.parts if part.amount
    ]
    return [head, *parts]
