"""Many at once: a job that may be killed anywhere and goes on, one archive, safe names."""

from __future__ import annotations

import csv
import io
import os
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity import operations as identity
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.queries import scope
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.models import Job
from huikuan.mechanisms.jobs.tests.test_crash import environment
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.record.customers.domain.master import Master
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import affiliate, create_customer, merge_customers, undo_merge
from huikuan.see.statements import jobs
from huikuan.see.statements.domain.statement import Statement
from huikuan.see.statements.jobs import issue_run
from huikuan.see.statements.models import FinishedRun, IssuedStatement, StatementRun
from huikuan.see.statements.operations.issuing import Ready, start_run
from huikuan.see.statements.queries.accounts import accounts
from huikuan.see.statements.queries.issued import IssuedFilter, count_issued, issued, run, runs
from huikuan.see.statements.tests.conftest import AT, OCTOBER, Books, give, person, seller

#: Kills itself after so many returns of a function, wherever the job then is.
DRIVER = """
import importlib, os, signal, sys
import django
django.setup()
from datetime import UTC, datetime
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.see.statements import jobs
name, count = sys.argv[1], int(sys.argv[2])
real, calls = getattr(jobs, name), []
def deadly(*given, **named):
    answer = real(*given, **named)
    calls.append(1)
    if len(calls) == count:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
setattr(jobs, name, deadly)
Worker({"statements.issue": Handler(jobs.issue_run, attempts=100)}).turn()
"""
#: In the step, before it commits; after a step; with the archive made and nothing said of it; at the very end.
MOMENTS = [("_record", 2), ("_zipped", 1), ("_issue", 1), ("_archive", 1)]
if os.environ.get("HUIKUAN_PROVE") != "1":
    MOMENTS = MOMENTS[:2]


def begin(books: Books, **change: object) -> int:
    head = books.head()
    rows = accounts(scope=EVERYTHING, company_id=books.company.pk, period=OCTOBER, known=head)
    asked = {
        "company_id": books.company.pk, "accounts": [(row.customer_id, row.currency) for row in rows],
        "period": OCTOBER, "language": "zh", "known": head, "actor": "cli:test", "at": AT,
    }  # fmt: skip
    return start_run(**{**asked, **change})


def work(*, later: bool = False) -> None:
    """A worker in this process; `later`: the dead one's silence has been noticed."""
    clock = datetime.now(UTC) + timedelta(minutes=2 if later else 0)
    Worker({StatementRun.JOB: Handler(issue_run, attempts=100)}, clock=lambda: clock).turn()


