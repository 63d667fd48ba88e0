"""The pages and commands of planning: each for those who may, of their own customers alone."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from huikuan.act.planning.models import PlanLine, PlanVersion
from huikuan.act.planning.operations.plans import draft_plan
from huikuan.act.planning.operations.tiers import assign_tiers
from huikuan.act.planning.tests.conftest import Plans
from huikuan.kernel.dates import month_end
from huikuan.record.disputes.tests.conftest import person, refused
from huikuan.record.disputes.tests.test_pages import client_of
from huikuan.shell import cli
from huikuan.shell.tests.books import ask_second_factor_of

HOME = "/collection/planning/"


@pytest.fixture
def plans(db: None) -> Plans:
    ask_second_factor_of("nobody")
    return Plans()


def today() -> date:
    return timezone.localdate()


def last_day() -> str:
    return month_end(today()).isoformat()


def test_a_month_is_drafted_edited_agreed_and_explained_on_its_pages(plans: Plans) -> None:
    claim = plans.due(100_00, last_day(), contract_number="HT-1", document_number="FP-1")
    collector, manager = client_of("qian", "collector"), client_of("sun", "finance_manager")
    assert collector.post(f"{HOME}draft").status_code == 302
    (row,) = collector.get(HOME).context["rows"]
    assert (row.amount, row.state, row.contract_number) == (100_00, "drafted", "HT-1")
    edited = {"amount": "90", "by": last_day(), "method": "bill", "owner": "qian", "note": "已确认", "version": "1"}
    page = f"{HOME}{row.line_id}"
    assert collector.post(f"{page}/edit", {**edited, "amount": "x"}).status_code == 400
    assert collector.post(f"{page}/edit", edited).status_code == 302
    assert collector.post(f"{page}/edit", edited).status_code == 400
    assert collector.post(f"{HOME}agree", {"line": f"{row.line_id}.2"}).status_code == 403
    assert manager.post(f"{HOME}agree", {"line": f"{row.line_id}.2"}).status_code == 302
    assert collector.post(f"{page}/explain", {"slip": "other", "slip_note": ""}).status_code == 400
    assert collector.post(f"{page}/explain", {"slip": "cash_strain", "slip_note": "下月"}).status_code == 302
    plans.settle(plans.post("receipt", 30_00, today().isoformat()), claim, 30_00, today().isoformat())
    shown = manager.get(page)
    row = shown.context["row"]
    assert (row.state, row.slip, row.amount, row.actual.cash, row.missing) == (
        "agreed", "cash_strain", 90_00, 30_00, 60_00
    )  # fmt: skip
    assert [(one.item_id, one.actual.cash) for one in shown.context["claims"]] == [(claim, 30_00)]
    assert [came for _, came, _ in shown.context["days"]] == [30_00]
    assert PlanVersion.objects.count() == 4
    (total,) = manager.get(HOME).context["sums"]
    assert (total.amount, total.actual.cash) == (90_00, 30_00)
    file = manager.get(f"{HOME}export?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert len(file) == 2
    assert ",90.00," in file[1]
    gone = (today().replace(day=1) - timedelta(days=1)).isoformat()[:7]
    assert manager.get(f"{HOME}?month={gone}").context["drafts"] is False
    assert manager.get(f"{HOME}?month=nonsense").status_code == 200


def test_of_several_companies_none_is_drafted_because_nobody_chose(plans: Plans) -> None:
    plans.due(100_00, last_day())
    Plans("ELSE")
    collector = client_of("qian", "collector")
    shown = collector.get(HOME)
    assert (shown.context["kept_by"], shown.context["drafts"]) == (plans.company, False)
    assert collector.post(f"{HOME}draft").status_code == 404
    assert collector.get(f"{HOME}?company=MAIN").context["drafts"] is True
    assert collector.post(f"{HOME}draft?company=MAIN").status_code == 302
    assert PlanLine.objects.get().company_id == plans.company.id


def test_who_does_not_see_the_customer_sees_no_line_and_no_tier(plans: Plans) -> None:
    plans.due(100_00, last_day())
    client_of("qian", "collector").post(f"{HOME}draft")
    assign_tiers(company_id=plans.company.id, actor="system", at=timezone.now())
    line, sales = PlanLine.objects.get().pk, client_of("li", "sales")
    assert sales.get(HOME).context["rows"] == []
    assert sales.get(f"{HOME}{line}").status_code == 404
    assert sales.post(f"{HOME}{line}/edit", {"amount": "1"}).status_code == 404
    assert sales.get(f"{HOME}tiers").context["rows"] == []
    manager = client_of("sun", "finance_manager")
    (row,) = manager.get(f"{HOME}tiers").context["rows"]
    assert (row.customer_id, row.standing.amount, row.drifted) == (plans.customer.id, 100_00, False)
    assert manager.get(f"{HOME}tiers?tier=changed").context["rows"] == []
    file = manager.get(f"{HOME}tiers/export?format=csv").getvalue().decode("utf-8-sig").splitlines()
    assert (len(file), ",100.00," in file[1]) == (2, True)


def test_who_reaches_some_customers_does_not_draft_the_company(plans: Plans) -> None:
    plans.due(100_00, last_day())
    collector = client_of("qian", "collector", reach="own")
    assert collector.post(f"{HOME}draft").status_code == 404
    said = {"company_id": plans.company.id, "month": today().replace(day=1), "actor": "qian", "at": timezone.now()}
    assert refused(lambda: draft_plan(**said)) == "not_permitted_for_all"
    assert not PlanLine.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_from_the_command_line(transactional_db: None, capsys: pytest.CaptureFixture[str]) -> None:
    plans = Plans()
    plans.due(100_00, last_day())

    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["planning", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert run("draft") == (0, {"made": 1, "changed": 0, "kept": 0})
    assert run("draft", "--month", "2020-01")[1]["error"]["code"] == "plan_month_bad"
    (line,) = run("list")[1]["lines"]
    number = str(line["line"])
    assert (line["amount"], line["came"], line["state"]) == ("100.00", "0.00", "drafted")
    code, row = run("edit", number, "--amount", "80", "--owner", "li", "--seen", "1")
    assert (code, row["amount"], row["owner"], row["version"]) == (0, "80.00", "li", 2)
    assert run("edit", number, "--amount", "70", "--seen", "1")[1]["error"]["code"] == "plan_changed_since"
    # Whoever operates the machine agrees nothing.
    assert run("agree", number)[0] == 1
    manager = person("sun", "finance_manager")
    assert run("agree", number, "--actor", manager) == (0, {"agreed": 1})
    assert run("explain", number, "--slip", "other", "--note", "节后")[1]["slip"] == "other"
    assert run("assign") == (0, {"first": 1, "changed": 0, "left": 0})
    (tier,) = run("tiers")[1]["customers"]
    assert (tier["amount"], tier["grade"], tier["cycle_days"], tier["tier"]) == ("100.00", None, None, "3")
    assert run("tiers", "--changed")[1]["customers"] == []
    capsys.readouterr()
    assert cli.main(["planning", "list"]) == 0
    assert cli.main(["planning", "tiers"]) == 0
    assert "北麓矿业装备" in capsys.readouterr().out
