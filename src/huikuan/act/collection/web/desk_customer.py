"""The customer at hand: whom to call, what is overdue, what happened, what to do next and what to say."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from huikuan.act.collection.domain.next_action import Advice, Situation, advise
from huikuan.act.collection.queries.set_aside import set_aside
from huikuan.act.collection.queries.standings import Placeless, placeless
from huikuan.act.collection.queries.story import Entry
from huikuan.act.collection.queries.timeline import timeline
from huikuan.act.collection.queries.worklist import WorkRow, work_row
from huikuan.act.collection.web.asked import reads_requests
from huikuan.act.collection.web.desk_words import Told, advice_said, folded, left_said, left_spoken, told
from huikuan.act.visits.domain.calls import WRONG_NUMBER, at_night, calls_left
from huikuan.act.visits.domain.scripts import Script, filled, script_for, scripts_of
from huikuan.act.visits.policies import KIND as SCRIPTS
from huikuan.act.visits.queries.calls import last_calls, reached_on
from huikuan.judge.credit.models import OrderStanding
from huikuan.kernel.money import to_text
from huikuan.mechanisms.approvals.queries import Reader
from huikuan.mechanisms.columns.queries import one_view
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import shown_names
from huikuan.mechanisms.pages.access import scope_of, sees_machinery
from huikuan.mechanisms.pages.figures import grouped
from huikuan.mechanisms.pages.forms import Form
from huikuan.mechanisms.pages.reading import Reading
from huikuan.mechanisms.policies.queries import in_force
from huikuan.record.customers.queries import CustomerRow, customer_with_id
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.customers.queries.people import ContactRow, contacts
from huikuan.record.customers.web.forms import people_seen
from huikuan.record.disputes.domain.amounts import DisputeStanding
from huikuan.record.interest.queries.accruals import accrued
from huikuan.record.limitation.queries.clocks import ClockRow, ringing
from huikuan.record.promises.domain.freezing import SUPPLY
from huikuan.record.promises.queries.freezes import Frozen, frozen_on
from huikuan.record.receivables.queries.items import ItemFilter, ItemRow, every_item

#: Claims that are shown; the customer's page has all.
_MOST_CLAIMS = 30
#: Items that bear interest and are listed; the sum is of all.
_MOST_BORNE = 30
_MOST_ENTRIES = 40


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """An overdue line with why part of it is left alone ('': it is asked for whole), and what of it is asked for.
    `disputed`: what is disputed of its item and, at least in part, asked for all the same; at its oldest line."""

    item: ItemRow
    left: str
    pursued: int
    disputed: DisputeStanding | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the page says of one customer. `claims`: the oldest overdue lines, and `claims_more` are not listed.
    `interest`: what nobody claimed yet of all that is open, minor units of `currency`, also where a plan moved the
    days; `bears`: the oldest of these items, each with its own, and `bears_more` are not listed. `promised`: currency
    → what promises still bring. `placeless`: money of the customer's that waits to be applied, of now: on a past page
    there is none. `running_out`: claims for which an alarm of limitation rings, the first to run out first. `key`: of
    its form, so that what is sent twice is written once."""

    customer: CustomerRow
    row: WorkRow | None
    currency: str
    claims: Sequence[ClaimRow]
    claims_more: int
    interest: int
    bears: Sequence[tuple[ItemRow, int]]
    bears_more: int
    promised: Mapping[str, int]
    placeless: Sequence[Placeless]
    people: Sequence[ContactRow]
    person: ContactRow | None
    reached: int
    left: int
    at_night: bool
    orders_wait: int
    frozen: Frozen | None
    running_out: Sequence[ClockRow]
    entries: Sequence[Told]
    action: str
    advice: str
    reasons: Sequence[tuple[bool, str]]
    script: str
    grade: str
    key: str

    @property
    def overdue_lines(self) -> int:
        return len(self.claims) + self.claims_more

    @property
    def asked(self) -> Sequence[ClaimRow]:
        """The lines to ask for."""
        return [one for one in self.claims if one.pursued > 0]

    @property
    def in_time_percent(self) -> int | None:
        """Of the money that fell due in the year, what came in time; None: none fell due."""
        habits = self.row.habits if self.row else None
        return None if habits is None or habits.due <= 0 else max(habits.in_time, 0) * 100 // habits.due


