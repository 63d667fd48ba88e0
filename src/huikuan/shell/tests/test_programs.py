"""Webhooks, tokens, jobs and policies on their pages: by whom, what is shown once, what is tried again."""

from __future__ import annotations

import ast
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

import huikuan
from huikuan.connect.api.models import Delivery, Webhook
from huikuan.connect.api.operations.webhooks import add_webhook, disable_webhook, secret_of
from huikuan.connect.api.queries import FAMILIES, KINDS
from huikuan.mechanisms.approvals.kinds import kinds
from huikuan.mechanisms.identity.models import ApiToken, User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.identity.tokens import create_token
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import in_force, version
from huikuan.shell.tests.books import AT, Books
from huikuan.shell.tests.test_access import signed_in
from huikuan.shell.web.jobs import KINDS as WORK
from huikuan.shell.web.proving import PROVED
from huikuan.shell.wiring import jobs

URL = "https://hooks.example.com/in"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def fresh(client: Client) -> Client:
    """Somebody who has just proved who they are."""
    session = client.session
    session[PROVED] = int(time.time())
    session.save()
    return client


def secret_on(answer: Any) -> str:
    found = re.search(r"data-secret>([^<]+)<", text(answer))
    return found[1].replace("&#x27;", "'") if found else ""


def test_a_webhook_is_added_its_secret_shown_once_and_renewed(reader: Client) -> None:
    asked = reader.post("/programs/webhooks", {"url": URL})
    assert (asked.status_code, Webhook.objects.count()) == (302, 0), "who logged in long ago proves it again first"
    fresh(reader)
    made = reader.post("/programs/webhooks", {"url": URL, "note": "ERP", "kinds": ["receivables.posted", "x.y"]})
    webhook = Webhook.objects.get()
    assert (made.status_code, secret_on(made)) == (200, secret_of(webhook))
    assert (webhook.kinds, webhook.username, webhook.note) == (["receivables.posted"], "zhou", "ERP")
    page = reader.get(f"/programs/webhooks/{webhook.pk}")
    assert (page.status_code, secret_on(page)) == (200, "")
    assert secret_of(webhook) not in text(page)
    renewed = reader.post(f"/programs/webhooks/{webhook.pk}/secret")
    webhook.refresh_from_db()
    assert secret_on(renewed) == secret_of(webhook) != secret_on(made)
    private = reader.post("/programs/webhooks", {"url": "https://127.0.0.1/x", "kinds": ["receivables.settled"]})
    assert private.status_code == 400
    assert 'aria-describedby="p-url"' in text(private)
    assert 'value="receivables.settled" checked' in text(private)
    assert Webhook.objects.count() == 1


def test_what_failed_is_shown_with_its_error_and_sent_again(reader: Client) -> None:
    number = add_webhook(url=URL, kinds=[], note="", actor="zhou", at=AT)
    webhook = Webhook.objects.get(pk=number)
    told = {"webhook_id": number, "event_tx": 1, "kind": "receivables.posted", "next_at": AT, "tried_at": AT}
    dead = Delivery.objects.create(event_id=901, state="dead", attempts=10, status=503, error="timeout", **told)
    Delivery.objects.create(event_id=902, state="delivered", attempts=1, status=204, **told)
    page = text(reader.get(f"/programs/webhooks/{number}"))
    row = re.search(rf'<tr data-delivery="{dead.pk}">.*?</tr>', page, re.DOTALL)
    assert row is not None
    assert "503 timeout" in row.group()
    assert f'data-delivery="{dead.pk}"' not in text(reader.get(f"/programs/webhooks/{number}?state=delivered"))
    rows = b"".join(reader.get(f"/programs/webhooks/{number}/export?format=csv&state=dead").streaming_content)
    assert rows.decode("utf-8-sig").count("\r\n") == 2
    assert reader.post(f"/programs/webhooks/{number}/replay", {"delivery": str(dead.pk)}).status_code == 302
    dead.refresh_from_db()
    assert (dead.state, dead.attempts, dead.asked_by) == ("waiting", 0, "zhou")
    assert reader.post(f"/programs/webhooks/{number}/replay", {"delivery": "0"}).status_code == 404
    assert reader.post(f"/programs/webhooks/{number}/replay", {"since": "2026-11-01"}).status_code == 302
    assert Delivery.objects.filter(webhook_id=number, state="waiting").count() > 1
    for state, disabled in (("disabled", True), ("enabled", False)):
        reader.post(f"/programs/webhooks/{number}/state", {"state": state})
        webhook.refresh_from_db()
        assert (webhook.disabled_at is not None) == disabled
    disable_webhook(webhook, reason="failing", at=AT)
    refused = reader.post(f"/programs/webhooks/{number}/replay", {"delivery": str(dead.pk)}, follow=True)
    assert "停用" in text(refused)
    reader.post(f"/programs/webhooks/{number}/state", {"state": "removed"})
    assert reader.get(f"/programs/webhooks/{number}").status_code == 404


