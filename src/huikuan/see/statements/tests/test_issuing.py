"""The register: numbers without holes, one file each, who may, and races."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.events.models import Event
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.queries import scope
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.mechanisms.store import guards
from huikuan.record.customers.operations import change_customer
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.tests.test_races import at_once
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.jobs import issue_run
from huikuan.see.statements.models import IssuedStatement, StatementRun
from huikuan.see.statements.operations import files, issuing
from huikuan.see.statements.operations.issuing import content_digest, issue_statement, start_run
from huikuan.see.statements.operations.papers import paper
from huikuan.see.statements.queries.issued import IssuedFilter, issued, issued_statement
from huikuan.see.statements.queries.statements import statement
from huikuan.see.statements.tests.conftest import AT, OCTOBER, Books, person, seller


def test_what_is_issued_is_numbered_stored_and_found_again(books: Books) -> None:
    first, second = books.issue(), books.issue(to=1)
    row = issued_statement(first, scope=EVERYTHING)
    assert (row.number, row.opening, row.closing) == ("2026-000001", 100_000_00, 85_499_95)
    assert (row.customer_code, row.since, row.until, row.language) == (
        *("C0001", OCTOBER.since, OCTOBER.until),
        "zh",
    )
    content = open_original(row.file_sha256).read_bytes()
    assert content.startswith(b"%PDF-")
    assert hashlib.sha256(content).hexdigest() == row.file_sha256
    assert row.file_name == "2026-000001 C0001 北麓矿业装备集团有限公司 CNY 2026-10-31.pdf"
    assert [one.number for one in issued(IssuedFilter(), scope=EVERYTHING)] == ["2026-000002", "2026-000001"]
    assert [one.id for one in issued(IssuedFilter(), scope=EVERYTHING, after=second)] == [first]
    assert [one.id for one in issued(IssuedFilter(text="宏朔"), scope=EVERYTHING)] == [second]
    assert [one.id for one in issued(IssuedFilter(text="2026-000001"), scope=EVERYTHING)] == [first]
    assert issued(IssuedFilter(company_ids=[]), scope=EVERYTHING) == []
    announced = Event.objects.filter(kind="statements.issued").values_list("customer_id", "payload")
    assert [payload["number"] for _, payload in announced.order_by("id")] == ["2026-000001", "2026-000002"]


def test_the_content_is_committed_to(books: Books) -> None:
    head = books.head()
    said = books.said()
    assert said.head is not None
    assert said.head.size == head.size
    one = issued_statement(books.issue(), scope=EVERYTHING)
    assert one.content_digest == content_digest(said).hex()


def test_each_company_and_year_counts_from_one(books: Books) -> None:
    first = books.issue()
    # Half past midnight in Shanghai is still last year in UTC.
    new_year = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert issued_statement(books.issue(to=1, at=new_year), scope=EVERYTHING).number == "2027-000001"
    last = books.issue(at=new_year - timedelta(hours=1), replaces=first)
    assert issued_statement(last, scope=EVERYTHING).number == "2026-000002"


def test_a_second_of_the_same_account_and_period_says_which_it_replaces(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same request again issues nothing; in place of the first it does, once, and the document says so."""
    said: list[dict[str, object]] = []
    real = files.pdf

    def typeset(template: Path, data: dict[str, object], *, at: datetime) -> bytes:
        said.append(data)
        return real(template, data, at=at)

    monkeypatch.setattr(files, "pdf", typeset)
    first = books.issue()
    before = (IssuedStatement.objects.count(), StoredFile.objects.count(), Leaf.objects.count())
    for again in ({}, {"language": "en"}, {"replaces": first + 1000}):
        with pytest.raises(Refusal, match="statement_issued_already") as refused:
            books.issue(**again)
        assert refused.value.params == {"statement": first, "number": "2026-000001", "day": date(2026, 11, 20)}
    assert (IssuedStatement.objects.count(), StoredFile.objects.count(), Leaf.objects.count()) == before
    second = books.issue(replaces=first)
    assert IssuedStatement.objects.get(pk=second).replaces == first
    assert [[pair[0] for pair in one["meta"]] for one in said] == [
        ["编号", "出具日期", "期间", "币种"], ["编号", "替代编号", "出具日期", "期间", "币种"],
    ]  # fmt: skip
    assert said[1]["meta"][1] == ("替代编号", "2026-000001")
    with pytest.raises(Refusal, match="statement_issued_already"):
        books.issue(replaces=first)
    with pytest.raises(Refusal, match="statement_unknown"):
        books.issue(to=1, replaces=first)


