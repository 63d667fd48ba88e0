"""今日: what waits is there, what does not is not, and each sees their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.test import Client
from django.utils import timezone

from huikuan.connect.connectors.models import ImportDraft
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.operations import add_user, grant_role
from huikuan.mechanisms.jobs.models import Job
from huikuan.record.contracts.domain.milestones import read_milestones
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.operations.contracts import create_contract
from huikuan.record.contracts.operations.milestones import record_milestone
from huikuan.record.contracts.queries.terms import terms_of
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import affiliate
from huikuan.record.receivables.models import OpenItem
from huikuan.see.cockpit.queries.difference import differences
from huikuan.shell.tests.books import AS_OF, AT, CUSTOMERS, Books
from huikuan.shell.today.rows import urgency

TODAY = "/today"


def groups(client: Client, address: str = TODAY) -> dict[str, list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return {one["group"].title: [entry["task"].title for entry in one["tasks"]] for one in answer.context["groups"]}


def in_role(name: str, role: str, shown: str = "") -> Client:
    add_user(username=name, password="a long pass phrase", display_name=shown, actor="cli:root", at=AT)
    grant_role(username=name, role=role, actor="cli:root", at=AT)
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


def sign(books: Books, customer: str, number: str, milestones: str) -> int:
    terms = Terms(
        name="主轴总成", currency="CNY", amount=1_000_001, signed_on=date(2026, 3, 2),
        milestones=read_milestones(milestones),
    )  # fmt: skip
    holder = Customer.objects.get(code=customer).pk
    return create_contract(company=books.company, customer_id=holder, number=number, terms=terms, actor="test", at=AT)


def test_a_milestone_waits_from_thirty_days_before_until_its_event(reader: Client, books: Books) -> None:
    contract = sign(books, "C0003", "HT-1", "签订 30% @2026-03-02；验收 50% @2026-12-20；质保期满 20% @2026-12-21")
    shown = reader.get(TODAY).context["groups"]
    assert [one["group"].title for one in shown] == ["里程碑"]
    told = [(entry["task"].deadline, entry["task"].amount, entry["urgency"]) for entry in shown[0]["tasks"]]
    assert told == [(date(2026, 3, 2), 300_000, "bad"), (date(2026, 12, 20), 500_001, "")]
    assert reader.get(shown[0]["tasks"][0]["task"].url).status_code == 200
    (first, *_) = terms_of(contract).milestones
    record_milestone(contract_id=contract, milestone=first.code, happened_on=AS_OF, actor="test", at=AT)
    assert len(groups(reader)["里程碑"]) == 1
    assert len(groups(reader, f"{TODAY}?as_of=2026-11-19")["里程碑"]) == 1


def test_milestones_of_others_customers_do_not_show(books: Books, on_the_day: None) -> None:
    for customer, number in (("C0001", "HT-1"), ("C0003", "HT-3")):
        sign(books, customer, number, "验收 100% @2026-12-01")
        affiliate(
            customer_id=Customer.objects.get(code=customer).pk, dimension="owner", value=number,
            effective_on=date(2020, 1, 1), actor="test", at=AT,
        )  # fmt: skip
    client = in_role("li", "sales", shown="HT-1")
    assert groups(client) == {"里程碑": [f"{CUSTOMERS['C0001']} · 验收"]}
    answer = client.get(TODAY)
    assert CUSTOMERS["C0003"] not in answer.content.decode()
    assert answer.context["deeds"] == []


def test_failed_jobs_wait_for_who_manages_them_until_one_succeeds(reader: Client) -> None:
    first = fail("imports.tidy")
    assert groups(reader) == {}
    manager = in_role("ops", "administrator")
    assert manager.get(TODAY).status_code == 403
    grant_role(username="ops", role="treasurer", actor="cli:root", at=AT)
    manager.force_login(User.objects.get(username="ops"))
    assert groups(manager) == {"失败的后台任务": ["imports.tidy"]}
    fail("imports.tidy", Job.State.DONE)
    assert groups(manager) == {}
    fail("audit.seal")
    assert groups(manager) == {"失败的后台任务": ["audit.seal"]}
    assert first.pk


def deeds(client: Client) -> Mapping[str, tuple[str, bool | None]]:
    return {deed.title: (deed.detail, deed.good) for deed in client.get(TODAY).context["deeds"]}


def test_the_night_is_told_with_counts_and_a_difference_of_zero(reader: Client) -> None:
    told = deeds(reader)
    assert told["应收 · 应收明细.csv"] == ("新增 9 · 重复跳过 0 · 拒收 0", None)
    assert told["未清项与事实已核对"] == ("差异 0.00", True)
    # How much was sealed, and that jobs ran, is for those who check it; others are told what it means to them.
    assert told["账已封签"] == ("账上任何改动都能被发现", None)
    exactly = deeds(in_role("chen", "auditor"))
    assert any(title.startswith("新封签") for title in exactly)
    assert "账已封签" not in exactly
    assert reader.get(f"{TODAY}?as_of=2026-11-19").context["deeds"] == []


def test_a_cache_that_is_wrong_is_told_with_its_difference(reader: Client, books: Books) -> None:
    assert {one.amount for one in differences()} == {0}
    item = OpenItem.objects.get(item_id=books.item("264401970056"))
    OpenItem.objects.filter(pk=item.pk).update(open_amount=item.open_amount + 12_345)
    assert [one.amount for one in differences() if one.amount] == [12_345]
    assert deeds(reader)["未清项与事实不符"] == ("CNY 123.45", False)


def test_a_deadline_grows_urgent() -> None:
    assert [urgency(days) for days in (-1, 0, 1, 3, 4)] == ["bad", "bad", "warn", "warn", ""]