def test_an_administrator_sees_everybodys_and_reads_nobodys_secret(books: Books, on_the_day: None) -> None:
    number = add_webhook(url=URL, kinds=[], note="", actor="zhou", at=AT)
    token, raw = create_token(username="zhou", name="ERP", areas=["ledger:read"], days=9, at=timezone.now())
    admin, clerk = fresh(signed_in("root", "administrator")), signed_in("clerk", "billing_clerk")
    page = text(admin.get("/programs/"))
    assert URL in page
    assert "ERP" in page
    assert raw not in page
    assert admin.post(f"/programs/webhooks/{number}/secret").status_code == 404
    assert clerk.get("/programs/").status_code == 403
    other = signed_in("wu", "finance_manager")
    assert URL not in text(other.get("/programs/"))
    assert other.get(f"/programs/webhooks/{number}").status_code == 404
    other.post(f"/programs/tokens/{token}/revoke")
    assert ApiToken.objects.get(pk=token).revoked_at is None, "somebody else's is not there"
    assert admin.post(f"/programs/tokens/{token}/revoke").status_code == 302
    assert ApiToken.objects.get(pk=token).revoked_at is not None


def kinds_said() -> tuple[set[str], list[str]]:
    """The kinds of the families that operations name, and where one is put together from pieces."""
    whole = re.compile(rf"({'|'.join(FAMILIES)})\.[a-z_]+")
    begins = re.compile(rf"({'|'.join(FAMILIES)})\.")
    said, composed = set[str](), list[str]()
    home = Path(huikuan.__file__).parent
    # What is asked for and decided by a second person is written by the approvals shelf.
    for path in (*home.rglob("operations/**/*.py"), *home.rglob("approvals.py")):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        pieces = {id(piece) for node in nodes if isinstance(node, ast.JoinedStr) for piece in node.values}
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if whole.fullmatch(node.value) and id(node) not in pieces:
                    said.add(node.value)
                elif begins.match(node.value) and " " not in node.value:
                    composed.append(f"{path.name}:{node.lineno} {node.value}")
    return said, composed


def test_every_kind_that_is_announced_is_a_choice() -> None:
    """Read off the sources: what a family announces and the page does not offer would be told to nobody by choice."""
    said, composed = kinds_said()
    assert composed == [], "a kind is written out, or nobody finds it here"
    asked = {kind.name for kind in kinds()}
    assert said - set(jobs()) - asked == set(KINDS), "a job or a request is no event, though its context names them"
    assert set(WORK) == set(jobs())


@pytest.fixture
def failed(books: Books) -> Job:
    now = timezone.now()
    return Job.objects.create(
        kind="imports.commit", key="7", state=Job.State.FAILED, attempts=5, message="DiskFull: no room",
        run_after=now, created_at=now, finished_at=now,
    )  # fmt: skip


