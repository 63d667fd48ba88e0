"""People at customers: sales keep their own customers' contacts, and an administrator erases who somebody was."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from django.test import Client

from huikuan.mechanisms.audit.verifying import verify
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.models import ContactVersion
from huikuan.record.customers.operations import add_contact, affiliate, change_contact, merge_customers
from huikuan.record.customers.queries.people import contacts
from huikuan.shell.tests.books import AT, Books
from huikuan.shell.tests.test_access import signed_in
from huikuan.shell.web.proving import PROVED

WHO: dict[str, Any] = {"actor": "test", "at": AT}
GU = {"name": "顾晓", "role": "payables", "phone": "13812342046", "email": "gu@haiyue.example"}
ERASE = "/personal/erase"


def test_sales_add_contacts_of_their_own_customers_and_change_nothing_else(books: Books, on_the_day: None) -> None:
    mine, other = books.customer("C0001"), books.customer("C0002")
    affiliate(customer_id=mine, dimension="owner", value="li", effective_on=date(2020, 1, 1), **WHO)
    seller = signed_in("li", "sales")
    assert f"/customers/{mine}/contacts/new" in seller.get(f"/customers/{mine}?tab=people").content.decode()
    assert seller.post(f"/customers/{mine}/contacts/new", GU).status_code == 302
    assert (
        seller.post(f"/customers/{mine}/contacts/1", {**GU, "phone": "13900000000", "version": "1"}).status_code == 302
    )
    assert [row.contact.phone for row in contacts(mine, clear=True)] == ["13900000000"]
    assert seller.post(f"/customers/{other}/contacts/new", GU).status_code == 404
    assert not ContactVersion.objects.filter(customer_id=other).exists()
    for page in ("edit", "papers/new"):
        assert seller.get(f"/customers/{mine}/{page}").status_code == 403, page
    auditor = signed_in("wen", "auditor")
    assert auditor.post(f"/customers/{mine}/contacts/new", GU).status_code == 403


@pytest.fixture
def administrator(books: Books, on_the_day: None) -> Client:
    """Somebody who has just proved who they are."""
    client = signed_in("root", "administrator")
    session = client.session
    session[PROVED] = int(time.time())
    session.save()
    return client


def test_who_somebody_was_is_erased_only_with_reason_and_tick_and_when_they_are_gone(
    administrator: Client, books: Books
) -> None:
    one = books.customer("C0001")
    add_contact(customer_id=one, contact=Contact(**GU), **WHO)
    page = administrator.get("/personal/?customer=C0001").content.decode()
    assert "138****2046" in page
    assert not any(said in page for said in ("13812342046", "顾晓", ERASE)), "masked, and still there: no button"
    sent = {"customer": "C0001", "number": "1", "reason": "本人要求", "sure": "1"}

    def known() -> list[str]:
        return [row.contact.phone for row in contacts(one, clear=True)]

    administrator.post(ERASE, sent)
    change_contact(customer_id=one, number=1, version=1, contact=Contact(**GU, active=False), **WHO)
    assert ERASE in administrator.get("/personal/?customer=C0001").content.decode()
    for wrong in ({"sure": ""}, {"reason": " "}, {"number": "7"}, {"number": "x"}, {"customer": "C9"}):
        answer = administrator.post(ERASE, {**sent, **wrong}, follow=True)
        assert 'role="alert"' in answer.content.decode(), wrong
        assert known() == ["13812342046"], wrong
    assert administrator.post(ERASE, sent, follow=True).status_code == 200
    assert known() == [""]
    assert "（已删除）" in administrator.get("/personal/?customer=C0001").content.decode()
    assert verify().ok


def test_people_of_a_merged_customer_are_found_under_the_other_and_erased_there(
    administrator: Client, books: Books
) -> None:
    """Whoever asks to be erased knows the customer by the code it is shown under; numbers are each customer's own."""
    merged, into = books.customer("C0002"), books.customer("C0001")
    own = Contact(name="齐安", phone="13700001111", active=False)
    for one, contact in ((merged, Contact(**GU, active=False)), (into, own)):
        add_contact(customer_id=one, contact=contact, **WHO)
    merge_customers(from_id=merged, into_id=into, reason="同一户", **WHO)
    for code in ("C0001", "C0002"):
        page = administrator.get(f"/personal/?customer={code}")
        told = {(whose.code, row.contact.phone) for whose, row in page.context["people"]}
        assert told == {("C0002", "138****2046"), ("C0001", "137****1111")}
        assert 'name="customer" value="C0002"' in page.content.decode()
    administrator.post(ERASE, {"customer": "C0002", "number": "1", "reason": "本人要求", "sure": "1"})
    assert [contacts(one, clear=True)[0].contact.phone for one in (merged, into)] == ["", "13700001111"]


def test_whoever_proved_themselves_long_ago_does_so_again_first(administrator: Client, books: Books) -> None:
    one = books.customer("C0001")
    add_contact(customer_id=one, contact=Contact(**GU, active=False), **WHO)
    session = administrator.session
    session[PROVED] = int(time.time()) - 3_600
    session.save()
    answer = administrator.post(ERASE, {"customer": "C0001", "number": "1", "reason": "本人要求", "sure": "1"})
    assert answer.headers["Location"].startswith("/me/again")
    assert contacts(one, clear=True)[0].contact.phone == "13812342046"
