"""The cast: the statements' books with an issued statement of October, and somebody at the customer to ask."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from huikuan.mechanisms.notices.domain.lifecycle import SENT
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.notices.operations.claiming import claim
from huikuan.mechanisms.notices.operations.sending import settle
from huikuan.mechanisms.notices.queries.rows import words_to_send
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.operations.people import add_contact
from huikuan.see.confirmations.domain.answers import CORRECT, Line, Said
from huikuan.see.confirmations.operations.answering import Person
from huikuan.see.confirmations.operations.guests import open_link, send_code
from huikuan.see.confirmations.operations.inviting import OPEN, invite
from huikuan.see.confirmations.queries.guests import Guest, guest_of
from huikuan.see.confirmations.queries.shown import lines_of, shown_to
from huikuan.see.statements.tests.conftest import AT, WHO, Books, books, chinese

__all__ = ["AT", "WHO", "books", "chinese"]

WANG = Contact(
    "顾静", position="财务部", role="payables", phone="138 0013 2046", email="gu@beilu.example", language="zh"
)
SITE = "https://ar.example.com"


class Portal:
    """Books with a link to answer, and hands to open and answer it with."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self.customer = books.customers[0]
        self.statement = books.issue(0)
        self.person = add_contact(customer_id=self.customer.pk, contact=WANG, **WHO)

    def invite(self, *, at: datetime = AT, **more: Any) -> tuple[int, str]:
        """The invitation's id and the token of its link."""
        asked: dict[str, Any] = {
            "company_id": self.books.company.pk, "customer_id": self.customer.pk, "statement_id": self.statement,
            "person": self.person, "channel": "email", "days": 14, "site": SITE, "actor": "cli:test", "at": at,
        }  # fmt: skip
        found, link = invite(**{**asked, **more})
        return found, link.removeprefix(SITE + OPEN)

    def enter(self, token: str, *, at: datetime = AT, whence: str = "here") -> Guest:
        opened = open_link(token=token, address="192.0.2.7", whence=whence, at=at)
        found = guest_of(opened.key, at=at)
        assert found is not None
        return found

    def again(self, guest: Guest, at: datetime) -> Guest:
        """The same guest as their next request finds them."""
        guest.session.refresh_from_db()
        return Guest(guest.session, guest.invitation, guest.reply_id)

    def code(self, guest: Guest, *, at: datetime = AT) -> str:
        """Send a code, which goes out at once, and read it where it arrives."""
        send_code(guest=guest, at=at)
        return code_received(at)

    def lines(self, guest: Guest) -> tuple[Line, ...]:
        return lines_of(shown_to(guest.invitation))

    def all_correct(self, guest: Guest) -> dict[str, Said]:
        return {line.key: Said(CORRECT) for line in self.lines(guest)}


def code_received(at: datetime, *, sent: bool = True) -> str:
    """The code queued last, as whoever it is for reads it; `sent`: its notice goes out."""
    number = handed_over("code", at) if sent else last_queued("code")
    found = re.search(r"[0-9]{6}", words_to_send([number])[number].text)
    assert found is not None
    return found[0]


def handed_over(purpose: str, at: datetime = AT, outcome: str = SENT) -> int:
    """The notice queued last for the purpose is handed over, unless it was, and comes to this; its number."""
    number = last_queued(purpose)
    if taken := claim(number, at=at):
        settle(taken, outcome, {"answer": "250 2.0.0 Ok" if outcome == SENT else "550 5.1.1"}, at=at)
    return number


def last_queued(purpose: str) -> int:
    return Notice.objects.filter(purpose=purpose).latest("pk").pk


GU = Person("顾静", "财务部", "192.0.2.7")


@pytest.fixture
def portal(books: Books) -> Portal:
    return Portal(books)