def archived(run_id: int) -> dict[str, bytes]:
    with zipfile.ZipFile(open_original(run(run_id, scope=EVERYTHING).archive_sha256)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_run_issues_every_account_and_archives_them(books: Books) -> None:
    Customer.objects.create(code="C0003", name="没有往来")
    run_id = begin(books)
    assert (
        run(run_id, scope=EVERYTHING).state,
        run(run_id, scope=EVERYTHING).done,
        run(run_id, scope=EVERYTHING).asked,
    ) == ("queued", 0, 2)
    work()
    row = run(run_id, scope=EVERYTHING)
    assert (row.state, row.done, row.issued, row.empty) == ("done", 2, 2, 0)
    assert [one.id for one in runs(scope=EVERYTHING, company_ids=[books.company.pk])] == [run_id]
    entries = archived(run_id)
    assert sorted(entries) == [
        "2026-000001 C0001 北麓矿业装备集团有限公司 CNY 2026-10-31.pdf",
        "2026-000002 C0002 宏朔钢构有限公司 CNY 2026-10-31.pdf",
        "index.csv",
    ]
    assert all(content.startswith(b"%PDF-") for name, content in entries.items() if name.endswith(".pdf"))
    listed = list(csv.reader(io.StringIO(entries["index.csv"].decode("utf-8-sig"))))
    assert [line[:2] + line[4:6] for line in listed[1:]] == [
        ["2026-000001", "C0001", "100000.00", "85499.95"],
        ["2026-000002", "C0002", "0.00", "8000.00"],
    ]


def test_an_account_with_nothing_to_say_is_counted_and_left_out(books: Books) -> None:
    silent = create_customer(master=Master("C0003", "没有往来"), actor="cli:test", at=AT)
    run_id = begin(books, accounts=[(silent, "CNY"), (books.customers[1].pk, "CNY")])
    work()
    assert (run(run_id, scope=EVERYTHING).issued, run(run_id, scope=EVERYTHING).empty) == (1, 1)


def test_names_that_reach_out_of_the_folder_stay_inside(books: Books) -> None:
    strange = Master("C/../1", "../../etc/passwd\\..\\x\u202e")
    books.customers.append(Customer.objects.get(pk=create_customer(master=strange, actor="cli:test", at=AT)))
    books.post("invoice", 8_000_00, "2026-10-11", to=2)
    run_id = begin(books)
    work()
    for name in archived(run_id):
        assert PurePosixPath(name).name == name
        assert ".." not in name.split(" ")
        assert "\\" not in name
        assert "\u202e" not in name


@pytest.mark.sealed
@pytest.mark.parametrize(("moment", "count"), MOMENTS)
def test_killed_anywhere_it_goes_on_and_issues_each_once(moment: str, count: int, books: Books) -> None:
    run_id = begin(books)
    killed = subprocess.run(
        [sys.executable, "-c", DRIVER, moment, str(count)], env=environment(), capture_output=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert Job.objects.get().state == "running"
    left = IssuedStatement.objects.count()
    assert left == {"_record": 1, "_issue": 1, "_zipped": 2, "_archive": 2}[moment]
    work(later=True)
    assert Job.objects.get().state == "done"
    issued = IssuedStatement.objects.order_by("number").values_list("customer_id", "number", "run_id")
    assert list(issued) == [(one.pk, place, run_id) for place, one in enumerate(books.customers, 1)]
    assert FinishedRun.objects.count() == 1
    assert len(archived(run_id)) == 3
    assert Leaf.objects.filter(kind=IssuedStatement._meta.db_table).count() == 2


def test_equal_runs_give_equal_archives_but_for_their_numbers(books: Books) -> None:
    first = begin(books)
    work()
    names = set(archived(first))
    second = begin(books, again=True)
    work()
    assert {name[12:] for name in archived(second)} == {name[12:] for name in names}
    assert not names & (set(archived(second)) - {"index.csv"})


def test_a_run_that_is_refused_leaves_nothing(books: Books) -> None:
    person("sales", "cash_clerk")
    refused: list[tuple[dict[str, object], str]] = [
        ({"accounts": []}, "statement_none_chosen"),
        ({"actor": "sales"}, "not_permitted"),
        ({"language": "xx"}, "statement_language_unknown"),
    ]
    for change, code in refused:
        with pytest.raises(Refusal, match=code):
            begin(books, **change)
    assert (StatementRun.objects.count(), Job.objects.count()) == (0, 0)


def test_whoever_lost_the_permission_meanwhile_issues_nothing(books: Books) -> None:
    run_id = begin(books, actor="zhou")
    identity.revoke_role(username="zhou", role="finance_manager", actor="cli:root", at=AT)
    Worker({StatementRun.JOB: Handler(issue_run, attempts=1)}).turn()
    row = run(run_id, scope=EVERYTHING)
    assert (row.state, row.issued) == ("failed", 0)
    assert "not_permitted" in row.message


def test_what_a_run_that_failed_for_good_left_is_issued_by_the_next(books: Books) -> None:
    """While it is under way its accounts are as good as issued; once it is not, nobody else would issue them."""
    first = begin(books, actor="zhou")
    with pytest.raises(Refusal, match="statement_all_issued"):
        begin(books)
    identity.revoke_role(username="zhou", role="finance_manager", actor="cli:root", at=AT)
    Worker({StatementRun.JOB: Handler(issue_run, attempts=1)}).turn()
    assert run(first, scope=EVERYTHING).state == "failed"
    begin(books)
    work()
    assert [code for code, _ in issued_to()] == ["C0001", "C0002"]
    assert set(IssuedStatement.objects.values_list("replaces", flat=True)) == {None}


def test_a_run_is_over_the_starters_customers_when_it_is_asked_for_and_when_it_is_done(books: Books) -> None:
    mine, foreign = ((one.pk, "CNY") for one in books.customers)
    seller(books)
    with pytest.raises(Refusal, match="not_permitted"):
        begin(books, actor="seller", accounts=[mine, foreign])
    assert (StatementRun.objects.count(), Job.objects.count()) == (0, 0)
    run_id = begin(books, actor="seller", accounts=[mine])
    give(books, "somebody else", AT.date())
    Worker({StatementRun.JOB: Handler(issue_run, attempts=1)}).turn()
    row = run(run_id, scope=EVERYTHING)
    assert (row.state, row.issued, row.empty, row.left_out) == ("done", 0, 0, 1)
    assert IssuedStatement.objects.count() == 0


def test_one_customer_handed_over_is_left_out_and_the_others_go_on(books: Books) -> None:
    """Listed to whoever may see it; the starter sees the run again, whose archive holds none of it."""
    seller(books)
    affiliate(
        customer_id=books.customers[1].pk, dimension="owner", value="seller", effective_on=date(2020, 1, 1),
        actor="cli:test", at=AT,
    )  # fmt: skip
    run_id = begin(books, actor="seller")
    give(books, "somebody else", AT.date())
    work()
    row = run(run_id, scope=EVERYTHING)
    assert (row.state, row.issued, row.empty, row.left_out) == ("done", 1, 0, 1)
    assert row.left_out_codes == ("C0001",)
    assert FinishedRun.objects.get().left_out == [[books.customers[0].pk, "CNY"]]
    assert IssuedStatement.objects.get().customer_id == books.customers[1].pk
    assert sorted(archived(run_id)) == ["2026-000001 C0002 宏朔钢构有限公司 CNY 2026-10-31.pdf", "index.csv"]
    theirs = run(run_id, scope=scope("seller", Permission.ISSUE_STATEMENTS, at=datetime.now(UTC)))
    assert (theirs.left_out, theirs.left_out_codes) == (1, ())


def merge(books: Books) -> int:
    """The second customer is shown under the first."""
    first, second = (one.pk for one in books.customers)
    return merge_customers(from_id=second, into_id=first, reason="同一户", actor="cli:test", at=AT)


def issued_to() -> list[tuple[str, int]]:
    """Whom the statements are to, and what they close with."""
    codes = dict(Customer.objects.values_list("pk", "code"))
    rows = IssuedStatement.objects.order_by("number").values_list("customer_id", "closing")
    return [(codes[customer], closing) for customer, closing in rows]


def test_a_run_says_what_was_known_at_its_head_though_customers_were_merged_before_its_turn(books: Books) -> None:
    begin(books)
    merge(books)
    work()
    assert issued_to() == [("C0001", 85_499_95), ("C0002", 8_000_00)]
    assert (FinishedRun.objects.get().issued, FinishedRun.objects.get().left_out) == (2, None)


def test_accounts_chosen_before_customers_were_merged_are_one_account_of_a_run_begun_afterwards(books: Books) -> None:
    merge_id = merge(books)
    run_id = begin(books, accounts=[(one.pk, "CNY") for one in books.customers])
    assert StatementRun.objects.get().accounts == [[books.customers[0].pk, "CNY"]]
    # Two again when the run has its turn: its head says one.
    undo_merge(merge_id=merge_id, reason="看错了", actor="cli:test", at=AT)
    work()
    assert issued_to() == [("C0001", 93_499_95)]
    assert run(run_id, scope=EVERYTHING).state == "done"
    begin(books, again=True)
    work()
    assert issued_to()[1:] == [("C0001", 85_499_95), ("C0002", 8_000_00)]


def test_a_customer_merged_into_one_of_others_before_its_turn_is_left_out(books: Books) -> None:
    """Whose the merged one is follows at once, also where the statement would say what was known before."""
    seller(books)
    affiliate(
        customer_id=books.customers[1].pk, dimension="owner", value="seller", effective_on=date(2020, 1, 1),
        actor="cli:test", at=AT,
    )  # fmt: skip
    give(books, "somebody else", AT.date())
    begin(books, actor="seller", accounts=[(books.customers[1].pk, "CNY")])
    merge(books)
    work()
    assert (issued_to(), FinishedRun.objects.get().left_out) == ([], [[books.customers[1].pk, "CNY"]])


def test_an_account_of_two_is_left_out_when_they_are_two_again_and_one_is_anothers(books: Books) -> None:
    """At the head it holds items that are not the starter's any more; half an account would be a false one."""
    seller(books)
    merge_id = merge(books)
    run_id = begin(books, actor="seller")
    assert StatementRun.objects.get().accounts == [[books.customers[0].pk, "CNY"]]
    undo_merge(merge_id=merge_id, reason="看错了", actor="cli:test", at=AT)
    work()
    assert (issued_to(), run(run_id, scope=EVERYTHING).left_out_codes) == ([], ("C0001",))


def test_the_register_finds_the_statements_of_both_under_either(books: Books) -> None:
    begin(books)
    work()
    merge_id = merge(books)
    ids = [one.pk for one in books.customers]
    assert [count_issued(IssuedFilter(customer_id=one), scope=EVERYTHING) for one in ids] == [2, 2]
    assert [len(issued(IssuedFilter(customer_id=one), scope=EVERYTHING)) for one in ids] == [2, 2]
    undo_merge(merge_id=merge_id, reason="看错了", actor="cli:test", at=AT)
    assert [count_issued(IssuedFilter(customer_id=one), scope=EVERYTHING) for one in ids] == [1, 1]


def test_however_many_runs_are_out_of_reach_as_many_statements_look_at_them(books: Books) -> None:
    seller(books)
    theirs = scope("seller", Permission.ISSUE_STATEMENTS, at=datetime.now(UTC))
    spent = []
    for count in (1, 9):
        for _ in range(count):
            begin(books, accounts=[(books.customers[1].pk, "CNY")], again=True)
        with CaptureQueriesContext(connection) as queries:
            assert runs(scope=theirs) == []
        spent.append(len(queries))
    assert spent[0] == spent[1]


def test_what_is_handed_over_while_its_document_is_set_is_not_issued(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right is asked for again in the transaction that records."""
    seller(books)
    run_id = begin(books, actor="seller", accounts=[(books.customers[0].pk, "CNY")])
    setting = jobs.set_with_number

    def handed_over(said: Statement, **named: Any) -> Ready:
        give(books, "somebody else", AT.date())
        return setting(said, **named)

    monkeypatch.setattr(jobs, "set_with_number", handed_over)
    work()
    assert IssuedStatement.objects.count() == 0
    assert Job.objects.get(key=str(run_id)).message.startswith("Refusal: not_permitted")
    work(later=True)
    row = run(run_id, scope=EVERYTHING)
    assert (row.state, row.issued, row.left_out) == ("done", 0, 1)
