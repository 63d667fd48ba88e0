"""Accounts of the month before that the demo's customers were asked to confirm, and what they said. All invented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.notices.domain.lifecycle import SENT
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.operations.claiming import claim
from huikuan.mechanisms.notices.operations.sending import settle
from huikuan.mechanisms.notices.queries.rows import words_to_send
from huikuan.record.customers.models import ContactVersion
from huikuan.record.customers.operations.rows import ids_by_code
from huikuan.see.confirmations.domain.answers import CORRECT, DISPUTED, Line, Said
from huikuan.see.confirmations.models import Invitation
from huikuan.see.confirmations.operations.answering import Person, answer
from huikuan.see.confirmations.operations.guests import open_link, send_code
from huikuan.see.confirmations.operations.inviting import OPEN, invite
from huikuan.see.confirmations.queries.guests import Guest, guest_of
from huikuan.see.confirmations.queries.shown import lines_of, shown_to
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.operations.issuing import issue_statement
from huikuan.shell.demo.cast import COLLECTOR, HEAD
from huikuan.shell.demo.days import Days

_SITE = "https://ar.jianglin.example"
_DAYS = 21
_SIX_DIGITS = re.compile(r"\d{6}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer that was asked. `who` answered, '' nobody yet; `differs`: one line is held to be other than it is."""

    customer: str
    who: str = ""
    position: str = ""
    differs: bool = False


ASKED = (
    Asked("C10002", "纪禾", "应付会计"),
    Asked("C10007", "邢岚", "财务主管", differs=True),
    Asked("C10018"),
    Asked("C10012"),
)


def write_confirmations(*, today: date, known: Head, at: datetime) -> None:
    """Issue the accounts as they stood on `known`, ask, and answer for those who did; once."""
    if Invitation.objects.exists():
        return
    days = Days.of(today, at)
    company, ids = Company.objects.get(code=HEAD), ids_by_code({one.customer for one in ASKED})
    last = days.today.replace(day=1) - timedelta(days=1)
    for one in ASKED:
        customer = ids[one.customer]
        statement = issue_statement(
            company_id=company.pk, customer_id=customer, currency="CNY", period=Period(last.replace(day=1), last),
            language="zh", known=known, actor=COLLECTOR, at=at,
        )  # fmt: skip
        person = ContactVersion.objects.filter(customer_id=customer).order_by("number")[0].number
        _number, link = invite(
            company_id=company.pk, customer_id=customer, statement_id=statement, person=person, channel="email",
            days=_DAYS, site=_SITE, actor=COLLECTOR, at=days.morning(4),
        )  # fmt: skip
        if one.who:
            _send_last("confirmation", days.morning(4))
            _answer(one, link.removeprefix(_SITE + OPEN), days.morning(2, time(14, 5)))


def _send_last(purpose: str, at: datetime) -> str:
    """The message queued last for the purpose went out; its words."""
    number = Notice.objects.filter(purpose=purpose).order_by("-pk").values_list("pk", flat=True)[0]
    if taken := claim(number, at=at):
        settle(taken, SENT, {"answer": "250 2.0.0 Ok: queued (demo)"}, at=at)
    return words_to_send([number])[number].text


def _answer(one: Asked, token: str, at: datetime) -> None:
    """They open their link, prove themselves by the code, and say what they say."""
    opened = open_link(token=token, address="192.0.2.24", whence="demo", at=at)
    guest = _guest(opened.key, at)
    send_code(guest=guest, at=at)
    found = _SIX_DIGITS.search(_send_last("code", at))
    if found is None:
        raise RuntimeError("the code's message has no code")
    lines = lines_of(shown_to(guest.invitation))
    answer(
        guest=_guest(opened.key, at), said=_said(one, lines), person=Person(one.who, one.position, "192.0.2.24"),
        code=found[0], at=at,
    )  # fmt: skip


def _guest(key: str, at: datetime) -> Guest:
    guest = guest_of(key, at=at)
    if guest is None:
        raise RuntimeError("the guest stands outside")
    return guest


def _said(one: Asked, lines: Sequence[Line]) -> dict[str, Said]:
    """Every line is right, but one where they differ: of the first invoice they hold a tenth to be sent back."""
    said = {line.key: Said(CORRECT) for line in lines}
    if one.differs:
        other = next(line for line in lines if line.kind == "invoice")
        accepted = other.open_amount * 9 // 10
        said[other.key] = Said(DISPUTED, "return", accepted, "一件退回检修，尚未收到红字发票")
    return said
