"""A dry run as a browser receives it: asked for, done by a worker, shown as its reader sees it, and enforced."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huikuan.judge.credit.models import DryRun
from huikuan.judge.credit.operations.dry_runs import RUN, Question, dry_run, rules_to_try, terms_to_try
from huikuan.judge.credit.policies import CREDIT_RULES
from huikuan.judge.credit.queries.dry_runs import FIGURES, dry_run_with_id, orders_of
from huikuan.judge.credit.queries.terms_then import Basis
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.mechanisms.policies.models import PolicyVersion
from huikuan.shell.cli import main
from huikuan.shell.tests.books import AS_OF, AT, Books
from huikuan.shell.tests.conftest import DESK, PHONE, shuts_nobody_out, stays_in_its_width
from huikuan.shell.tests.test_access import signed_in
from huikuan.shell.tests.test_credit_pages import enforce, order
from huikuan.shell.wiring import jobs

pytestmark = pytest.mark.django_db(transaction=True)


def replayed(**more: Any) -> int:
    """A dry run of the year before the books' day, of invoices worth more than nothing over a tiny limit."""
    company = Company.objects.get(code="MAIN")
    question = Question(
        AS_OF - timedelta(days=364), AS_OF, rules_to_try(company, at=AT), terms_to_try(company, at=AT),
        more.pop("basis", Basis("carried")), more.pop("late_over", 30),
    )  # fmt: skip
    return dry_run(company=company, question=question, actor="cli:root", clock=lambda: AT, **more)


