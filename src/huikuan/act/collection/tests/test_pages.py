"""Pages of strategies, runs and holds, as a browser asks for them."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huikuan.act.collection.models import Approach, Hold, HoldEnd, TriageDecision
from huikuan.act.collection.operations.running import run_day
from huikuan.act.collection.policies import KIND
from huikuan.act.collection.presets import DEFAULT
from huikuan.act.collection.queries.runs import narrowed_runs, runs
from huikuan.act.collection.tests.conftest import AT, Trade, day, govern, noon
from huikuan.act.collection.tests.test_running import approving
from huikuan.mechanisms.identity.domain.scope import EVERYTHING, Part, scope_of
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.notices.models import Notice


def reader(role: str = "collector") -> Client:
    add_user(username=f"r-{role}", password="a long pass phrase", actor="cli:root", at=AT)
    grant_role(username=f"r-{role}", role=role, actor="cli:root", at=AT)
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username=f"r-{role}"))
    return client


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def file_of(client: Client, path: str) -> list[str]:
    """The lines of an export."""
    answer = client.get(path + ("&" if "?" in path else "?") + "format=csv")
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


def test_the_shipped_strategy_is_shown_as_an_example(trade: Trade) -> None:
    said = text(reader(), "/collection/strategies")
    assert "dun" not in said
    assert said.count("<tr>") == 3 * 1 + 4 + 4 + 6


def test_a_strategy_in_force_is_shown_with_what_it_changes(trade: Trade) -> None:
    govern(trade.company, KIND, {**DEFAULT, "insured_after": 45})
    assert "45" in text(reader(), "/collection/strategies")


def test_who_gets_what_and_who_does_not(trade: Trade) -> None:
    trade.owes(trade.customer("Gets"), "2026-03-10", number="GETS-1")
    held = trade.customer("Held")
    trade.owes(held, "2026-03-10", number="HELD-1")
    trade.money(held, 900_00, "2026-03-01")
    client = reader()
    said = text(client, "/collection/preview?date=2026-03-11")
    assert [one in said for one in ("GETS-1", "HELD-1", "1 day after due", "900.00")] == [True] * 4
    assert client.get("/collection/preview?date=never").status_code == 404
    rows = file_of(client, "/collection/preview/export?date=2026-03-11")
    assert [row.split(",")[2] for row in rows[1:]] == ["GETS-1", "HELD-1"]


def test_a_run_is_listed_and_shown(trade: Trade) -> None:
    trade.owes(trade.customer("A"), "2026-03-10", number="A-1")
    ran = run_day(company=trade.company, on=day("2026-03-11"), actor="tester", at=noon("2026-03-11"))
    client = reader()
    assert f"/collection/runs/{ran.run_id}" in text(client, "/collection/runs")
    assert "A-1" in text(client, f"/collection/runs/{ran.run_id}")
    assert [row.split(",")[6] for row in file_of(client, f"/collection/runs/{ran.run_id}/export")] == [
        "Step",
        "1 day after due",
    ]
    assert client.get("/collection/runs/999").status_code == 404


def test_who_sees_some_customers_is_told_no_figures_of_all(trade: Trade) -> None:
    trade.owes(trade.customer("A"), "2026-03-10", number="A-1")
    ran = run_day(company=trade.company, on=day("2026-03-11"), actor="tester", at=noon("2026-03-11"))
    whole = runs([trade.company.pk])
    assert narrowed_runs(whole, EVERYTHING) == whole
    (row,) = narrowed_runs(whole, scope_of([Part(None, frozenset({"nobody"}))], on=day("2026-03-11")))
    assert (row.id, row.lines, row.approaches, row.excluded) == (ran.run_id, 0, 0, None)


def test_what_waits_is_let_go_or_dropped_on_the_page(trade: Trade) -> None:
    approving(trade)
    for name in ("Go", "Drop"):
        trade.owes(trade.customer(name), "2026-03-10")
    ran = run_day(company=trade.company, on=day("2026-03-11"), actor="tester", at=noon("2026-03-11"))
    go, drop = Approach.objects.order_by("customer_id").values_list("pk", flat=True)
    client, path = reader(), f"/collection/runs/{ran.run_id}/decide"
    assert client.post(path, {"approach": [go], "deed": "go"}).status_code == 302
    assert client.post(path, {"approach": [drop], "deed": "drop", "reason": ""}).status_code == 400
    assert TriageDecision.objects.count() == 1
    assert client.post(path, {"approach": [drop], "deed": "drop", "reason": "called"}).status_code == 302
    assert dict(TriageDecision.objects.values_list("approach_id", "let_go")) == {go: True, drop: False}
    assert Notice.objects.count() == 1
    assert client.post(path, {"approach": ["999"], "deed": "go"}).status_code == 404
    assert client.post(path, {"deed": "go"}).status_code == 400
    assert reader("cash_clerk").post(path, {"approach": [go], "deed": "go"}).status_code in (403, 404)


def ticks(page: str) -> dict[int, bool]:
    """What may be ticked, and whether it is."""
    boxes = re.findall(r'<input type="checkbox" name="approach" value="(\d+)"([^>]*)>', page)
    return {int(number): "checked" in more for number, more in boxes}


def test_nothing_is_ticked_that_nobody_ticked_and_a_refusal_keeps_the_ticks(trade: Trade) -> None:
    approving(trade)
    for name in ("One", "Two", "Three"):
        trade.owes(trade.customer(name), "2026-03-10")
    ran = run_day(company=trade.company, on=day("2026-03-11"), actor="tester", at=noon("2026-03-11"))
    one, two, three = Approach.objects.order_by("customer_id").values_list("pk", flat=True)
    client, path = reader(), f"/collection/runs/{ran.run_id}"
    assert ticks(text(client, path)) == {one: False, two: False, three: False}
    refused = client.post(f"{path}/decide", {"approach": [two], "deed": "drop", "reason": " "})
    assert ticks(refused.content.decode()) == {one: False, two: True, three: False}
    assert "Say why." in refused.content.decode()
    unticked = client.post(f"{path}/decide", {"deed": "drop", "reason": "called"}).content.decode()
    assert ("Tick what it is about." in unticked, 'value="called"' in unticked) == (True, True)
    gone = client.post(f"{path}/decide", {"approach": [one], "deed": "go"}, follow=True)
    assert ticks(gone.content.decode()) == {two: False, three: False}
    assert list(TriageDecision.objects.values_list("approach_id", flat=True)) == [one]


def test_holding_back_and_letting_go_on(trade: Trade) -> None:
    trade.owes(trade.customer("H"), "2026-03-10", number="H-1")
    client = reader()
    asked = {"customer": "MAIN-H", "document": "H-1", "reason": "对账中", "until": ""}
    assert client.post("/collection/holds", {**asked, "reason": ""}).status_code == 400
    assert client.post("/collection/holds", {**asked, "document": "none"}).status_code == 400
    assert Hold.objects.count() == 0
    assert client.post("/collection/holds", asked).status_code == 302
    held = Hold.objects.get()
    assert "对账中" in text(client, "/collection/holds")
    assert [row.split(",")[2] for row in file_of(client, "/collection/holds/export")] == ["Document", "H-1"]
    assert client.post("/collection/holds", {"release": "999"}).status_code == 400
    assert client.post("/collection/holds", {"release": str(held.pk)}).status_code == 302
    assert HoldEnd.objects.get().hold_id == held.pk
    assert "对账中" not in text(client, "/collection/holds")


@pytest.mark.parametrize("path", ["strategies", "preview", "runs", "holds"])
def test_a_stranger_sees_none_of_it(trade: Trade, path: str) -> None:
    assert trade
    assert Client().get(f"/collection/{path}").status_code in (302, 403)


def test_the_workbench_asks_as_much_of_a_few_customers_as_of_many(trade: Trade) -> None:
    client = reader()

    def asked() -> int:
        text(client, "/collection/?customer=MAIN-First")
        with CaptureQueriesContext(connection) as questions:
            text(client, "/collection/?customer=MAIN-First")
        return len(questions)

    first = trade.customer("First")
    trade.owes(first, "2026-03-10")
    few = asked()
    for number in range(5):
        for customer in (first, trade.customer(f"More{number}")):
            trade.owes(customer, "2026-03-12")
            trade.owes(customer, "2026-03-14")
    assert asked() == few
