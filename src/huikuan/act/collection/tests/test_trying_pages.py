"""Pages of strategies over the past and of what messages bring: asked for, worked by hand, opened to their rows."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client

from huikuan.act.collection.models import ControlAssignment
from huikuan.act.collection.operations.simulating import SIMULATE
from huikuan.act.collection.policies import KIND
from huikuan.act.collection.presets import DEFAULT
from huikuan.act.collection.tests.conftest import AT, Trade, day, govern
from huikuan.act.collection.tests.test_pages import file_of, reader
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.shell.wiring import jobs

PERIOD = {"since": "2026-03-01", "until": "2026-04-20"}
NOW = "2026-04-21T02:00:00Z"


@pytest.fixture
def drafter(trade: Trade) -> Client:
    return reader("credit_analyst")


def tried(client: Client, **said: str) -> int:
    """Ask for it and have a worker do it; its job."""
    assert client.post("/collection/simulations", {**PERIOD, "strategy": "", "other": "-", **said}).status_code == 302
    Worker({SIMULATE: jobs()[SIMULATE]}).run(until_idle=True)
    return int(Job.objects.latest("pk").pk)


@pytest.mark.django_db(transaction=True)
@time_machine.travel(NOW)
def test_two_strategies_are_tried_and_told_apart(trade: Trade, drafter: Client) -> None:
    trade.owes(trade.customer("A"), "2026-03-10", number="A-1")
    page = drafter.get(f"/collection/simulations/{tried(drafter, other='preset:e-commerce')}").context
    assert [(row.step, row.channel, row.values) for row in page["steps"]] == [
        ("dun:-7", "email", [1, 0]),
        ("dun:-3", "email", [0, 1]),
        ("dun:1", "email", [1, 1]),
        ("dun:5", "email", [0, 1]),
        ("dun:7", "email", [1, 0]),
        ("dun:10", "email", [0, 1]),
        ("dun:15", "letter", [1, 0]),
        ("dun:20", "letter", [0, 1]),
    ]
    assert [(row.values, row.signed) for row in page["figures"]][:2] == [([4, 5], "+1"), ([1, 1], "0")]
    assert [(f"{row.values[0]} {row.values[1]}", row.signed) for row in page["figures"]][3:] == [
        ("-7.0 -3.0", "+4.0"),
        ("0.0 0.0", "0"),
    ]
    assert [(currency, row.values) for currency, row in page["amounts"]] == [("CNY", [100_00, 100_00])]
    assert [(row.title, row.values) for row in page["months"]] == [("2026-03", [4, 5])]


@pytest.mark.django_db(transaction=True)
@time_machine.travel(NOW)
def test_a_figure_opens_to_whom_and_when_and_to_a_file(trade: Trade, drafter: Client) -> None:
    trade.owes(trade.customer("A"), "2026-03-10", number="A-1")
    path = f"/collection/simulations/{tried(drafter, other='preset:e-commerce')}"
    page = drafter.get(f"{path}?side=1&step=dun:5").context
    (one,) = page["contacts"]
    assert (one["customer"].code, one["contact"].on, one["amounts"]) == (
        "MAIN-A",
        day("2026-03-15"),
        [("CNY", 100_00)],
    )
    rows = [row.split(",") for row in file_of(drafter, f"{path}/export")]
    assert [(row[0], row[3]) for row in rows[1:]] == [
        ("2026-03-03", "7 days before due"), ("2026-03-11", "1 day after due"),
        ("2026-03-17", "7 days after due"), ("2026-03-25", "15 days after due"),
    ]  # fmt: skip
    assert rows[4][7] == "100.00"


@pytest.mark.django_db(transaction=True)
@time_machine.travel(NOW)
def test_the_strategy_in_force_when_it_was_asked_for_is_the_one_tried(trade: Trade, drafter: Client) -> None:
    number = govern(trade.company, KIND, {**DEFAULT, "segments": [{"name": "none", "steps": []}]})
    trade.owes(trade.customer("A"), "2026-03-10")
    page = drafter.get(f"/collection/simulations/{tried(drafter)}")
    assert (page.context["names"], page.context["count"]) == (["Version 1"], 0)
    assert Job.objects.latest("pk").params["sides"] == [f"version:{number}"]
    assert b"Version 1" in drafter.get("/collection/simulations").content


@pytest.mark.django_db(transaction=True)
@time_machine.travel(NOW)
def test_what_cannot_be_tried_is_refused_beside_its_field(trade: Trade, drafter: Client) -> None:
    goodwill = govern(trade.company, "goodwill_catalogue", {"offers": []})
    for said, field in (
        ({"since": "2025-01-01"}, "since"), ({"until": "2026-04-22"}, "until"), ({"until": ""}, "until"),
        ({"strategy": "preset:none"}, "strategy"), ({"strategy": f"version:{goodwill}"}, "strategy"),
        ({"other": "version:x"}, "strategy"),
    ):  # fmt: skip
        answer = drafter.post("/collection/simulations", {**PERIOD, "strategy": "", "other": "-", **said})
        assert (answer.status_code, list(answer.context["form"].problems)) == (400, [field]), said
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
@time_machine.travel(NOW)
def test_a_second_question_is_refused_while_the_first_is_under_way(trade: Trade, drafter: Client) -> None:
    asked = {**PERIOD, "strategy": "", "other": "-"}
    assert drafter.post("/collection/simulations", asked).status_code == 302
    answer = drafter.post("/collection/simulations", {**asked, "strategy": "preset:e-commerce"})
    assert (answer.status_code, [one.state for one in answer.context["live"]]) == (400, ["queued"])
    (one,) = Job.objects.all()
    assert (one.params["sides"], one.again) == (["preset:default"], False)
    Worker({SIMULATE: jobs()[SIMULATE]}).run(until_idle=True)
    assert tried(drafter, strategy="preset:e-commerce") != one.pk


@pytest.mark.django_db(transaction=True)
@time_machine.travel(NOW)
def test_the_whole_ledger_is_for_who_drafts_its_policies(trade: Trade, drafter: Client) -> None:
    number = tried(drafter)
    other = Trade("ELSE")
    add_user(username="else", password="a long pass phrase", actor="cli:root", at=AT)
    grant_role(username="else", role="credit_analyst", company=other.code, actor="cli:root", at=AT)
    stranger = Client()
    stranger.force_login(User.objects.get(username="else"))
    for path in (f"simulations/{number}", f"simulations/{number}/export", "simulations/999"):
        assert stranger.get(f"/collection/{path}").status_code == 404
    collector = reader("collector")
    for path in ("simulations", f"simulations/{number}", "uplift"):
        assert collector.get(f"/collection/{path}").status_code == 403


@time_machine.travel(NOW)
def test_uplift_opens_to_its_claims(trade: Trade, drafter: Client) -> None:
    for number in range(6):
        customer = trade.customer(f"K{number}")
        item = trade.owes(customer, "2026-03-10", number=f"K-{number}")
        row = {
            "company_id": trade.company.pk, "customer_id": customer, "control": number < 3, "percent": 50, "seed": "s",
            "on_date": day("2026-03-03"),
        }  # fmt: skip
        record(ControlAssignment, [row], at=AT)
        if number in (0, 3, 4):
            trade.pays(item, customer, 100_00, "2026-03-20")
    path = "/collection/uplift?since=2026-03-01&until=2026-03-31&within=10"
    page = drafter.get(path)
    shares = page.context["shares"]
    assert [shares[one] for one in ("treated", "control", "value")] == ["66.7", "33.3", "33.3"]
    assert [row["document_number"] for row in page.context["rows"]] == ["K-3", "K-4", "K-5"]
    behind = {"treated_paid": ["K-3", "K-4"], "control": ["K-0", "K-1", "K-2"], "control_paid": ["K-0"]}
    for figure, found in behind.items():
        rows = file_of(drafter, "/collection/uplift/export?" + path.partition("?")[2] + f"&figure={figure}")
        assert [row.split(",")[2] for row in rows[1:]] == found
    assert drafter.get("/collection/uplift?since=never").status_code == 404
    empty = drafter.get("/collection/uplift?since=2020-01-01&until=2020-02-01")
    assert empty.context["shares"]["value"] == "–"
