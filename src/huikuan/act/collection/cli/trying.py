"""`huikuan collect simulate|compare|uplift`: strategies over the past, and what messages do."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.act.collection.cli.answers import finish, tell
from huikuan.act.collection.presets import PRESETS
from huikuan.act.collection.queries.simulated import Simulated
from huikuan.act.collection.queries.simulating import simulate
from huikuan.act.collection.queries.strategies import StrategyInForce, strategy_in_force, strategy_to_try
from huikuan.act.collection.queries.uplift import measured
from huikuan.act.collection.telling import CHANNELS, PRESET_TITLES
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.commanding import commander
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import company_record
from huikuan.mechanisms.pages.figures import grouped
from huikuan.record.customers.queries import customers_by_id


def add_trying(actions: Any) -> None:
    """Add the verbs that look back."""
    named = _("a file with the strategy's document, or one of: %(names)s") % {"names": ", ".join(PRESETS)}
    tried = finish(actions.add_parser("simulate", help=_("a strategy over the past, day by day")), _simulate)
    tried.add_argument("--strategy", metavar="FILE", help=named)
    compared = finish(actions.add_parser("compare", help=_("two strategies over the past, side by side")), _compare)
    compared.add_argument("--strategy", metavar="FILE", required=True, help=named)
    compared.add_argument("--with", dest="other", metavar="FILE", help=_("the other (default: the one in force)"))
    gained = finish(actions.add_parser("uplift", help=_("what messages do, against the control group")), _uplift)
    gained.add_argument("--within", type=int, default=30, metavar="DAYS", help=_("paid within so many days"))
    for parser in (tried, compared, gained):
        parser.add_argument("--from", dest="since", required=True, metavar="DATE")
        parser.add_argument("--to", dest="until", required=True, metavar="DATE")


def _simulate(options: Namespace) -> int:
    company, at = _asked(options)
    found = _tried(options, company, _strategy(options.strategy, company, at))
    made = found.contacts
    codes = {one: row.code for one, row in customers_by_id({one.customer_id for one in made}).items()}
    contacts = [
        {
            "date": one.on.isoformat(),
            "customer": codes[one.customer_id],
            "step": one.step,
            "channel": one.channel,
            "lines": one.lines,
            "amounts": {name: to_text(amount, name) for name, amount in one.amounts.items()},
        }
        for one in made
    ]
    lines = [f"{one['date']}\t{one['customer']}\t{one['step']}\t{one['channel']}\t{one['lines']}" for one in contacts]
    tell(options, {**figures(found), "contacts": contacts}, [*_said(_title(options.strategy), found), *lines])
    return 0


def _compare(options: Namespace) -> int:
    company, at = _asked(options)
    one = _tried(options, company, _strategy(options.strategy, company, at))
    other = _tried(options, company, _strategy(options.other, company, at))
    lines = [*_said(_title(options.strategy), one), "", *_said(_title(options.other), other)]
    tell(options, {"strategy": figures(one), "with": figures(other)}, lines)
    return 0


def _uplift(options: Namespace) -> int:
    company, _at = _asked(options)
    since, until = parse_date(options.since), parse_date(options.until)
    found = measured(company.pk, since=since, until=until, within=options.within)
    body = {
        "treated": {"lines": found.treated.lines, "paid": found.treated.paid},
        "control": {"lines": found.control.lines, "paid": found.control.paid},
        "uplift": _share(found.value),
        "low": _share(found.low),
        "high": _share(found.high),
        "proven": found.proven,
    }
    said = _("paid in time: %(treated)s of %(treated_lines)s written to, %(control)s of %(control_lines)s not") % {
        "treated": found.treated.paid,
        "treated_lines": found.treated.lines,
        "control": found.control.paid,
        "control_lines": found.control.lines,
    }
    tell(options, body, [said, f"{body['uplift']} [{body['low']}, {body['high']}]"])
    return 0


def figures(found: Simulated) -> dict[str, Any]:
    """A simulation in plain values; shares as decimal strings."""
    return {
        "from": found.since.isoformat(),
        "to": found.until.isoformat(),
        "messages": found.messages,
        "lines": found.lines,
        "amounts": {name: to_text(amount, name) for name, amount in found.amounts.items()},
        "first_contact_days": None if found.first_contact is None else f"{found.first_contact:.1f}",
        "paid_before": _share(found.paid_before),
    }


def _title(said: str | None) -> str:
    """Which strategy it is: the one in force, one that is shipped, or a file's."""
    if said is None:
        return _("in force now")
    return _("shipped: %(name)s") % {"name": _(PRESET_TITLES[said])} if said in PRESETS else said


def _said(title: str, found: Simulated) -> list[str]:
    """A simulation in words, whose it is and of when first."""
    days = None if found.first_contact is None else f"{found.first_contact:.1f}"
    before = None if found.paid_before is None else f"{found.paid_before * 100:.1f}"
    rows = [
        *((_(CHANNELS[channel]), str(count)) for channel, count in found.messages.items()),
        (_("Steps taken on lines"), str(found.lines)),
        *((_("Asked for, each claim once"), f"{name} {grouped(to_text(amount, name))}")
          for name, amount in found.amounts.items()),
        (_("Days from due to the first word, on average"), days or "–"),
        (_("Paid before any reminder after the due date, %"), before or "–"),
    ]  # fmt: skip
    named = f"{_('Strategy')}\t{title}\t{found.since} – {found.until}"
    return [named, *("\t".join(row) for row in rows)]


def _share(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"


def _asked(options: Namespace) -> tuple[Company, datetime]:
    """The company whose whole ledger is looked at by somebody who may draft its policies."""
    at, company = datetime.now(UTC), company_record(options.company)
    commander(options, Permission.DRAFT_POLICY, company_id=company.pk, at=at)
    return company, at


def _tried(options: Namespace, company: Company, strategy: StrategyInForce) -> Simulated:
    since, until = parse_date(options.since), parse_date(options.until)
    return simulate(company.pk, strategy.strategy, since=since, until=until)


def _strategy(said: str | None, company: Company, at: datetime) -> StrategyInForce:
    """By file or name; None: the one in force. Refuses a file that is none."""
    if said is None:
        return strategy_in_force(company, at=at)
    if said in PRESETS:
        return strategy_to_try(company, PRESETS[said])
    try:
        document = json.loads(Path(said).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refusal("collection_file_unreadable", file=said, why=str(error)) from error
    if not isinstance(document, dict):
        raise Refusal("collection_file_unreadable", file=said, why=type(document).__name__)
    return strategy_to_try(company, document)