def desk_of(
    request: HttpRequest, company: Company, customer_id: int, reading: Reading, about: str, form: Form | None
) -> Desk:
    """The customer as of the page's day."""
    scope, day = scope_of(request), reading.as_of
    found = customer_with_id(customer_id, scope=scope)
    row = work_row(company, customer_id, scope=scope, as_of=day)
    people = _people(request, customer_id)
    lines = _lines(company, customer_id, scope, day)
    aside = set_aside(company.pk, day)
    whole = _claims(lines, row, aside.disputed)
    claims = whole[:_MOST_CLAIMS]
    known = _situation(company, customer_id, day, row, people)
    advice = advise(known)
    action, reasons = advice_said(advice)
    person = people[0] if people else None
    grade = row.grade if row else ""
    frozen = frozen_on(customer_id, scope=scope, as_of=day, company_id=company.pk)
    home = {one.item_id: one for one in lines if one.currency == company.currency and (one.overdue_days or one.line)}
    interest = accrued(list(home), day, at=timezone.now()) if home else {}
    borne = [item for item in home if item in interest]
    return Desk(
        customer=found,
        row=row,
        currency=company.currency,
        claims=claims,
        claims_more=len(whole) - len(claims),
        interest=sum(interest.values()),
        bears=[(home[item], interest[item]) for item in borne[:_MOST_BORNE]],
        bears_more=len(borne[_MOST_BORNE:]),
        promised=dict(sorted(aside.promised.get(found.id, {}).items())),
        placeless=[] if reading.is_past else placeless(company.pk, one_with(customer_id)),
        people=people,
        person=person,
        reached=known.called_today,
        left=known.calls_left,
        at_night=at_night(timezone.now().astimezone(ZoneInfo(company.time_zone)).time()),
        orders_wait=OrderStanding.objects.filter(
            company_id=company.pk, customer_id__in=one_with(customer_id), state__in=("paused", "held")
        ).count(),
        frozen=frozen,
        running_out=ringing(company.pk, customer_id, scope=scope, as_of=day, at=timezone.now()),
        entries=story_of(
            customer_id,
            scope.part_of(company.pk),
            day=day,
            about=about,
            requests=reads_requests(request),
            machinery=sees_machinery(request),
        ),
        action=advice.action,
        advice=action,
        reasons=reasons,
        script=_script(company, grade, whole, row, person, found, supplied=frozen is None or frozen.kind != SUPPLY),
        grade=grade,
        key=(form.text("key") if form else "") or uuid.uuid4().hex,
    )


def advised(request: HttpRequest, company: Company, customer_id: int, *, scope: Scope, day: date) -> Advice:
    """What the workbench advises about the customer on the day; for pages beside it."""
    with one_view():
        row = work_row(company, customer_id, scope=scope, as_of=day)
        return advise(_situation(company, customer_id, day, row, _people(request, customer_id)))


def story_of(
    customer_id: int, scope: Scope, *, day: date, about: str, requests: Reader | None = None, machinery: bool = False
) -> list[Told]:
    """What happened, in words. Payments in a row are summed before the list is cut: their sum is of the days it names,
    whatever else was written down."""
    entries = timeline(customer_id, scope, day=day, requests=requests, about=about, limit=None)
    story = told(entries, shown_names({one.actor for one in entries} | _told_to(entries), machinery=machinery))
    return _whole_days(story if about else folded(story))


def _whole_days(story: Sequence[Told]) -> list[Told]:
    """The latest, with all of the last day among them: what is left out are days, not part of one."""
    shown = list(story[:_MOST_ENTRIES])
    return shown + [one for one in story[_MOST_ENTRIES:] if one.entry.on == shown[-1].entry.on]


def _told_to(entries: Sequence[Entry]) -> set[str]:
    return {str(one.shown["to"]) for one in entries if "to" in one.shown}


def _people(request: HttpRequest, customer_id: int) -> list[ContactRow]:
    """Whom one may turn to, those with a telephone and in charge of paying first; of merged customers, too."""
    personal = people_seen(request)
    rows = [row for one in sorted(one_with(customer_id), key=lambda one: one != customer_id)
            for row in contacts(one, clear=personal.has_customer(one))]  # fmt: skip
    there = [row for row in rows if row.contact.active and not row.erased]
    return sorted(there, key=lambda row: (not row.contact.phone, row.contact.role != "payables"))


