"""Where messages go: the people of a customer and of those merged into it."""

from __future__ import annotations

import pytest

from huikuan.act.collection.queries.addresses import addresses_of
from huikuan.record.customers.domain.care import Care
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.operations import merge_customers
from huikuan.record.customers.operations.people import add_contact, change_care
from huikuan.record.receivables.tests.conftest import WHO, Books


@pytest.mark.django_db
def test_somebody_of_a_merged_customer_is_nobody_of_this_number() -> None:
    books = Books()
    own = Contact("顾静", role="payables", email="gu@beilu.example")
    theirs = Contact("何平", role="payables", phone="138 0000 0009")
    numbers = {
        add_contact(customer_id=books.customer.id, contact=own, **WHO),
        add_contact(customer_id=books.other.id, contact=theirs, **WHO),
    }
    assert numbers == {1}
    merge_customers(from_id=books.other.id, into_id=books.customer.id, reason="同一户", confirmed=True, **WHO)
    found = addresses_of([books.customer.id], {books.customer.id: "北麓"})[books.customer.id].by_channel
    assert (found["email"].to, found["email"].person_id) == ("gu@beilu.example", 1)
    assert found["sms"].person_id is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "person", "wish", "mail", "letter"),
    [
        ("北麓机械有限公司", "", "", "zh-hans", "zh-hans"),
        ("Nordhagen Marine Works AS", "", "", "en", "en"),
        ("Nordhagen Marine Works AS", "zh", "", "zh-hans", "en"),
        ("Nordhagen Marine Works AS", "", "zh", "zh-hans", "zh-hans"),
        ("北麓机械有限公司", "en", "", "en", "zh-hans"),
        ("北麓机械有限公司", "", "en", "en", "en"),
        ("北麓机械有限公司", "zh", "en", "zh-hans", "en"),
    ],
)
def test_the_language_is_the_persons_then_the_customers_then_that_of_its_name(
    name: str, person: str, wish: str, mail: str, letter: str
) -> None:
    customer = Books().customer.id
    add_contact(customer_id=customer, contact=Contact("顾静", email="gu@beilu.example", language=person), **WHO)
    if wish:
        change_care(customer_id=customer, version=0, care=Care(statement_language=wish), **WHO)
    found = addresses_of([customer], {customer: name})[customer].by_channel
    assert (found["email"].language, found["letter"].language) == (mail, letter)
