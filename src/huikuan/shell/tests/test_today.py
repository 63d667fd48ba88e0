"""今日: what waits is there, what does not is not, and each sees their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huikuan.act.collection.operations.running import run_day
from huikuan.connect.connectors.models import Batch, ImportDraft
from huikuan.judge.credit.domain.deciding import ENFORCE
from huikuan.judge.credit.policies import CREDIT_RULES
from huikuan.kernel.dates import business_date
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_company, add_user, grant_role
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.kinds import kind_named
from huikuan.mechanisms.policies.queries import version
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.models import Contract
from huikuan.record.contracts.operations.contracts import amend_contract, create_contract
from huikuan.record.contracts.operations.milestones import record_milestone, withdraw_milestone
from huikuan.record.contracts.queries import upcoming
from huikuan.record.contracts.queries.terms import terms_of, terms_of_many
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import affiliate
from huikuan.record.receivables.models import OpenItem
from huikuan.record.receivables.queries.check import check_ledger
from huikuan.see.cockpit.queries.difference import differences
from huikuan.shell.tests.books import AS_OF, AT, CUSTOMERS, Books, ask_second_factor_of
from huikuan.shell.today.rows import urgency

TODAY = "/today"


@pytest.fixture(autouse=True)
def enforcing(books: Books) -> None:
    """A company that only observes is reminded of it every day: here nothing waits but what a test says."""
    in_role("rules", "credit_manager")
    number = policies.draft(
        kind=CREDIT_RULES.name,
        company_id=None,
        document={**CREDIT_RULES.default, "mode": ENFORCE},
        actor="zhou",
        at=AT,
    )
    policies.approve(version_id=number, digest=version(number).digest, actor="rules", at=AT)
    policies.put_in_force(version_id=number, effective_at=AT, actor="rules", at=AT)


def groups(client: Client, address: str = TODAY) -> dict[str, list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return {one["group"].title: [entry["task"].title for entry in one["tasks"]] for one in answer.context["groups"]}


def in_role(name: str, role: str, shown: str = "", company: str | None = None) -> Client:
    add_user(username=name, password="a long pass phrase", display_name=shown, actor="cli:root", at=AT)
    grant_role(username=name, role=role, company=company, actor="cli:root", at=AT)
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def upload(books: Books) -> ImportDraft:
    return ImportDraft.objects.create(
        kind="items", company_id=books.company.pk, stored="x", file_sha256="0" * 64, file_name="十一月.xlsx",
        file_size=1, actor="zhou", created_at=timezone.now(), changed_at=timezone.now(),
    )  # fmt: skip


def fail(kind: str, state: str = Job.State.FAILED) -> Job:
    at = timezone.now()
    return Job.objects.create(kind=kind, key="", state=state, run_after=at, created_at=at, finished_at=at, attempts=3)


def test_the_front_door_leads_here(reader: Client) -> None:
    assert reader.get("/").headers["Location"] == TODAY
    assert reader.get(TODAY).status_code == 200


def test_counters_open_to_their_lines_and_those_of_nothing_are_gone(reader: Client) -> None:
    watches = reader.get(TODAY).context["watches"]
    assert [one["finding"].code for one in watches] == ["due_today"]
    assert watches[0]["finding"].amount == 186_200_000
    opened = reader.get(watches[0]["url"]).context["found"]
    assert [(row.document_number, row.value) for row in opened.rows] == [("264401970056", 186_200_000)]
    later = reader.get(f"{TODAY}?as_of=2026-11-21").context["watches"]
    assert [one["finding"].code for one in later] == ["overdue_since_yesterday"]
    assert reader.get(f"{TODAY}?as_of=2020-01-01").context["watches"] == []


def test_an_upload_waits_until_it_is_committed_or_tidied(reader: Client, books: Books) -> None:
    assert groups(reader) == {}
    draft = upload(books)
    assert groups(reader) == {"未完成的导入": ["十一月.xlsx"]}
    (entry,) = reader.get(TODAY).context["groups"]
    assert entry["tasks"][0]["task"].deadline == AS_OF + timedelta(days=14)
    assert groups(in_role("li", "auditor")) == {}
    assert groups(reader, f"{TODAY}?as_of=2026-11-19") == {}
    ImportDraft.objects.filter(pk=draft.pk).update(state=ImportDraft.State.COMMITTED)
    assert groups(reader) == {}


def sign(books: Books, customer: str, number: str, milestones: str, *, signed_on: date | None = None) -> int:
    terms = Terms(
        name="主轴总成", currency="CNY", amount=1_000_001,
        milestones=read_milestones(milestones), signed_on=signed_on,
    )  # fmt: skip
    holder = Customer.objects.get(code=customer).pk
    return create_contract(company=books.company, customer_id=holder, number=number, terms=terms, actor="test", at=AT)


def test_a_milestone_waits_from_thirty_days_before_until_its_event(reader: Client, books: Books) -> None:
    contract = sign(books, "C0003", "HT-1", "签订 30% @2026-03-02；验收 50% @2026-12-20；质保期满 20% @2026-12-21")
    shown = reader.get(TODAY).context["groups"]
    assert [one["group"].title for one in shown] == ["付款节点"]
    told = [(entry["task"].deadline, entry["task"].amount, entry["urgency"]) for entry in shown[0]["tasks"]]
    assert told == [(date(2026, 3, 2), 300_000, "bad"), (date(2026, 12, 20), 500_001, "")]
    assert reader.get(shown[0]["tasks"][0]["task"].url).status_code == 200
    (first, *_) = terms_of(contract).milestones
    record_milestone(contract_id=contract, milestone=first.code, happened_on=AS_OF, actor="test", at=AT)
    assert len(groups(reader)["付款节点"]) == 1
    assert len(groups(reader, f"{TODAY}?as_of=2026-11-19")["付款节点"]) == 1


def test_however_many_contracts_wait_the_terms_of_five_are_read(
    reader: Client, books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def counting(contract_ids: Collection[int], *given: Any, **named: Any) -> dict[int, Terms]:
        read.append(len(contract_ids))
        return terms_of_many(contract_ids, *given, **named)

    monkeypatch.setattr(upcoming, "terms_of_many", counting)
    spent = []
    for first, last in ((0, 6), (6, 30)):
        for number in range(first, last):
            sign(books, "C0003", f"HT-{number:02}", f"签订 50% @2026-03-02；验收 50% @2026-12-{number % 20 + 1:02}")
        with CaptureQueriesContext(connection) as queries:
            found, total = upcoming.milestones_awaited(
                scope=EVERYTHING, company_id=None, as_of=AS_OF, until=AS_OF + timedelta(days=30), limit=5
            )
        spent.append(len(queries))
        assert (len(found), total) == (5, last)
    assert read == [5, 5]
    assert spent[0] == spent[1]
    (shown,) = reader.get(TODAY).context["groups"]
    assert (len(shown["tasks"]), shown["group"].total) == (5, 30)
    assert "5 / 30" in reader.get(TODAY).content.decode()


def test_the_day_waited_for_follows_events_and_amendments_and_the_check_knows_it(books: Books) -> None:
    contract = sign(books, "C0003", "HT-1", "签订 30% @2026-03-02；验收 70% @2026-12-20")
    (signing, _acceptance) = terms_of(contract).milestones

    def awaited() -> date | None:
        assert check_ledger() == []
        return Contract.objects.get(pk=contract).awaited_on

    assert awaited() == date(2026, 3, 2)
    event = record_milestone(contract_id=contract, milestone=signing.code, happened_on=AS_OF, actor="test", at=AT)
    assert awaited() == date(2026, 12, 20)
    later = read_milestones("签订 30% @2026-03-02；验收 70% @2027-01-20")
    amend_contract(
        contract_id=contract, version=1, changes={"milestones": later}, effective_on=AS_OF, reason="补充协议",
        actor="test", at=AT,
    )  # fmt: skip
    assert awaited() == date(2027, 1, 20)
    withdraw_milestone(event_id=event, reason="错", actor="test", at=AT)
    assert awaited() == date(2026, 3, 2)
    Contract.objects.filter(pk=contract).update(awaited_on=None)
    assert [finding.kind for finding in check_ledger()] == ["contract_content"]
    record_milestone(contract_id=contract, milestone=signing.code, happened_on=AS_OF, actor="test", at=AT)
    Contract.objects.filter(pk=contract).update(awaited_on=None)
    import_module("huikuan.record.contracts.migrations.0002_awaited_on").fill(apps, None)
    assert awaited() == date(2027, 1, 20), "the upgrade says it out of the facts"


def test_a_past_day_waits_for_what_was_signed_and_active_then(books: Books) -> None:
    parts = "到货 30% @2026-03-20；验收 70% @2026-12-20"
    contract = sign(books, "C0003", "HT-1", parts, signed_on=date(2026, 3, 2))

    def waits(as_of: date) -> list[str]:
        found, total = upcoming.milestones_awaited(
            scope=EVERYTHING, company_id=None, as_of=as_of, until=as_of + timedelta(days=30), limit=5
        )
        assert total == len({one.number for one in found})
        return [f"{one.number} {one.planned_on}" for one in found]

    assert waits(AS_OF) == ["HT-1 2026-03-20", "HT-1 2026-12-20"]
    amend_contract(
        contract_id=contract, version=1, changes={"status": "terminated"}, effective_on=AS_OF, reason="终止",
        actor="test", at=AT,
    )  # fmt: skip
    assert waits(AS_OF) == []
    assert waits(AS_OF - timedelta(days=1)) == ["HT-1 2026-03-20"], "it was active the day before"
    assert waits(date(2026, 3, 2)) == ["HT-1 2026-03-20"]
    assert waits(date(2026, 3, 1)) == [], "nobody waited before it was signed"


def test_milestones_of_others_customers_do_not_show(books: Books, on_the_day: None) -> None:
    for customer, number in (("C0001", "HT-1"), ("C0003", "HT-3")):
        sign(books, customer, number, "验收 100% @2026-12-01")
        affiliate(
            customer_id=Customer.objects.get(code=customer).pk, dimension="owner", value=number,
            effective_on=date(2020, 1, 1), actor="test", at=AT,
        )  # fmt: skip
    client = in_role("li", "sales", shown="HT-1")
    assert groups(client) == {"付款节点": [f"{CUSTOMERS['C0001']} · 验收"]}
    answer = client.get(TODAY)
    assert CUSTOMERS["C0003"] not in answer.content.decode()
    assert answer.context["deeds"] == []


def test_policies_wait_for_who_approves_them_and_for_nobody_else(books: Books, on_the_day: None) -> None:
    """One of another company is none of their business, and what holds for all waits for who approves for all."""
    elsewhere = add_company(code="HD", name="华东公司", currency="CNY", time_zone="Asia/Shanghai").id
    document = kind_named("aging_buckets").default
    drafted = {
        place: policies.draft(kind="aging_buckets", company_id=company, document=document, actor="cli:test", at=AT)
        for place, company in (("here", books.company.pk), ("there", elsewhere), ("everywhere", None))
    }
    everybody, one_company = (
        in_role("he", "credit_manager"),
        in_role("hu", "credit_manager", company=books.company.code),
    )

    def told(client: Client) -> set[str]:
        shown = client.get(TODAY).context["groups"]
        urls = {entry["task"].url for one in shown for entry in one["tasks"]}
        return {place for place, version in drafted.items() if f"/policies/#policy-{version}" in urls}

    assert told(everybody) == {"here", "there", "everywhere"}
    assert told(one_company) == {"here"}


def test_failed_jobs_wait_for_who_manages_them_until_one_succeeds(reader: Client) -> None:
    first = fail("imports.tidy")
    assert groups(reader) == {}
    manager = in_role("ops", "administrator")
    assert manager.get(TODAY).status_code == 403
    grant_role(username="ops", role="treasurer", actor="cli:root", at=AT)
    manager.force_login(User.objects.get(username="ops"))
    assert groups(manager) == {"失败的后台任务": ["清理未完成的导入"]}
    fail("imports.tidy", Job.State.DONE)
    assert groups(manager) == {}
    fail("audit.seal")
    assert groups(manager) == {"失败的后台任务": ["封签审计轨迹"]}
    assert first.pk


def deeds(client: Client) -> Mapping[str, tuple[str, bool | None]]:
    return {deed.title: (deed.detail, deed.good) for deed in client.get(TODAY).context["deeds"]}


def test_the_night_is_told_with_counts_and_a_difference_of_zero(reader: Client) -> None:
    told = deeds(reader)
    assert not any("应收明细.csv" in title for title in told), "a colleague imported it, not the system"
    Batch.objects.filter(kind="items").update(actor="cli:nightly")
    assert deeds(reader)["应收 · 应收明细.csv"] == ("新增 9 · 重复跳过 0 · 拒收 0", None)
    assert told["未清项与事实已核对"] == ("差异 0.00", True)
    # How much was sealed, and that jobs ran, is for those who check it; others are told what it means to them.
    assert told["账已封签"] == ("账上任何改动都能被发现", None)
    exactly = deeds(in_role("chen", "auditor"))
    assert any(title.startswith("新封签") for title in exactly)
    assert "账已封签" not in exactly
    assert reader.get(f"{TODAY}?as_of=2026-11-19").context["deeds"] == []


def test_a_daily_run_is_told_to_who_sees_its_customers_and_leads_to_it(reader: Client, books: Books) -> None:
    now = timezone.now()
    ran = run_day(company=books.company, on=business_date(now), actor="system", at=now)
    [told] = [deed for deed in reader.get(TODAY).context["deeds"] if deed.icon == "phone-call"]
    assert told.title == f"每日催收：执行 {ran.lines} 步"
    assert told.url == f"/collection/runs/{ran.run_id}"


def test_a_cache_that_is_wrong_is_told_with_its_difference(reader: Client, books: Books) -> None:
    assert {one.amount for one in differences()} == {0}
    item = OpenItem.objects.get(item_id=books.item("264401970056"))
    OpenItem.objects.filter(pk=item.pk).update(open_amount=item.open_amount + 12_345)
    assert [one.amount for one in differences() if one.amount] == [12_345]
    assert deeds(reader)["未清项与事实不符"] == ("CNY 123.45", False)


def test_a_deadline_grows_urgent() -> None:
    assert [urgency(days) for days in (-1, 0, 1, 3, 4)] == ["bad", "bad", "warn", "warn", ""]


def test_past_versions_of_policies_are_not_read_again_every_day(books: Books, on_the_day: None) -> None:
    boss = in_role("boss", "management")

    def asked() -> list[int]:
        counts = []
        for page in ("/policies/", TODAY):
            assert boss.get(page).status_code == 200
            with CaptureQueriesContext(connection) as queries:
                boss.get(page)
            counts.append(len(queries))
        return counts

    before = asked()
    for _ in range(3):
        ask_second_factor_of("nobody")
    assert asked() == before
