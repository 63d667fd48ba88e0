"""The outbox in the browser's language: who sees which notice, which address, and what they may do about it."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huikuan.mechanisms.files.operations import store_file
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.notices.letters.writing import Writer
from huikuan.mechanisms.notices.operations import Attachment
from huikuan.mechanisms.notices.operations.claiming import claim
from huikuan.mechanisms.notices.operations.sending import send_due
from huikuan.mechanisms.notices.queries import listing
from huikuan.mechanisms.notices.queries.rows import Letter
from huikuan.mechanisms.notices.tests.conftest import AT, DAY, TO, Box, Office, known, steps
from huikuan.mechanisms.notices.tests.letter_samples import tables, values
from huikuan.mechanisms.policies.kinds import Kind
from huikuan.mechanisms.work.models import WorkItem
from huikuan.mechanisms.work.operations import finish_item
from huikuan.record.customers.operations import affiliate


def signed_in(name: str, role: str, **more: Any) -> Client:
    user = User.objects.create(username=name, language="en")
    grant_role(username=name, role=role, actor="cli:root", at=AT - DAY, **more)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def read(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return str(answer.content.decode()) if status == 200 else ""


@pytest.fixture
def doubtful(office: Office, box: Box) -> int:
    """One in doubt, with an attachment; another sent, to another customer."""
    kept = store_file(b"%PDF-1.7 account", "statement.pdf", actor="system", at=AT).sha256
    notice = office.queue(attachments=(Attachment("statement.pdf", kept),))
    assert claim(notice, at=AT) is not None
    office.queue("item:18", customer_id=office.second, to="li@hongshuo.example", subject="Reminder 18")
    send_due(clock=lambda: AT + DAY * 3)
    return notice


def test_a_collector_sees_everything_and_says_what_became_of_it(office: Office, doubtful: int) -> None:
    client = signed_in("chen", "collector")
    page = read(client, "/notices/")
    assert all(word in page for word in (TO, "li@hongshuo.example", "云岭铸造", "In doubt", "付款提醒 INV-17"))
    assert "li@hongshuo.example" not in read(client, "/notices/?state=in_doubt")
    one = read(client, f"/notices/{doubtful}")
    assert all(word in one for word in ("Did it go out?", "请安排付款", "the sending process died", "statement.pdf"))
    answer = client.post(f"/notices/{doubtful}/do", {"deed": "sent", "note": "rang them"}, follow=True)
    assert "It is taken down as sent." in answer.content.decode()
    assert (known(doubtful).state, steps(doubtful)) == ("sent", ["claimed", "in_doubt", "sent"])
    again = client.post(f"/notices/{doubtful}/do", {"deed": "cancel"}, follow=True)
    assert "cannot follow" in again.content.decode()
    assert client.post(f"/notices/{doubtful}/do", {"deed": "burn"}).status_code == 404
    assert b"".join(client.get(f"/notices/{doubtful}/files/0").streaming_content) == b"%PDF-1.7 account"
    assert client.get(f"/notices/{doubtful}/files/1").status_code == 404


def test_addresses_are_for_whoever_may_see_personal_data(office: Office, doubtful: int) -> None:
    auditor = signed_in("wu", "auditor")
    for path in ("/notices/", f"/notices/{doubtful}"):
        page = read(auditor, path)
        assert TO not in page
        assert "z****@yunling.example" in page
        assert "请安排付款" not in page
    assert "for whoever may see personal data" in read(auditor, f"/notices/{doubtful}")
    assert auditor.get(f"/notices/{doubtful}/mail").status_code == 403
    assert auditor.post(f"/notices/{doubtful}/do", {"deed": "sent"}).status_code == 403
    text = b"".join(auditor.get("/notices/export?format=csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["Written to"], row["State"]) for row in rows] == [
        ("l****@hongshuo.example", "sent"), ("z****@yunling.example", "in doubt"),
    ]  # fmt: skip


def test_a_long_outbox_is_exported_by_few_questions_and_counted_by_none(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each slice asks the same questions, however many rows it has."""
    client = signed_in("chen", "collector")

    def exported() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as asked:
            text = b"".join(client.get("/notices/export?format=csv").streaming_content).decode("utf-8-sig")
        counts = [one for one in asked.captured_queries if "COUNT(" in one["sql"] and "notices_notice" in one["sql"]]
        assert counts == []
        return len(list(csv.DictReader(io.StringIO(text)))), len(asked)

    for number in range(2):
        office.queue(f"item:{number}")
    assert exported()[0] == 2
    few = exported()[1]
    for number in range(2, 30):
        office.queue(f"item:{number}", customer_id=office.second if number % 2 else office.first)
    assert exported() == (30, few)
    # In slices of ten the questions of a slice are asked three times.
    monkeypatch.setattr(listing, "_SLICE", 10)
    rows, three = exported()
    monkeypatch.setattr(listing, "_SLICE", 15)
    two = exported()[1]
    assert (rows, three - two) == (30, two - few)


