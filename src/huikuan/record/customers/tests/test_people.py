"""How a customer is dealt with, its contacts and its papers: dated versions, refusals that change nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Erasable, Leaf
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, NOTHING
from huikuan.record.customers.domain.care import Care
from huikuan.record.customers.domain.completeness import WEIGHTS, Answers, completeness_of, is_stale
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.domain.documents import Paper, validity
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import CareVersion, ContactVersion, DocumentVersion
from huikuan.record.customers.operations import (
    add_contact,
    add_document,
    affiliate,
    change_care,
    change_contact,
    create_customer,
    erase_contact,
    renew_document,
    withdraw_document,
)
from huikuan.record.customers.queries import customer_with_id
from huikuan.record.customers.queries.documents import document_versions, documents, expiring, kinds_held
from huikuan.record.customers.queries.people import (
    care_of,
    care_versions,
    contact_versions,
    contacts,
    customers_with_contact,
)
from huikuan.record.customers.queries.quality import last_said, quality_of

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
DAY = date(2026, 11, 20)
BY = {"actor": "zhou", "at": AT}
GU = Contact("顾晓", position="财务部", role="payables", phone="13812342046", email="guxiao@haiyue.example")

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer() -> int:
    return create_customer(master=Master("C001", "海岳风电设备（盐城）有限公司"), **BY)


def counted() -> tuple[int, ...]:
    return tuple(kind.objects.count() for kind in (CareVersion, ContactVersion, DocumentVersion, Leaf, Erasable))


def refused(work: Callable[[], object], code: str) -> Refusal:
    before = counted()
    with pytest.raises(Refusal) as caught:
        work()
    assert caught.value.code == code
    assert counted() == before
    return caught.value


def test_care_is_kept_in_versions_and_who_comes_second_is_refused(customer: int) -> None:
    care = Care(value_class="key", plan=" 每月拜访 \n季度对账 ", statement_language="zh", channel="email")
    assert care_of(customer).version == 0
    assert change_care(customer_id=customer, version=0, care=care, **BY) == 1
    assert care_of(customer).care.plan == "每月拜访\n季度对账"
    assert change_care(customer_id=customer, version=1, care=care, **BY) == 1, "nothing differs"
    late = replace(care, value_class="ordinary")
    assert change_care(customer_id=customer, version=1, care=late, actor="li", at=AT) == 2
    refusal = refused(lambda: change_care(customer_id=customer, version=1, care=care, **BY), "customer_changed_since")
    assert refusal.params == {"customer": "C001", "seen": 1, "now": 2}
    assert [(row.version, row.care.value_class, row.actor) for row in care_versions(customer)] == [
        (1, "key", "zhou"),
        (2, "ordinary", "li"),
    ]


def test_what_care_refuses(customer: int) -> None:
    for bad in (Care(value_class="vip"), Care(channel="pigeon"), Care(statement_language="fr")):
        refused(lambda bad=bad: change_care(customer_id=customer, version=0, care=bad, **BY), "care_choice_unknown")
    long = Care(delivery_address="路" * 301)
    refused(lambda: change_care(customer_id=customer, version=0, care=long, **BY), "customer_field_too_long")
    refused(lambda: change_care(customer_id=customer + 9, version=0, care=Care(), **BY), "customer_unknown")


def test_contacts_are_numbered_masked_changed_and_marked_as_gone(customer: int) -> None:
    assert add_contact(customer_id=customer, contact=replace(GU, phone="１３８１２３４２０４６ "), **BY) == 1
    assert add_contact(customer_id=customer, contact=Contact("陆总", role="decides"), **BY) == 2
    clear = contacts(customer, clear=True)
    assert [row.contact for row in clear] == [GU, Contact("陆总", role="decides")]
    masked = contacts(customer, clear=False)[0].contact
    assert (masked.name, masked.phone, masked.email) == ("顾*", "138****2046", "g****@haiyue.example")
    assert change_contact(customer_id=customer, number=1, version=1, contact=GU, **BY) == 1
    assert change_contact(customer_id=customer, number=1, version=1, contact=replace(GU, active=False), **BY) == 2
    assert [row.number for row in contacts(customer, clear=True)] == [2, 1], "those still there first"
    late = {"customer_id": customer, "number": 1, "version": 1, "contact": GU}
    refused(lambda: change_contact(**late, **BY), "customer_changed_since")
    assert customers_with_contact([customer]) == {customer}
    gone = Contact("陆总", role="decides", active=False)
    change_contact(customer_id=customer, number=2, version=1, contact=gone, **BY)
    assert customers_with_contact([customer]) == set()


def test_what_contacts_refuse(customer: int) -> None:
    for bad, code in (
        (replace(GU, name=" "), "contact_name_missing"),
        (replace(GU, phone="call me"), "contact_phone_unreadable"),
        (replace(GU, email="guxiao"), "contact_email_unreadable"),
        (replace(GU, role="friend"), "care_choice_unknown"),
        (replace(GU, consent="given"), "contact_consent_undated"),
        (replace(GU, position="经" * 101), "customer_field_too_long"),
    ):
        refused(lambda bad=bad: add_contact(customer_id=customer, contact=bad, **BY), code)
    refused(lambda: change_contact(customer_id=customer, number=7, version=1, contact=GU, **BY), "contact_unknown")


def test_who_a_person_was_is_erased_and_the_facts_stay(customer: int) -> None:
    add_contact(customer_id=customer, contact=GU, **BY)
    change_contact(customer_id=customer, number=1, version=1, contact=replace(GU, position="采购部"), **BY)
    about = {"customer_id": customer, "number": 1}
    refused(lambda: erase_contact(**about, reason="本人要求", **BY), "contact_still_there")
    change_contact(**about, version=2, contact=replace(GU, position="采购部", active=False), **BY)
    refused(lambda: erase_contact(**about, reason=" ", **BY), "contact_erasure_reason")
    assert erase_contact(**about, reason="本人要求", **BY) == 3
    rows = contact_versions(customer, clear=True)
    assert [(row.version, row.erased, row.contact.name, row.contact.position) for row in rows] == [
        (1, True, "", "财务部"),
        (2, True, "", "采购部"),
        (3, True, "", "采购部"),
    ]
    assert Erasable.objects.count() == 0


@pytest.mark.parametrize(
    ("expires_on", "state"),
    [
        (None, "unlimited"),
        (date(2026, 11, 19), "expired"),
        (date(2026, 11, 20), "expiring"),
        (date(2027, 1, 19), "expiring"),
        (date(2027, 1, 20), "valid"),
    ],
)
def test_a_paper_holds_on_its_last_day_and_is_told_60_days_before(expires_on: date | None, state: str) -> None:
    assert validity(expires_on, DAY) == state


def test_papers_are_kept_renewed_and_taken_back(customer: int) -> None:
    paper = Paper("licence", "营业执照", date(2016, 12, 1), date(2026, 12, 1))
    kept = {"customer_id": customer, "content": b"old", "name": "执照.pdf"}
    assert add_document(paper=paper, **kept, **BY) == 1
    assert [(row.state, row.version) for row in documents(customer, DAY)] == [("expiring", 1)]
    assert [row.customer_code for row in expiring(scope=EVERYTHING, day=DAY)] == ["C001"]
    assert expiring(scope=NOTHING, day=DAY) == []
    newer = replace(paper, issued_on=date(2026, 11, 1), expires_on=date(2036, 11, 1))
    about = {"customer_id": customer, "number": 1, "content": b"new", "name": "执照2.pdf"}
    assert renew_document(version=1, paper=newer, **about, **BY) == 1
    assert expiring(scope=EVERYTHING, day=DAY) == []
    refused(lambda: renew_document(version=1, paper=newer, **about, **BY), "customer_changed_since")
    editions = document_versions(customer, DAY)
    assert [open_original(row.sha256).read_bytes() for row in editions] == [b"old", b"new"]
    taken = {"customer_id": customer, "number": 1, "version": 2}
    refused(lambda: withdraw_document(**taken, reason="", **BY), "document_reason_missing")
    withdraw_document(**taken, reason="扫描件不清", **BY)
    assert documents(customer, DAY) == []
    assert document_versions(customer, DAY)[-1].note == "扫描件不清"
    refused(lambda: renew_document(version=3, paper=newer, **about, **BY), "document_unknown")
    assert kinds_held([customer], DAY) == {}


def test_what_papers_refuse(customer: int) -> None:
    kept = {"customer_id": customer, "content": b"x", "name": "x.pdf"}
    backwards = Paper("licence", issued_on=DAY, expires_on=date(2026, 11, 19))
    refused(lambda: add_document(paper=backwards, **kept, **BY), "document_dates")
    refused(lambda: add_document(paper=Paper("poem"), **kept, **BY), "document_kind_unknown")


def test_the_weights_of_completeness_are_a_hundred_and_each_counts_alone() -> None:
    assert sum(WEIGHTS.values()) == 100
    assert completeness_of(Answers()).score == 0
    for name, points in WEIGHTS.items():
        found = completeness_of(Answers(**{name: True}))
        assert (found.score, name in found.lacking) == (points, False)


def test_a_customers_quality_is_read_from_what_was_said(customer: int) -> None:
    row = customer_with_id(customer, scope=EVERYTHING)
    assert quality_of([row], DAY)[customer].completeness.score == 0
    affiliate(customer_id=customer, dimension="owner", value="李沅", effective_on=DAY, **BY)
    affiliate(customer_id=customer, dimension="region", value="华东", effective_on=date(2026, 12, 1), **BY)
    add_contact(customer_id=customer, contact=GU, **BY)
    add_document(customer_id=customer, paper=Paper("licence"), content=b"x", name="x.pdf", **BY)
    found = quality_of([row], DAY)[customer]
    assert found.completeness.score == WEIGHTS["owner"] + WEIGHTS["contact"] + WEIGHTS["licence"]
    assert (found.owner, found.region, last_said()[customer]) == ("李沅", "", AT)


def test_data_are_stale_after_a_year_of_silence() -> None:
    assert is_stale(None, DAY)
    assert is_stale(date(2025, 11, 19), DAY)
    assert not is_stale(date(2025, 11, 20), DAY)
