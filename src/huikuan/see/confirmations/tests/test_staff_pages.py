"""Staff ask, remind, take back, read replies; whoever does not see the customer sees none of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huikuan.mechanisms.documents.tests.pdf_text import pdf_text
from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.see.confirmations import jobs
from huikuan.see.confirmations.domain.answers import DISPUTED, Said
from huikuan.see.confirmations.models import Invitation, InvitationRun, Reminder, Revocation
from huikuan.see.confirmations.operations.answering import answer
from huikuan.see.confirmations.operations.inviting import revoke
from huikuan.see.confirmations.queries.invitations import Asked
from huikuan.see.confirmations.queries.statistics import shares
from huikuan.see.confirmations.tests.conftest import AT, GU, Portal
from huikuan.see.confirmations.tests.test_lists import CSV
from huikuan.see.statements.tests.conftest import person, seller

REGISTER = "/receivables/confirmations/"


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(AT, tick=True):
        yield


def logged_in(name: str, role: str) -> Client:
    client = Client()
    client.force_login(person(name, role))
    return client


def answered(portal: Portal) -> int:
    """The second line disputed by 2,000.00, the others confirmed."""
    invited, token = portal.invite()
    guest = portal.enter(token)
    _first, second, _credit = portal.lines(guest)
    said = portal.all_correct(guest) | {second.key: Said(DISPUTED, "quality", 58_000_00, "尺寸偏差")}
    answer(guest=guest, said=said, person=GU, code=portal.code(guest), at=AT)
    return invited


def test_one_customer_is_asked_from_its_statement_and_the_link_shown_once(portal: Portal) -> None:
    client = logged_in("clerk", "billing_clerk")
    form = f"{REGISTER}ask/{portal.statement}"
    shown = client.get(form).content.decode()
    assert "g****@beilu.example" in shown
    assert "gu@beilu.example" not in shown
    answer_page = client.post(form, {"person": "1", "channel": "copy", "days": "7"})
    link = re.search(r'id="link">(http://testserver/portal/open/[\w-]+)<', answer_page.content.decode())
    assert link is not None
    invited = Invitation.objects.get()
    assert (invited.channel, invited.actor, invited.expires_at - invited.recorded_at) == (
        "copy",
        "clerk",
        timedelta(days=7),
    )
    assert Client().post(link[1].removeprefix("http://testserver")).status_code == 302
    assert link[1] not in client.get(f"{REGISTER}{invited.pk}").content.decode()
    refused = client.post(form, {"person": "9", "channel": "email", "days": "7"})
    assert refused.status_code == 400


def test_the_register_says_how_each_stands_and_what_share_is_confirmed(portal: Portal) -> None:
    answered(portal)
    client = logged_in("clerk", "billing_clerk")
    page = client.get(REGISTER).content.decode()
    for part in ("已回复", "85,499.95", "83,499.95", "2,000.00", "97.6 %", "1 个账户，已回复 1 个"):
        assert part in page, part
    assert client.get(f"{REGISTER}?state=sent").context["count"] == 0
    assert client.get(f"{REGISTER}?state=answered&q=北麓").context["count"] == 1
    rows = list(csv.reader(io.StringIO(client.get(f"{REGISTER}export?format=csv").getvalue().decode("utf-8-sig"))))
    assert (rows[1][3], rows[1][7], rows[1][9], rows[1][10]) == (
        "北麓矿业装备集团有限公司",
        "85499.95",
        "83499.95",
        "2000.00",
    )


def test_a_reply_is_read_with_its_differences_files_and_what_follows(portal: Portal) -> None:
    invited = answered(portal)
    client = logged_in("clerk", "billing_clerk")
    page = client.get(f"{REGISTER}{invited}").content.decode()
    assert "质量: 尺寸偏差" in page
    assert re.search(r"/disputes/\d+", page)
    dispute = client.get(re.search(r"[^\"]*/disputes/\d+", page)[0]).content.decode()
    assert f'href="{REGISTER}{invited}">在账款确认的回复中</a>' in dispute
    assert "顾静" not in dispute
    assert client.get(f"{REGISTER}{invited}/receipt").getvalue().startswith(b"%PDF")
    assert client.get(f"{REGISTER}{invited}/files/{'0' * 64}").status_code == 404


def test_who_answered_is_named_to_those_alone_who_see_the_people_of_this_customer(portal: Portal) -> None:
    """What somebody may see of another company's customers opens nothing here."""
    invited = answered(portal)
    Company.objects.create(code="SUB", name="江临销售")
    person("lu", "treasurer")
    identity.grant_role(username="lu", role="legal", company="SUB", actor="cli:root", at=AT)
    person("fang", "treasurer")
    identity.grant_role(username="fang", role="legal", company="MAIN", actor="cli:root", at=AT)
    for name, seen in (("lu", "顾*"), ("fang", "顾静")):
        client = Client()
        client.force_login(User.objects.get(username=name))
        page = client.get(f"{REGISTER}{invited}").content.decode()
        paper = pdf_text(client.get(f"{REGISTER}{invited}/receipt").getvalue())
        assert ("顾静" in page, "顾静" in paper, f"{seen} · 财务部" in paper) == (*[seen == "顾静"] * 2, True), name