def test_a_salesperson_sees_their_own_customers(office: Office, doubtful: int) -> None:
    affiliate(
        customer_id=office.second, dimension="owner", value="li", effective_on=date(2020, 1, 1), actor="cli:test",
        at=AT - DAY,
    )  # fmt: skip
    li = signed_in("li", "sales")
    page = read(li, "/notices/")
    assert ("li@hongshuo.example" in page, TO in page) == (True, False)
    read(li, f"/notices/{doubtful}", 404)
    read(li, f"/notices/{doubtful}/files/0", 404)
    assert li.get(f"/notices/{doubtful}/mail").status_code == 404


def test_what_is_asked_of_people_leads_to_the_notice(office: Office, doubtful: int) -> None:
    item = WorkItem.objects.get(kind="notices.in_doubt")
    page = read(signed_in("chen", "collector"), f"/work/{item.pk}")
    assert f"/notices/{doubtful}" in page
    assert "Did it go out?" in page
    finish_item(item_id=item.pk, actor="chen", at=AT + DAY)


def test_the_list_says_so_where_a_year_is_missing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in("chen", "collector")
    assert "data-missing-year" not in read(client, "/notices/")
    empty = Kind("calendar", "", {"weekend": [6, 7], "years": {}}, lambda _: None)
    monkeypatch.setattr("huikuan.mechanisms.policies.queries.kind_named", lambda name: empty)
    assert "data-missing-year" in read(client, "/notices/")


def test_nothing_yet_and_nothing_that_fits(office: Office) -> None:
    client = signed_in("chen", "collector")
    assert "Nothing was sent yet" in read(client, "/notices/")
    assert "No notice meets these conditions" in read(client, "/notices/?channel=sms")


def test_the_outbox_says_which_channel_is_not_set_up_and_how_many_wait(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUIKUAN_SMTP_URL", raising=False)
    monkeypatch.delenv("HUIKUAN_SMTP_FROM", raising=False)
    office.queue()
    page = read(signed_in("chen", "collector"), "/notices/")
    assert "E-mail is not set up (missing: HUIKUAN_SMTP_URL, HUIKUAN_SMTP_FROM): 1 notice waits." in page


def test_who_may_see_personal_data_reads_the_letter_that_goes_with_a_notice(office: Office) -> None:
    said = Writer(code="reminder", company_id=office.company, at=AT).said(
        language="en", values=values("en"), tables=tables("en")
    )
    notice = office.queue(letters=(Letter("reminder", None), Letter("reminder", None, "Reminder-C1.pdf", said)))
    client = signed_in("chen", "collector")
    page = read(client, f"/notices/{notice}")
    assert all(word in page for word in ("Reminder-C1.pdf", "Payment reminder"))
    answer = client.get(f"/notices/{notice}/letters/0")
    assert (answer.status_code, b"".join(answer.streaming_content)[:5]) == (200, b"%PDF-")
    assert client.get(f"/notices/{notice}/letters/1").status_code == 404
    assert signed_in("sun", "sales").get(f"/notices/{notice}/letters/0").status_code in (403, 404)


def test_a_code_is_read_on_no_page_and_leaves_by_no_file(office: Office, box: Box) -> None:
    """Whoever could read it here could answer in the customer's name; the addressee is told it whole."""
    notice = office.queue(
        "portal:1", purpose="code", subject="您的对账验证码", text="您的对账验证码：002082。", items=()
    )
    client = signed_in("chen", "collector")
    send_due(clock=lambda: AT + DAY)
    assert ["002082" in one.text for one in box.taken] == [True]
    one = read(client, f"/notices/{notice}")
    assert "The one-time code in this notice is not shown" in one
    assert ("byte for byte" in one, "SHA-256" in one) == (False, False)
    files = b"".join(client.get("/notices/export?format=csv").streaming_content).decode("utf-8-sig")
    assert "002082" not in one + files + read(client, "/notices/")
    assert client.get(f"/notices/{notice}/mail").status_code == 404
