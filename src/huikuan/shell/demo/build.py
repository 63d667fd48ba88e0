"""Building the demo company in an empty installation: once, step by step, each safe to repeat."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from huikuan.kernel.dates import DEFAULT_ZONE, parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.rates import parse_rate
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.columns.operations import refresh
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import add_company, add_user, grant_role
from huikuan.record.customers.operations import import_customers
from huikuan.record.customers.operations.affiliations import Statement, affiliate_many
from huikuan.record.customers.operations.rows import ids_by_code
from huikuan.record.receivables.models import ExchangeRate, Item
from huikuan.shell.demo.books import SYSTEM, write_books
from huikuan.shell.demo.cast import PEOPLE, SELLERS
from huikuan.shell.demo.story import Story, company_as_of
from huikuan.shell.home import home
from huikuan.shell.installation import prepare

ACTOR = "cli:demo"
_LOGINS = "demo-logins.txt"
_DONE = "demo.json"


@dataclass(frozen=True, slots=True)
class Built:
    """What stands: the day the demo counts from, whether it was built just now, and who may log in."""

    as_of: date
    fresh: bool
    items: int
    logins: tuple[tuple[str, str, str], ...]


def build(*, today: date, at: datetime) -> Built:
    """Build the demo company as of `today`, or find it built. Interrupted, it goes on where it stopped.

    Refuses an installation that holds other items: invented and real debts do not mix.
    """
    prepare(code=SELLERS[0].code, name=SELLERS[0].name)
    marker = _read_marker()
    if marker.get("complete"):
        return _built(parse_date(marker["as_of"]), fresh=False)
    if Item.objects.exclude(origin_system=SYSTEM).exists():
        raise Refusal("demo_needs_empty_installation", home=str(home()))
    # A build begun on another day is finished for that day.
    today = parse_date(marker["as_of"]) if marker else today
    _write_marker(today, complete=False)
    story = company_as_of(today)
    _people(_logins(), at)
    _customers(story, today, at)
    _rates(story, at)
    for seller in SELLERS:
        company = _company(seller.code, seller.name)
        if not Item.objects.filter(company_id=company.pk).exists():
            write_books(story, company, actor=ACTOR, at=at)
    refresh()
    _write_marker(today, complete=True)
    return _built(today, fresh=True)


def _company(code: str, name: str) -> Company:
    if not Company.objects.filter(code=code).exists():
        add_company(code=code, name=name, currency="CNY", time_zone=DEFAULT_ZONE)
    return Company.objects.get(code=code)


def _people(passwords: dict[str, str], at: datetime) -> None:
    """Users with this installation's passwords and their roles."""
    known = set(User.objects.values_list("username", flat=True))
    for person in PEOPLE:
        if person.username not in known:
            add_user(
                username=person.username,
                password=passwords[person.username],
                display_name=person.name,
                actor=ACTOR,
                at=at,
            )
        for role in person.roles:
            grant_role(username=person.username, role=role, actor=ACTOR, at=at)


def _customers(story: Story, today: date, at: datetime) -> None:
    """Customers with their groups and affiliations, then who was handed over; repeating changes nothing."""
    if ids_by_code(story.customers["code"]):
        return
    with transaction.atomic():
        import_customers(story.customers, batch_id=None, actor=ACTOR, at=at)
        ids = ids_by_code(story.customers["code"])
        statements = [
            Statement(ids[one.customer], one.dimension, one.value, one.effective_on) for one in story.hand_overs
        ]
        affiliate_many(statements, today=today, batch_id=None, actor=ACTOR, at=at)


def _rates(story: Story, at: datetime) -> None:
    if ExchangeRate.objects.exists():
        return
    rows = [
        {
            "currency": currency,
            "quote_currency": "CNY",
            "on_date": day,
            "rate_e8": parse_rate(rate),
            "source": source,
            "actor": ACTOR,
        }
        for currency, day, rate, source in story.rates
    ]
    with transaction.atomic():
        record(ExchangeRate, rows, at=at)


def _logins() -> dict[str, str]:
    """Username → password: drawn once for this installation, kept readable by its owner only."""
    path = home() / _LOGINS
    if not path.exists():
        drawn = {person.username: secrets.token_urlsafe(9) for person in PEOPLE}
        text = "".join(f"{username}\t{password}\n" for username, password in drawn.items())
        _write_private(path, text)
    return dict(line.split("\t") for line in path.read_text().splitlines())


def _built(as_of: date, *, fresh: bool) -> Built:
    passwords = _logins()
    logins = tuple((person.username, passwords[person.username], person.name) for person in PEOPLE)
    return Built(as_of, fresh, Item.objects.filter(origin_system=SYSTEM).count(), logins)


def _read_marker() -> dict[str, str]:
    path = home() / _DONE
    return json.loads(path.read_text()) if path.exists() else {}


def _write_marker(today: date, *, complete: bool) -> None:
    _write_private(home() / _DONE, json.dumps({"as_of": today.isoformat(), "complete": complete}))


def _write_private(path: Path, text: str) -> None:
    """Written whole or not at all, for its owner only."""
    partial = path.with_suffix(".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    partial.replace(path)