def test_the_same_account_issued_while_the_document_was_set_is_refused(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two presses of the button: the second sees the first's when its number is taken."""
    real = issuing.set_with_number

    def overtaken(*given: object, **named: object) -> issuing.Ready:
        ready = real(*given, **named)
        monkeypatch.setattr(issuing, "set_with_number", real)
        books.issue()
        return ready

    monkeypatch.setattr(issuing, "set_with_number", overtaken)
    with pytest.raises(Refusal, match="statement_issued_already"):
        books.issue()
    assert IssuedStatement.objects.count() == 1


def test_refusals_write_nothing(books: Books) -> None:
    person("sales", "cash_clerk")
    asked = {
        "company_id": books.company.pk, "customer_id": books.customers[0].pk, "currency": "CNY", "period": OCTOBER,
        "language": "zh", "known": books.head(), "actor": "cli:test", "at": AT,
    }  # fmt: skip
    refused: list[tuple[dict[str, object], str]] = [
        ({"actor": "sales"}, "not_permitted"),
        ({"actor": "nobody"}, "not_permitted"),
        ({"currency": "USD"}, "statement_empty"),
        ({"language": "fr"}, "statement_language_unknown"),
        ({"period": Period(OCTOBER.until, OCTOBER.since)}, "statement_period"),
        ({"period": Period(OCTOBER.since.replace(year=1990), OCTOBER.until)}, "statement_period_long"),
    ]
    for change, code in refused:
        with pytest.raises(Refusal, match=code):
            issue_statement(**{**asked, **change})
    assert (IssuedStatement.objects.count(), StoredFile.objects.count()) == (0, 0)
    assert not Event.objects.filter(kind="statements.issued").exists()


def test_who_sells_issues_to_their_own_customers_and_learns_of_no_other(books: Books) -> None:
    mine, foreign = (one.pk for one in books.customers)
    seller(books)
    paid = books.post("receipt", 3_000_00, "2026-10-21", to=1, document_number="RC-9")
    debt = Item.objects.get(document_number="264388117730").pk
    books.settle(paid, debt, 3_000_00, "2026-10-21", reason="third_party")
    asked = {"company_id": books.company.pk, "currency": "CNY", "period": OCTOBER, "known": books.head(), "at": AT}
    with pytest.raises(Refusal, match="not_permitted"):
        issue_statement(customer_id=foreign, language="zh", actor="seller", **asked)
    assert IssuedStatement.objects.count() == 0
    theirs = scope("seller", Permission.VIEW_LEDGER, at=AT)
    with pytest.raises(Refusal, match="customer_unknown"):
        statement(customer_id=foreign, scope=theirs, **asked)
    whole = statement(customer_id=mine, scope=EVERYTHING, **asked)
    part = statement(customer_id=mine, scope=theirs, **asked)
    assert part.account.figures == whole.account.figures
    assert "宏朔钢构有限公司 CNY" in {line.settled_with for line in whole.account.movements}
    assert "RC-9" in {line.document_number for line in whole.account.movements}
    assert {line.settled_with for line in part.account.movements} == {""}
    assert "RC-9" not in {line.document_number for line in part.account.movements}
    said = str(paper(part, language="zh", number="1"))
    assert "收款（与其他客户的单据核销）" in said
    assert "宏朔" not in said
    first = issue_statement(customer_id=mine, language="zh", actor="seller", **asked)
    # Whoever sees both customers issues it too, and it is read by those who see the one.
    by_all = issue_statement(customer_id=mine, language="zh", actor="cli:test", replaces=first, **asked)
    assert bytes(IssuedStatement.objects.get(pk=by_all).content_digest) == content_digest(part)
    assert content_digest(part) != content_digest(whole)
    start_run(
        company_id=books.company.pk, accounts=[(mine, "CNY")], period=OCTOBER, language="zh", known=asked["known"],
        actor="cli:test", at=AT, again=True,
    )  # fmt: skip
    Worker({StatementRun.JOB: Handler(issue_run, attempts=1)}).turn()
    in_run = IssuedStatement.objects.exclude(run_id=None).get()
    assert in_run.replaces == by_all
    assert bytes(in_run.content_digest) == content_digest(part)


def test_the_customer_is_named_as_known_at_the_head(books: Books) -> None:
    """A new name and code change no statement of before, not even one written later."""
    head = books.head()
    asked = {
        "company_id": books.company.pk, "customer_id": books.customers[0].pk, "currency": "CNY", "period": OCTOBER,
        "scope": EVERYTHING, "at": AT,
    }  # fmt: skip
    before = statement(known=head, **asked)
    changes = {"name": "北麓装备股份有限公司", "uscc": "913101150000000014", "uscc_override_reason": "示例"}
    change_customer(code="C0001", version=1, changes=changes, actor="cli:test", at=AT)
    assert content_digest(statement(known=head, **asked)) == content_digest(before)
    after = statement(known=books.head(), **asked)
    assert (before.recipient.name, before.recipient.uscc) == ("北麓矿业装备集团有限公司", "913101150000000006")
    assert (after.recipient.name, after.recipient.uscc) == ("北麓装备股份有限公司", "913101150000000014")
    assert statement(known=None, **asked).recipient == after.recipient


def test_a_number_taken_while_the_document_was_set_is_not_given_twice(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody issues between the look-up and the fact: the second gets the next number, on its document too."""
    real, taken = issuing.set_with_number, []

    def overtaken(*given: object, **named: object) -> issuing.Ready:
        ready = real(*given, **named)
        if not taken:
            taken.append(ready.number)
            monkeypatch.setattr(issuing, "set_with_number", real)
            books.issue(to=1)
        return ready

    monkeypatch.setattr(issuing, "set_with_number", overtaken)
    late = issued_statement(books.issue(), scope=EVERYTHING)
    assert taken == [1]
    assert late.number == "2026-000002"
    assert sorted(IssuedStatement.objects.values_list("number", flat=True)) == [1, 2]


@contextmanager
def without_constraint(dropped: bool) -> Iterator[None]:
    """The register without the constraint on its numbers; emptied before the constraint comes back."""
    table, constraint = IssuedStatement._meta.db_table, IssuedStatement._meta.constraints[0]
    if not dropped:
        yield
        return
    with connection.cursor() as cursor, connection.schema_editor() as editor:
        cursor.execute(str(constraint.remove_sql(IssuedStatement, editor)))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for name, text in guards.expected(IssuedStatement).items():
                if text != "sequence":
                    cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')
            cursor.execute(f'TRUNCATE "{table}"')
        with connection.schema_editor() as editor:
            editor.add_constraint(IssuedStatement, constraint)
        guards.install()


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer: there is no race to show")
@pytest.mark.parametrize("guarded", [True, False])
def test_two_at_once_get_two_numbers(guarded: bool, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin drops the constraint: both get the first number."""
    head = books.head()
    both_set = threading.Barrier(2, timeout=30)
    real, local = issuing.set_with_number, threading.local()

    def together(*given: object, **named: object) -> issuing.Ready:
        ready = real(*given, **named)
        if not getattr(local, "met", False):
            local.met = True
            both_set.wait()
        return ready

    monkeypatch.setattr(issuing, "set_with_number", together)
    with without_constraint(not guarded):
        answers = at_once(
            2,
            lambda number: issue_statement(
                company_id=books.company.pk, customer_id=books.customers[number].pk, currency="CNY", period=OCTOBER,
                language="zh", known=head, actor="cli:test", at=AT,
            ),
        )  # fmt: skip
        assert all(isinstance(answer, int) for answer in answers), answers
        numbers = sorted(IssuedStatement.objects.values_list("number", flat=True))
        assert numbers == ([1, 2] if guarded else [1, 1])