def _lines(company: Company, customer_id: int, scope: Scope, day: date) -> list[ItemRow]:
    """What is open, the first to fall due first: what is overdue is to be asked for, and what a plan or a schedule
    moved may bear interest all the same."""
    chosen = ItemFilter(customer_id=customer_id, company_id=company.pk, side="debit")
    with every_item(chosen, as_of=day, scope=scope, value_in=company.currency) as (_, rows):
        return sorted(rows, key=lambda line: (line.due_date or day, line.item_id))


def _claims(lines: Sequence[ItemRow], row: WorkRow | None, disputed: Mapping[int, DisputeStanding]) -> list[ClaimRow]:
    """The overdue lines, with what of each is left alone, and what is disputed and is not."""
    left: dict[int, list[tuple[str, int]]] = {}
    for one in row.left if row else ():
        left.setdefault(one.item_id, []).append((left_said(one), one.amount))
    pressed = {item_id: one for item_id, one in disputed.items() if one.amount > one.paused}
    return [
        replace(_claim(line, left.get(line.item_id, [])), disputed=pressed.pop(line.item_id, None))
        for line in lines
        if line.overdue_days
    ]


def _claim(line: ItemRow, left: list[tuple[str, int]]) -> ClaimRow:
    """What of a line is left alone is taken from it once: of several lines of one item, from the oldest."""
    worth, said, gone = line.value or 0, "", 0
    while left and gone < worth:
        why, amount = left.pop(0)
        part = min(amount, worth - gone)
        said, gone = said or why, gone + part
        if part < amount:
            left.insert(0, (why, amount - part))
    return ClaimRow(line, said, worth - gone)


def _situation(
    company: Company, customer_id: int, day: date, row: WorkRow | None, people: Sequence[ContactRow]
) -> Situation:
    reached = reached_on(one_with(customer_id), day)
    last = next(iter(last_calls(company.pk, [customer_id], until=day).values()), None)
    habits = row.habits if row else None
    return Situation(
        pursued=row.pursued if row else 0,
        longest=row.longest if row else 0,
        kept=habits.kept if habits else 0,
        broken=habits.broken if habits else 0,
        unreached=habits.unreached if habits else 0,
        reachable=any(one.contact.phone for one in people),
        wrong_number=last is not None and last.result == WRONG_NUMBER,
        again_on=row.again_on if row else None,
        called_today=reached,
        calls_left=calls_left(reached),
        visit_on=row.visit_on if row else None,
        called=row is not None and row.called,
        stop=row.stop if row else None,
    )


def _script(
    company: Company,
    grade: str,
    claims: Sequence[ClaimRow],
    row: WorkRow | None,
    person: ContactRow | None,
    found: CustomerRow,
    *,
    supplied: bool,
) -> str:
    """What to say, filled in, and what of it is not asked for today; '' where nothing is asked for. `supplied`: they
    still are."""
    asked = [one for one in claims if one.pursued > 0]
    if not asked:
        return ""
    rules = in_force(SCRIPTS, company_id=company.pk, at=timezone.now())
    oldest = asked[0].item
    script: Script | None = script_for(
        scripts_of(rules.document), grade=grade, days=oldest.overdue_days, supplied=supplied
    )
    if script is None:
        return ""
    language = "en" if (get_language() or "").startswith("en") else "zh-hans"
    values: Mapping[str, str] = {
        "customer": found.name,
        # Where nobody is known by name, the company is who is greeted.
        "contact": person.contact.name if person else found.name,
        "document": oldest.document_number,
        "amount": _asked_of(asked[0], company.currency),
        "days": str(oldest.overdue_days),
        "due": oldest.due_date.isoformat() if oldest.due_date else "",
        "count": str(len(asked)),
        "total": f"{company.currency} {grouped(to_text(sum(one.pursued for one in asked), company.currency))}",
        "company": company.name,
    }
    besides = left_spoken(row.left, company.currency) if row else []
    return (" " if language == "en" else "").join([filled(script.texts[language], values), *besides])


def _asked_of(claim: ClaimRow, currency: str) -> str:
    """All that is open of a line, or, where part of it is left alone, the rest in the company's currency."""
    amount, currency = (claim.pursued, currency) if claim.left else (claim.item.open_amount, claim.item.currency)
    return f"{currency} {grouped(to_text(amount, currency))}"
