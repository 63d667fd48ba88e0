"""Who may open what: every address declares it, every role is answered by it, other companies are not there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from huikuan.mechanisms.audit.queries import last_head
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import add_company, grant_role, revoke_role
from huikuan.mechanisms.jobs.handlers import Handler
from huikuan.mechanisms.jobs.worker import Worker
from huikuan.mechanisms.pages.access import LOGGED_IN, needed
from huikuan.record.customers.models import Customer
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.jobs import issue_run
from huikuan.see.statements.models import StatementRun
from huikuan.see.statements.operations.issuing import issue_statement, start_run
from huikuan.shell.tests.books import AS_OF, AT, Books
from huikuan.shell.web.doors import Permissions

PAGES = [
    "/receivables/overview",
    "/receivables/items",
    "/receivables/items/export?format=csv",
    "/receivables/items/{item}",
    "/receivables/statements/",
    "/receivables/statements/export?format=csv",
    "/receivables/statements/customers/{customer}",
    "/receivables/statements/customers/{customer}/draft?format=xlsx",
    "/receivables/statements/issued",
    "/receivables/statements/issued/export?format=csv",
    "/receivables/statements/issued/{statement}",
    "/receivables/statements/runs/{run}",
    "/receivables/statements/runs/{run}/archive",
    "/imports/",
    "/imports/export?format=csv",
    "/imports/{batch}",
    "/imports/{batch}/lines/3",
    "/imports/{batch}/original",
]


def views(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from views(entry)
        else:
            yield entry


def signed_in(name: str, role: str | None, company: str | None = None) -> Client:
    user, _ = User.objects.get_or_create(username=name)
    if role is not None:
        grant_role(username=name, role=role, company=company, actor="cli:root", at=AT)
    client = Client()
    client.force_login(user)
    return client


def test_every_address_declares_what_it_needs() -> None:
    open_to_strangers = {entry.name for entry in views() if not getattr(entry.callback, "login_required", True)}
    assert open_to_strangers == {"login", "language", "theme"}
    # Contracts and orders, and a contract's items, are walked in test_contract_pages.
    agreed = ("contracts/", "orders/")
    declared = {
        entry.name: needed(entry.callback)
        for entry in views()
        if entry.name not in open_to_strangers and not str(entry.pattern).startswith(agreed)
    }
    assert {name for name, permission in declared.items() if permission == LOGGED_IN} == {"home", "logout", "unit"}
    importing = {name for name, permission in declared.items() if permission == Permission.IMPORT}
    assert importing == {
        "new", "draft", "columns", "check", "recheck", "mend", "rejected", "commit", "progress", "reopen", "discard",
        "presets", "delete_preset",
    }  # fmt: skip
    assert {name for name, permission in declared.items() if permission == Permission.UNDO_IMPORT} == {"undo"}
    rest = {*declared.values()} - {LOGGED_IN, Permission.IMPORT, Permission.UNDO_IMPORT}
    assert rest == {Permission.VIEW_LEDGER}
    # Counted by address: two contexts may give theirs the same name.
    assert len(PAGES) == sum(needed(entry.callback) == Permission.VIEW_LEDGER for entry in views())


def test_a_view_that_declares_nothing_is_refused() -> None:
    doors = Permissions(lambda request: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(PermissionDenied):
        doors.process_view(RequestFactory().get("/"), lambda request: None, [], {})


@pytest.fixture
def issued(books: Books) -> dict[str, int]:
    """A customer, a statement and a finished run of theirs, by the word an address has for them."""
    customer = Customer.objects.get(code="C0002").pk
    asked = {
        "company_id": books.company.pk, "period": Period(AS_OF.replace(day=1), AS_OF), "language": "zh",
        "known": last_head(), "actor": "cli:test", "at": AT,
    }  # fmt: skip
    statement = issue_statement(customer_id=customer, currency="CNY", **asked)
    run = start_run(accounts=[(customer, "CNY")], **asked)
    Worker({StatementRun.JOB: Handler(issue_run)}).turn()
    return {"customer": customer, "statement": statement, "run": run}


def opened(client: Client, page: str, books: Books, issued: dict[str, int]) -> int:
    answer = client.get(page.format(item=books.item("INV-7"), batch=books.batch, **issued))
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()
    return answer.status_code


def test_each_role_opens_what_it_may(books: Books, issued: dict[str, int], on_the_day: None) -> None:
    for role in (None, *ROLES):
        client = signed_in(f"a-{role}", role)
        may = role is not None and Permission.VIEW_LEDGER in ROLES[role].permissions
        pages = PAGES if role in (None, "sales", "administrator") else PAGES[1:2]
        assert {opened(client, page, books, issued) for page in pages} == {200 if may else 403}, role
        assert client.post("/me/unit", {"unit": "yi"}).status_code == 302
        if not may:
            assert 'action="/logout"' in client.get(PAGES[0]).content.decode()


def test_a_role_for_one_company_opens_that_companys_books_alone(
    books: Books, issued: dict[str, int], on_the_day: None
) -> None:
    add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
    client = signed_in("north", "sales", company="NORTH")
    item = books.item("INV-7")
    for page in PAGES:
        missing = "{" in page
        assert opened(client, page, books, issued) == (404 if missing else 200), page
    assert client.get("/receivables/items").context["found"].count == 0
    assert client.get("/receivables/items").context["reading"].company.code == "NORTH"
    assert client.get("/imports/").context["batches"] == []
    assert client.get("/receivables/overview?company=MAIN").status_code == 400
    assert "江临精工装备股份" not in client.get("/receivables/items").content.decode()
    grant_role(username="north", role="sales", company="MAIN", actor="cli:root", at=AT)
    assert client.get("/receivables/items").context["reading"].company.code == "MAIN"
    assert client.get("/receivables/items?company=MAIN").context["found"].count == 10
    assert client.get(f"/receivables/items/{item}").status_code == 200
    assert "全部公司" not in client.get("/receivables/items").content.decode()
    assert [company.code for company in Company.objects.order_by("code")] == ["MAIN", "NORTH"]


def test_a_role_taken_away_closes_the_pages(books: Books, on_the_day: None) -> None:
    signed_in("someone", "sales")
    revoke_role(username="someone", role="sales", actor="cli:root", at=AT)
    assert signed_in("someone", None).get(PAGES[0]).status_code == 403