def exported(client: Client, url: str) -> list[list[str]]:
    text = b"".join(client.get(url).streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_figures_open_into_their_rows_and_leave_as_a_table(books: Books, on_the_day: None) -> None:
    run_id = replayed()
    analyst = signed_in("chen", "credit_analyst")
    run = dry_run_with_id(run_id, scope=EVERYTHING)
    frame = orders_of(run, scope=EVERYTHING)
    assert frame.height > 0
    # Its own words: "what became of it" is the history of an approval.
    assert ">后来结果<" in analyst.get(f"/credit/dry-run/{run_id}?figure=all").content.decode()
    for figure, chosen in FIGURES.items():
        page = analyst.get(f"/credit/dry-run/{run_id}?figure={figure}")
        assert page.status_code == 200
        assert page.context["count"] == frame.filter(chosen).height
        rows = exported(analyst, f"/credit/dry-run/{run_id}/export?format=csv&figure={figure}")
        assert len(rows) - 1 == page.context["count"]
        for row in page.context["rows"][:3]:
            assert analyst.get(row["url"]).status_code == 200
    assert f"/credit/dry-run/{run_id}" in analyst.get("/credit/dry-run").content.decode()


def test_the_form_asks_a_worker_and_the_list_shows_what_it_did(books: Books, on_the_day: None) -> None:
    analyst = signed_in("chen", "credit_analyst")
    asked = {
        "company": "MAIN", "since": "2025-11-21", "until": "2026-11-20", "late": "15", "method": "carried",
        "block_over": "120", "overdue_days": "10",
    }  # fmt: skip
    assert analyst.post("/credit/dry-run?company=MAIN", asked).status_code == 302
    assert Job.objects.get(kind=RUN).state == "queued"
    assert "said" in analyst.get("/credit/dry-run?company=MAIN").content.decode()
    Worker({RUN: jobs()[RUN]}).run(until_idle=True)
    job, run = Job.objects.get(kind=RUN), DryRun.objects.get()
    assert (job.state, job.result) == ("done", {"dry_run": run.pk})
    shown = dry_run_with_id(run.pk, scope=EVERYTHING)
    assert (shown.document["block_over"], shown.document["order"]["overdue_days"]) == (120, 10)
    assert (shown.late_over, shown.method, shown.policy_version_id, shown.actor) == (15, "carried", None, "chen")
    assert analyst.get(f"/credit/dry-run/{run.pk}").status_code == 200


@pytest.mark.parametrize(
    ("said", "field"),
    [({"until": "2099-01-01"}, "since"), ({"since": ""}, "since"), ({"late": "x"}, "late"), ({"late": "400"}, "late"),
     ({"warn_over": "130"}, ""), ({"company": ""}, "company")],
)  # fmt: skip
def test_what_cannot_be_replayed_stands_beside_its_field(
    books: Books, on_the_day: None, said: dict[str, str], field: str
) -> None:
    asked = {"company": "MAIN", "since": "2025-11-21", "until": "2026-11-20", **said}
    answer = signed_in("chen", "credit_analyst").post("/credit/dry-run?company=MAIN", asked)
    assert (answer.status_code, list(answer.context["form"].problems)) == (400, [field])
    assert not Job.objects.filter(kind=RUN).exists()


def test_enforcing_is_proposed_by_one_and_waits_for_another(books: Books, on_the_day: None) -> None:
    run_id = replayed()
    analyst, sales = signed_in("chen", "credit_analyst"), signed_in("sun", "treasurer")
    assert analyst.get(f"/credit/dry-run/{run_id}").context["observes"]
    assert not sales.get(f"/credit/dry-run/{run_id}").context["observes"]
    assert sales.post(f"/credit/dry-run/{run_id}/enforce").status_code == 403
    assert analyst.post(f"/credit/dry-run/{run_id}/enforce").status_code == 302
    version = PolicyVersion.objects.get(kind=CREDIT_RULES.name)
    assert (version.document["mode"], version.drafted_by) == ("enforce", "chen")
    assert {**version.document, "mode": "observe"} == CREDIT_RULES.default
    # Nothing is in force before somebody else approves it.
    assert analyst.get(f"/credit/dry-run/{run_id}").context["observes"]


def test_of_another_company_there_is_nothing(books: Books, on_the_day: None) -> None:
    run_id = replayed()
    Company.objects.create(code="B", name="乙公司")
    other = signed_in("wu", "credit_analyst", company="B")
    assert other.get(f"/credit/dry-run/{run_id}").status_code == 404
    assert other.get("/credit/dry-run").context["runs"] == []
    assert other.post(f"/credit/dry-run/{run_id}/enforce").status_code == 404


def test_while_checks_only_observe_the_day_and_the_list_say_what_would_have_waited(
    books: Books, on_the_day: None, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = order(books, "C0001", "SO-1")
    analyst, clerk = signed_in("chen", "credit_analyst"), signed_in("lin", "billing_clerk")
    listed = analyst.get("/credit/")
    assert (listed.context["rows"], listed.context["observing"].run_id) == ([], None)
    assert 'href="/credit/dry-run"' in listed.content.decode()
    ((row, _state, reason),) = analyst.get("/credit/?show=observed").context["rows"]
    assert (row.order_id, row.state) == (order_id, "held")
    assert reason
    assert [len(exported(analyst, f"/credit/export?format=csv{more}")) for more in ("", "&show=observed")] == [1, 2]
    assert main(["credit", "held", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["orders"], [one["order"] for one in said["would_wait"]]) == ([], ["SO-1"])
    assert "/credit/dry-run" in analyst.get("/today").content.decode().partition("<main")[2]
    run_id = replayed()
    for path in ("/today", "/credit/"):
        assert f"/credit/dry-run/{run_id}" in analyst.get(path).content.decode()
    assert f"/credit/dry-run/{run_id}" not in clerk.get("/today").content.decode()
    enforce()
    assert analyst.get("/credit/").context["observing"] is None
    assert f"/credit/dry-run/{run_id}" not in analyst.get("/today").content.decode()


@pytest.mark.browser
def test_no_page_of_dry_runs_shuts_anyone_out_or_scrolls_sideways(page: Any, books: Books) -> None:
    run_id = replayed()
    for path in ("/credit/dry-run", f"/credit/dry-run/{run_id}?figure=all", "/credit/", "/credit/?show=observed"):
        page.set_viewport_size(DESK)
        page.emulate_media(color_scheme="light")
        page.goto(path)
        shuts_nobody_out(page)
        page.emulate_media(color_scheme="dark")
        shuts_nobody_out(page, colours_alone=True)
        page.set_viewport_size(PHONE)
        stays_in_its_width(page)
