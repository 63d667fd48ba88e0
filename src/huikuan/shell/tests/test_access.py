"""Who may open what: every address × role × method has a declared answer, an undeclared one fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from huikuan.mechanisms.audit.queries import last_head
from huikuan.mechanisms.identity.domain.roles import ROLES
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
from huikuan.shell.tests.declared import DECLARED, SIDE_BAR, STRANGERS
from huikuan.shell.web.doors import Permissions

PROGRAMS = "api/v1"

#: Roles that open nothing of the company's but their own account.
OUTSIDE = {"trainer", "customer_guest", "collection_agency", "law_firm", "insurer", "factor"}

CHECKUP = [f"/receivables/checkup{rest}" for rest in ("", "/export", "/long_overdue", "/long_overdue/export")]
LEDGER = [
    "/today",
    "/receivables/overview",
    "/receivables/indicators",
    "/receivables/indicators/export",
    *CHECKUP,
    "/receivables/items",
    "/receivables/items/export?format=csv",
]
IMPORTS = [
    "/imports/",
    "/imports/export?format=csv",
    "/imports/{batch}",
    "/imports/{batch}/lines/3",
    "/imports/{batch}/original",
]
STATEMENTS = [
    "/receivables/statements/",
    "/receivables/statements/export?format=csv",
    "/receivables/statements/customers/{customer}",
    "/receivables/statements/customers/{customer}/draft?format=xlsx",
    "/receivables/statements/issued",
    "/receivables/statements/issued/export?format=csv",
    "/receivables/statements/issued/{statement}",
    "/receivables/statements/runs/{run}",
    "/receivables/statements/runs/{run}/archive",
]
PAGES = [*LEDGER, "/receivables/items/{item}", *STATEMENTS, *IMPORTS]


def addresses(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product with its whole route."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        else:
            yield route, entry


def signed_in(name: str, role: str | None, company: str | None = None, reach: str | None = None) -> Client:
    user, _ = User.objects.get_or_create(username=name)
    if role is not None:
        grant_role(username=name, role=role, company=company, reach=reach, actor="cli:root", at=AT)
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def test_every_address_declares_what_it_needs() -> None:
    found = {}
    for route, entry in addresses():
        if not getattr(entry.callback, "login_required", True):
            found[route] = (STRANGERS, STRANGERS)
        else:
            found[route] = (str(needed(entry.callback, "GET")), str(needed(entry.callback, "POST")))
    # Programs come with a token and no session: connect/api/tests/test_doors.py asks every endpoint as every role.
    programs = {route: found.pop(route) for route in list(found) if PROGRAMS in route}
    assert set(programs.values()) == {(STRANGERS, STRANGERS)}
    assert found == DECLARED


def filled(route: str, books: Books, issued: dict[str, int], method: str) -> str:
    """An address of the route; for a form, of what is not there, so that nothing changes."""
    there = {"item_id": books.item("INV-7"), "batch_id": books.batch, "row": 3,
             **{f"{name}_id": number for name, number in issued.items()}}  # fmt: skip
    numbers = there if method == "get" else {}
    return "/" + re.sub(
        r"<(\w+):(\w+)>", lambda part: "nobody" if part[1] == "str" else str(numbers.get(part[2], 0)), route
    )


def test_every_role_gets_the_declared_answer_to_every_method(db: None) -> None:
    """What the doors answer in each cell of address × role × method is what is declared."""
    doors, wrong, cells = Permissions(lambda request: HttpResponse()), [], 0
    entries = [
        (route, entry.callback)
        for route, entry in addresses()
        if PROGRAMS not in route and DECLARED[route][0] != STRANGERS
    ]
    for role in (None, *ROLES):
        user = User.objects.create(username=f"a-{role}")
        if role:
            grant_role(username=user.username, role=role, reach="all", actor="cli:root", at=AT)
        for place, method in enumerate(("GET", "POST")):
            request = RequestFactory().generic(method, "/")
            request.user = user
            for route, view in entries:
                needed_here = DECLARED[route][place]
                may = needed_here == LOGGED_IN or (role is not None and needed_here in ROLES[role].permissions)
                cells += 1
                if opens(doors, request, view) != may:
                    wrong.append((role, method, route))
    assert wrong == []
    assert cells == (len(ROLES) + 1) * 2 * len(entries)


def opens(doors: Permissions, request: HttpRequest, view: Callable[..., object]) -> bool:
    try:
        doors.process_view(request, view)
    except PermissionDenied:
        return False
    return True


def test_what_the_doors_answer_is_what_a_browser_gets(books: Books, issued: dict[str, int], on_the_day: None) -> None:
    """Some roles through every page and form: 403 without the permission; with it, never 403 or a failure of ours.
    Of the administrator only what the finance manager is answered otherwise."""
    wrong, answered = [], {}
    for role in ("law_firm", "finance_manager", "administrator"):
        client = signed_in(f"a-{role}", role, reach="all")
        held = ROLES[role].permissions
        for route, needs in DECLARED.items():
            if route == "logout" or needs[0] == STRANGERS:
                continue
            for method, permission in (("get", needs[0]), ("post", needs[1])):
                told = permission == LOGGED_IN or permission in held
                if role == "administrator" and answered[route, method] == told:
                    continue
                answered[route, method] = told
                answer = getattr(client, method)(filled(route, books, issued, method))
                answer.close()
                may = permission == LOGGED_IN or permission in held
                if (answer.status_code == 403) == may or answer.status_code >= 500:
                    wrong.append((role, method, route, answer.status_code))
    assert wrong == []


def test_a_view_that_declares_nothing_is_refused() -> None:
    doors = Permissions(lambda request: None)  # type: ignore[arg-type, return-value]
    request = RequestFactory().get("/")
    request.user = User(username="zhou")
    with pytest.raises(PermissionDenied):
        doors.process_view(request, lambda request: None, [], {})


@pytest.fixture
def issued(books: Books) -> dict[str, int]:
    """A customer, a statement and a finished run of theirs, by the word an address has for them."""
    customer = Customer.objects.get(code="C0002").pk
    asked = {
        "company_id": books.company.pk, "period": Period(AS_OF.replace(day=1), AS_OF), "language": "zh",
        "known": last_head(), "actor": "cli:test", "at": AT,
    }  # fmt: skip
    statement = issue_statement(customer_id=customer, currency="CNY", **asked)
    run = start_run(accounts=[(customer, "CNY")], again=True, **asked)
    Worker({StatementRun.JOB: Handler(issue_run)}).turn()
    return {"customer": customer, "statement": statement, "run": run}


def opened(client: Client, page: str, books: Books, issued: dict[str, int]) -> int:
    answer = client.get(page.format(item=books.item("INV-7"), batch=books.batch, **issued))
    assert answer.headers["Cache-Control"] == "no-store"
    answer.close()
    return answer.status_code


def test_each_role_lands_where_it_may_and_sees_no_other_entry(books: Books, on_the_day: None) -> None:
    for role, described in ROLES.items():
        client = signed_in(f"b-{role}", role, reach="all")
        landed = client.get("/", follow=True)
        assert landed.status_code == 200, role
        sees = {child.url.partition("?")[0] for place in landed.context["places"]
                for child in (*place.children, place) if child.url}  # fmt: skip
        wanted = {path for path, permission in SIDE_BAR.items() if permission in described.permissions}
        assert sees == wanted, role
        assert (role in OUTSIDE) == (landed.redirect_chain[-1][0] == "/me/"), role


def test_a_role_for_one_company_opens_that_companys_books_alone(
    books: Books, issued: dict[str, int], on_the_day: None
) -> None:
    add_company(code="NORTH", name="北方分公司", currency="CNY", time_zone="Asia/Shanghai")
    client = signed_in("north", "cash_clerk", company="NORTH")
    item = books.item("INV-7")
    for page in PAGES:
        missing = "{" in page
        assert opened(client, page, books, issued) == (404 if missing else 200), page
    assert client.get("/receivables/items").context["found"].count == 0
    assert client.get("/receivables/items").context["reading"].company.code == "NORTH"
    assert client.get("/imports/").context["batches"] == []
    assert client.get("/receivables/overview?company=MAIN").status_code == 400
    assert "江临精工装备股份" not in client.get("/receivables/items").content.decode()
    grant_role(username="north", role="cash_clerk", company="MAIN", actor="cli:root", at=AT)
    assert client.get("/receivables/items").context["reading"].company.code == "MAIN"
    assert client.get("/receivables/items?company=MAIN").context["found"].count == 10
    assert client.get(f"/receivables/items/{item}").status_code == 200
    assert "全部公司" not in client.get("/receivables/items").content.decode()
    assert [company.code for company in Company.objects.order_by("code")] == ["MAIN", "NORTH"]


def test_a_role_taken_away_closes_the_pages(books: Books, on_the_day: None) -> None:
    signed_in("someone", "auditor")
    revoke_role(username="someone", role="auditor", actor="cli:root", at=AT)
    assert signed_in("someone", None).get(PAGES[0]).status_code == 403


def test_the_last_page_for_nobody_offers_the_way_out(books: Books, on_the_day: None) -> None:
    page = signed_in("trainee", "trainer").get("/receivables/overview")
    assert page.status_code == 403
    assert 'action="/logout"' in page.content.decode()