def test_a_reminder_sends_another_link_and_taking_back_ends_it(portal: Portal) -> None:
    invited, _ = portal.invite()
    client = logged_in("clerk", "billing_clerk")
    assert client.post(f"{REGISTER}{invited}/remind", {"channel": "email"}).status_code == 302
    assert Reminder.objects.get().number == 1
    assert client.post(f"{REGISTER}{invited}/revoke", {"reason": "wrong person"}).status_code == 302
    assert Revocation.objects.get().reason == "wrong person"
    client.post(f"{REGISTER}{invited}/remind", {"channel": "email"})
    assert Reminder.objects.count() == 1
    assert client.post(f"{REGISTER}{invited}/erase").status_code == 404


def test_many_are_asked_by_a_run_with_progress(portal: Portal) -> None:
    portal.books.issue(1)
    client = logged_in("clerk", "billing_clerk")
    page = client.get(f"{REGISTER}ask")
    assert len(page.context["rows"]) == 2
    wanted = {"statement": [row.id for row in page.context["rows"]], "channel": "email", "days": "14"}
    started = client.post(f"{REGISTER}ask", wanted)
    assert "0 / 2" in client.get(started.headers["Location"]).content.decode()
    Worker({InvitationRun.JOB: Handler(jobs.invite_run)}).turn()
    done = client.get(started.headers["Location"]).content.decode()
    assert "已请 1 人确认" in done
    assert "1 份未发送" in done
    assert len(client.get(f"{REGISTER}ask").context["rows"]) == 1


def test_whoever_does_not_see_the_customer_sees_nothing_of_it(portal: Portal) -> None:
    invited = answered(portal)
    portal.books.issue(1)
    owner = Client()
    owner.force_login(seller(portal.books))
    assert owner.get(REGISTER).context["count"] == 1
    client = logged_in("somebody", "sales")
    assert client.get(REGISTER).context["count"] == 0
    assert "北麓" not in client.get(REGISTER).content.decode()
    for path in (f"{invited}", f"{invited}/receipt", f"ask/{portal.statement}"):
        assert client.get(REGISTER + path).status_code == 404, path
    assert client.post(f"{REGISTER}{invited}/revoke").status_code == 404
    assert "北麓" not in client.get(f"{REGISTER}export?format=csv").getvalue().decode("utf-8-sig")


def test_an_account_asked_about_twice_counts_once_and_what_was_taken_back_not(portal: Portal) -> None:
    answered(portal)
    portal.invite()
    (one,) = shares(Asked(), scope=EVERYTHING, at=AT)
    assert (one.asked, one.accepted, one.disputed, one.unanswered) == (85_499_95, 83_499_95, 2_000_00, 0)
    assert (one.accounts, one.answered, one.percent) == (1, 1, "97.6 %")


def test_what_was_taken_back_is_no_account_asked_about(portal: Portal) -> None:
    invited, _ = portal.invite()
    revoke(invitation_id=invited, reason="", actor="cli:test", at=AT)
    assert shares(Asked(), scope=EVERYTHING, at=AT) == []


def test_the_customers_list_is_read_in_for_it_and_worked_off(portal: Portal) -> None:
    invited, _ = portal.invite()
    client = logged_in("clerk", "billing_clerk")
    page = f"{REGISTER}{invited}/list"
    sent = {"file": SimpleUploadedFile("清单.csv", CSV)}
    assert client.post(page, sent).status_code == 302
    shown = client.get(page)
    for part in ("未开票", "在途：已付未到账", "−9,500.05", "金额不同", "1 笔一致"):
        assert part in shown.content.decode(), part
    first = shown.context["compared"].differences[0]
    done = client.post(f"{page}/{first.id}", {"state": "theirs_right", "note": "补开", "seen": "0"})
    assert done.status_code == 302
    rows = list(csv.reader(io.StringIO(client.get(f"{page}/export?format=csv").getvalue().decode("utf-8-sig"))))
    assert rows[1] == ["未开票", "", "", "-12000.00", "客户正确", "补开"]
    assert client.get(f"{page}/original").getvalue() == CSV
    assert client.post(page, {"file": SimpleUploadedFile("x.csv", b"a,b\n")}).status_code == 400
    other = logged_in("auditor3", "auditor")
    assert other.get(page).status_code == 200
    assert other.post(page, sent).status_code == 403
    assert logged_in("someone", "sales").get(page).status_code == 404