def test_a_failed_job_says_why_and_is_tried_again(books: Books, on_the_day: None, failed: Job) -> None:
    admin = signed_in("root", "administrator")
    page = text(admin.get("/jobs/"))
    assert "DiskFull" in page
    assert "no room" not in page
    assert "提交导入" in page
    assert admin.get("/jobs/?state=done").context["rows"] == []
    assert b"DiskFull" in b"".join(admin.get("/jobs/export?format=csv").streaming_content)
    assert admin.post(f"/jobs/{failed.pk}/retry").status_code == 302
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("queued", 0)
    again = admin.post(f"/jobs/{failed.pk}/retry", follow=True)
    assert 'role="alert"' in text(again)
    assert signed_in("wu", "finance_manager").get("/jobs/").status_code == 403


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("IntegrityError: Failing row contains (7, 北麓秘密, 8888.88).", "IntegrityError"),
        ("Refusal: customer_unknown(customer=北麓秘密 8888.88)", "customer_unknown"),
        ("Refusal: backup_unsound", "backup_unsound"),
        ("WorkerLost: 北麓秘密:8888.88", "WorkerLost"),
        ("北麓秘密 8888.88", "–"),
    ],
)
def test_what_an_error_quotes_is_told_to_nobody_who_only_manages_jobs(
    books: Books, on_the_day: None, failed: Job, message: str, told: str
) -> None:
    Job.objects.update(message=message)
    admin = signed_in("root", "administrator")
    said = [text(admin.get("/jobs/")), b"".join(admin.get("/jobs/export?format=csv").streaming_content).decode()]
    assert f'<td class="told">{told}</td>' in said[0]
    Job.objects.update(state="queued")
    said.append(text(admin.get("/jobs/?state=queued")))
    Job.objects.update(state="running", message="北麓秘密 8888.88")
    said.append(text(admin.get("/jobs/?state=running")))
    Job.objects.update(state="failed", message=message)
    grant_role(username="root", role="treasurer", actor="cli:test", at=timezone.now())
    admin.force_login(User.objects.get(username="root"))
    said.append(text(admin.get("/today")))
    assert "提交导入" in said[-1]
    assert not [page for page in said if "北麓秘密" in page or "8888.88" in page]


def test_a_policy_is_approved_as_it_was_shown_and_put_in_force(books: Books, on_the_day: None, reader: Client) -> None:
    document = in_force("log_in", company_id=None, at=timezone.now()).document | {"second_factor": "everybody"}
    at = timezone.now() - timedelta(minutes=1)
    made = policies.draft(kind="log_in", company_id=None, document=document, actor="cli:test", at=at)
    fresh(reader)
    today = text(reader.get("/today"))
    assert f"/policies/#policy-{made}" in today
    page = text(reader.get("/policies/"))
    assert version(made).digest in page
    assert "everybody" in page
    stale = reader.post(f"/policies/{made}/approve", {"deed": "approve", "digest": "0" * 64}, follow=True)
    assert version(made).state == "draft"
    assert 'role="alert"' in text(stale)
    assert reader.post(f"/policies/{made}/approve", {"deed": "return"}).status_code == 302
    assert version(made).state == "draft", "it is returned with a reason or not at all"
    reader.post(f"/policies/{made}/approve", {"deed": "approve", "digest": version(made).digest})
    assert version(made).state == "approved"
    hance = fresh(signed_in("hance", None))
    assert f'data-version="{made}"' not in text(hance.get("/policies/")), "who may not force is not asked to"
    assert hance.post(f"/policies/{made}/approve", {"deed": "force"}).status_code == 404
    reader.post(f"/policies/{made}/approve", {"deed": "force"})
    assert in_force("log_in", company_id=None, at=timezone.now()).version_id == made
    assert reader.post(f"/policies/{made}/approve", {"deed": "force"}).status_code == 404
