"""The commands of hand-overs, and the people a customer's command names."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.record.customers.domain.contacts import Contact
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.operations import add_contact, affiliate, change_contact, create_customer
from huikuan.record.receivables.domain.posting import Posting
from huikuan.record.receivables.operations.items import post_items
from huikuan.shell.cli import main

AT = datetime(2026, 11, 20, 2, 14, tzinfo=UTC)
BY: dict[str, Any] = {"actor": "cli:test", "at": AT}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer() -> int:
    company, _ = Company.objects.get_or_create(code="MAIN", defaults={"name": "江临精工装备股份"})
    made = create_customer(master=Master("C1", "海岳有限公司"), **BY)
    affiliate(customer_id=made, dimension="owner", value="李沅", effective_on=date(2020, 1, 1), **BY)
    day = date(2026, 1, 5)
    posting = Posting(made, "invoice", "CNY", 1_234_56, day, day, due_date=day, document_number="INV-1")
    post_items(company=company, postings=[posting], **BY)
    return made


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    assert main([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_a_hand_over_from_preview_to_both_signatures(customer: int, capsys: pytest.CaptureFixture[str]) -> None:
    for name, owner in (("yin", "尹川"), ("zhou", "")):
        User.objects.create_user(name, owner_name=owner)
        grant_role(username=name, role="sales" if owner else "finance_manager", **BY)
    (line,) = answer(capsys, "handover", "preview", "--from", "李沅")["lines"]
    assert line["sums"] == [
        {"currency": "CNY", "items": 1, "debit": "1234.56", "overdue": "1234.56", "credit": "0.00"}
    ]
    drawn = ("handover", "draw-up", "--from", "李沅", "--to", "尹川", "--reason", "离职")
    number = answer(capsys, *drawn)["hand_over"]
    assert answer(capsys, *drawn, code=1)["error"]["code"] == "hand_over_twice"
    sign = ("handover", "sign", str(number), "--side")
    assert answer(capsys, *sign, "giver", "--actor", "yin", code=1)["error"]["code"] == "hand_over_not_yours"
    assert answer(capsys, *sign, "giver", "--actor", "zhou") == {"state": "open"}
    assert answer(capsys, *sign, "receiver", "--actor", "yin") == {"state": "done"}
    assert [one["state"] for one in answer(capsys, "handover", "list")["hand_overs"]] == ["done"]
    shown = answer(capsys, "handover", "show", str(number), "--actor", "yin")["hand_over"]
    assert [step["actor"] for step in shown["steps"]] == ["cli:zhou", "cli:yin"]
    assert shown["lines"] == [line]
    assert answer(capsys, "customer", "show", "C1", "--actor", "yin")["affiliations"] == {"owner": "尹川"}
    off = ("handover", "call-off", str(number), "--reason", "错")
    assert answer(capsys, *off, code=1)["error"]["code"] == "hand_over_signed_already"


def test_a_person_is_masked_for_whoever_need_not_reach_them_and_erased_at_their_request(
    customer: int, capsys: pytest.CaptureFixture[str]
) -> None:
    User.objects.create_user("chen")
    grant_role(username="chen", role="auditor", **BY)
    person = Contact("顾晓", phone="13812342046")
    add_contact(customer_id=customer, contact=person, **BY)
    clear = answer(capsys, "customer", "show", "C1")["contacts"]
    masked = answer(capsys, "customer", "show", "C1", "--actor", "chen")["contacts"]
    assert [(one[0]["name"], one[0]["phone"]) for one in (clear, masked)] == [
        ("顾晓", "13812342046"),
        ("顾*", "138****2046"),
    ]
    erase = ("customer", "erase-contact", "C1", "1", "--reason", "本人要求")
    assert answer(capsys, *erase, "--actor", "chen", code=1)["error"]["code"] == "not_permitted"
    assert answer(capsys, *erase, code=1)["error"]["code"] == "contact_still_there"
    gone = Contact("顾晓", phone="13812342046", active=False)
    change_contact(customer_id=customer, number=1, version=1, contact=gone, **BY)
    assert answer(capsys, *erase) == {"erased": 2}
    assert answer(capsys, "customer", "show", "C1")["contacts"] == []
