"""Building the demo company in an empty installation: once, step by step, each safe to repeat."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from huikuan.kernel.dates import DEFAULT_ZONE
from huikuan.kernel.errors import Refusal
from huikuan.kernel.rates import parse_rate
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.columns.operations import refresh
from huikuan.mechanisms.identity.models import Company, Team, User
from huikuan.mechanisms.identity.operations import add_company, add_team, add_user, grant_role, join_team
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.models import PolicyVersion
from huikuan.mechanisms.policies.queries import digest_of, version_row
from huikuan.mechanisms.store.folder import data_folder
from huikuan.record.contracts.models import Contract
from huikuan.record.customers.operations import import_customers
from huikuan.record.customers.operations.affiliations import Statement, affiliate_many
from huikuan.record.customers.operations.rows import ids_by_code
from huikuan.record.receivables.models import ExchangeRate, Item
from huikuan.shell.demo.agreements import write_agreements
from huikuan.shell.demo.books import SYSTEM, write_books
from huikuan.shell.demo.cast import DIRECTOR, FOUNDED, PEOPLE, SELLERS, TEAMS
from huikuan.shell.demo.chasing import follow_a_strategy, write_reminders
from huikuan.shell.demo.confirming import write_confirmations
from huikuan.shell.demo.credit import write_credit
from huikuan.shell.demo.days import hired
from huikuan.shell.demo.dealing import write_dealings
from huikuan.shell.demo.disputing import write_disputes, write_plan
from huikuan.shell.demo.letterheads import put_letterheads_in_force
from huikuan.shell.demo.money import write_money
from huikuan.shell.demo.people import write_people
from huikuan.shell.demo.pressing import write_interest
from huikuan.shell.demo.standing import begun_for, logins, note
from huikuan.shell.demo.story import Story, company_as_of
from huikuan.shell.installation import prepare
from huikuan.shell.policies import LOG_IN, NOBODY

ACTOR = "cli:demo"


def build(*, today: date, at: datetime) -> None:
    """Build the demo company as of `today`. Interrupted, it goes on where it stopped.

    Refuses an installation that holds other items: invented and real debts do not mix.
    """
    prepare(code=SELLERS[0].code, name=SELLERS[0].name)
    begun = begun_for()
    if begun is None and Item.objects.exclude(origin_system=SYSTEM).exists():
        raise Refusal("demo_needs_empty_installation", home=str(data_folder()))
    # A build begun on another day is finished for that day.
    today = begun or today
    note(today, items=0, complete=False)
    story = company_as_of(today)
    _people(logins(), hired(today, at), at)
    _rules(at)
    _customers(story, today, at)
    write_people(today=today, actor=ACTOR, at=at)
    _rates(story, at)
    for seller in SELLERS:
        company = _company(seller.code, seller.name)
        if not Contract.objects.filter(company_id=company.pk).exists():
            write_agreements(story, company, actor=ACTOR, at=at)
        if not Item.objects.filter(company_id=company.pk).exists():
            write_books(story, company, actor=ACTOR, at=at)
    write_money(today=today, actor=ACTOR, at=at)
    put_letterheads_in_force(actor=ACTOR, at=hired(today, at))
    seal(at)
    refresh()
    write_credit(today=today, at=at)
    write_disputes(today=today, actor=ACTOR, at=at)
    _collecting(today=today, at=at)
    seal(at)
    refresh()
    note(today, items=Item.objects.filter(origin_system=SYSTEM).count(), complete=True)


def _collecting(*, today: date, at: datetime) -> None:
    """What was done about what is late, in the order of the months: accounts confirmed, people called, reminded."""
    follow_a_strategy(today=today, actor=ACTOR, at=at)
    write_confirmations(today=today, known=seal(at), at=at)
    write_dealings(today=today, at=at)
    write_interest(today=today, at=at)
    write_reminders(today=today, at=at)
    write_plan(actor=ACTOR, at=at)


def _company(code: str, name: str) -> Company:
    if not Company.objects.filter(code=code).exists():
        add_company(code=code, name=name, currency="CNY", time_zone=DEFAULT_ZONE)
    return Company.objects.get(code=code)


def _people(passwords: dict[str, str], since: datetime, at: datetime) -> None:
    """Users with this installation's passwords, their roles `since` then, and teams."""
    known = set(User.objects.values_list("username", flat=True))
    for team in TEAMS:
        if not Team.objects.filter(code=team.code).exists():
            add_team(code=team.code, name=team.name, parent=team.parent, actor=ACTOR, at=at)
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
            grant_role(username=person.username, role=role, actor=ACTOR, at=since)
        if person.team:
            join_team(username=person.username, team=person.team, effective_on=FOUNDED, actor=ACTOR, at=at)


def _rules(at: datetime) -> None:
    """Nobody needs an authenticator to look at invented debts; approved as every rule is."""
    if PolicyVersion.objects.filter(kind=LOG_IN.name).exists():
        return
    document = {"second_factor": NOBODY}
    with transaction.atomic():
        version = policies.draft(kind=LOG_IN.name, company_id=None, document=document, actor=ACTOR, at=at)
        policies.approve(version_id=version, digest=digest_of(version_row(version)), actor=DIRECTOR, at=at)
        policies.put_in_force(version_id=version, effective_at=at, actor=ACTOR, at=at)


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
