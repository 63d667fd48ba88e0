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

STRANGERS = "strangers"
PROGRAMS = "api/v1"

#: The declared answer of every address: its route, what reading it takes, what any other method takes.
#: A page that is added without a line here fails the test below, and so does one that asks for something else.
DECLARED: dict[str, tuple[str, str]] = {
    "": (LOGGED_IN, LOGGED_IN),
    "today": ("view_ledger", "view_ledger"),
    "health/live": (STRANGERS, STRANGERS),
    "health/ready": (STRANGERS, STRANGERS),
    "metrics": (STRANGERS, STRANGERS),
    "search": (LOGGED_IN, LOGGED_IN),
    "login": (STRANGERS, STRANGERS),
    "login/code": (STRANGERS, STRANGERS),
    "logout": (LOGGED_IN, LOGGED_IN),
    "me/": (LOGGED_IN, LOGGED_IN),
    "api/": (LOGGED_IN, LOGGED_IN),
    "me/again": (LOGGED_IN, LOGGED_IN),
    "me/unit": (LOGGED_IN, LOGGED_IN),
    "me/language": (STRANGERS, STRANGERS),
    "me/theme": (STRANGERS, STRANGERS),
    "me/keys": (LOGGED_IN, LOGGED_IN),
    "me/password": (LOGGED_IN, LOGGED_IN),
    "me/second-factor": (LOGGED_IN, LOGGED_IN),
    "me/second-factor/remove": (LOGGED_IN, LOGGED_IN),
    "me/recovery-codes": (LOGGED_IN, LOGGED_IN),
    "me/sessions/<int:session_id>/end": (LOGGED_IN, LOGGED_IN),
    "me/tokens": ("use_api", "use_api"),
    "me/tokens/<int:token_id>/revoke": (LOGGED_IN, LOGGED_IN),
    "lists/<str:name>/views": (LOGGED_IN, LOGGED_IN),
    "lists/<str:name>/columns": (LOGGED_IN, LOGGED_IN),
    "lists/views/<int:view_id>/forget": (LOGGED_IN, LOGGED_IN),
    "users/": ("manage_users", "manage_users"),
    "users/export": ("manage_users", "manage_users"),
    "users/add": ("manage_users", "manage_users"),
    "users/of/<str:username>": ("manage_users", "manage_users"),
    "users/of/<str:username>/grant": ("manage_users", "manage_users"),
    "users/of/<str:username>/revoke": ("manage_users", "manage_users"),
    "users/of/<str:username>/team": ("manage_users", "manage_users"),
    "users/of/<str:username>/names": ("manage_users", "manage_users"),
    "users/of/<str:username>/password": ("manage_users", "manage_users"),
    "users/of/<str:username>/state": ("manage_users", "manage_users"),
    "users/of/<str:username>/reset-factor": ("manage_users", "manage_users"),
    "users/of/<str:username>/revoke-token": ("manage_users", "manage_users"),
    "programs/": ("manage_webhooks", "manage_webhooks"),
    "programs/webhooks": ("manage_webhooks", "manage_webhooks"),
    "programs/webhooks/<int:webhook_id>": ("manage_webhooks", "manage_webhooks"),
    "programs/webhooks/<int:webhook_id>/export": ("manage_webhooks", "manage_webhooks"),
    "programs/webhooks/<int:webhook_id>/secret": ("manage_webhooks", "manage_webhooks"),
    "programs/webhooks/<int:webhook_id>/state": ("manage_webhooks", "manage_webhooks"),
    "programs/webhooks/<int:webhook_id>/replay": ("manage_webhooks", "manage_webhooks"),
    "programs/tokens/<int:token_id>/revoke": ("manage_webhooks", "manage_webhooks"),
    "approvals/": ("view_requests", "view_requests"),
    "approvals/export": ("view_requests", "view_requests"),
    "approvals/<int:request_id>": ("view_requests", "view_requests"),
    "approvals/<int:request_id>/decide": ("view_requests", "view_requests"),
    "approvals/delegations/": ("view_requests", "view_requests"),
    "approvals/delegations/export": ("view_requests", "view_requests"),
    "approvals/delegations/give": ("approve_requests", "approve_requests"),
    "approvals/delegations/<int:delegation_id>/end": ("view_requests", "view_requests"),
    "work/": ("view_work", "view_work"),
    "work/export": ("view_work", "view_work"),
    "work/finish": ("view_work", "view_work"),
    "work/<int:item_id>": ("view_work", "view_work"),
    "work/<int:item_id>/do": ("view_work", "view_work"),
    "duties/": ("view_audit", "view_audit"),
    "duties/export": ("view_audit", "view_audit"),
    "policies/": ("approve_policy", "approve_policy"),
    "policies/<int:version_id>/approve": ("approve_policy", "approve_policy"),
    "jobs/": ("manage_jobs", "manage_jobs"),
    "jobs/export": ("manage_jobs", "manage_jobs"),
    "jobs/<int:job_id>/retry": ("manage_jobs", "manage_jobs"),
    "personal/": ("erase_personal", "erase_personal"),
    "personal/erase": ("erase_personal", "erase_personal"),
    "teams/": ("manage_users", "manage_users"),
    "teams/export": ("manage_users", "manage_users"),
    "teams/add": ("manage_users", "manage_users"),
    "teams/move": ("manage_users", "manage_users"),
    "receivables/overview": ("view_ledger", "view_ledger"),
    "receivables/overview/export/<slug:panel>": ("view_ledger", "view_ledger"),
    "receivables/indicators": ("view_ledger", "view_ledger"),
    "receivables/indicators/export": ("view_ledger", "view_ledger"),
    "receivables/checkup": ("view_ledger", "view_ledger"),
    "receivables/checkup/export": ("view_ledger", "view_ledger"),
    "receivables/checkup/<slug:code>": ("view_ledger", "view_ledger"),
    "receivables/checkup/<slug:code>/export": ("view_ledger", "view_ledger"),
    "receivables/items": ("view_ledger", "view_ledger"),
    "receivables/items/export": ("view_ledger", "view_ledger"),
    "receivables/items/<int:item_id>": ("view_ledger", "view_ledger"),
    "receivables/contracts/<int:contract_id>/items": ("view_ledger", "view_ledger"),
    "receivables/statements/": ("view_ledger", "issue_statements"),
    "receivables/statements/export": ("view_ledger", "view_ledger"),
    "receivables/statements/customers/<int:customer_id>": ("view_ledger", "issue_statements"),
    "receivables/statements/customers/<int:customer_id>/draft": ("view_ledger", "view_ledger"),
    "receivables/statements/issued": ("view_ledger", "view_ledger"),
    "receivables/statements/issued/export": ("view_ledger", "view_ledger"),
    "receivables/statements/issued/<int:statement_id>": ("view_ledger", "view_ledger"),
    "receivables/statements/runs/<int:run_id>": ("view_ledger", "view_ledger"),
    "receivables/statements/runs/<int:run_id>/archive": ("view_ledger", "view_ledger"),
    "cash/": ("view_bank", "view_bank"),
    "cash/customers": ("view_bank", "view_bank"),
    "cash/match": ("settle", "settle"),
    "cash/matching": ("view_bank", "view_bank"),
    "cash/unapplied": ("view_bank", "view_bank"),
    "cash/unapplied/export": ("view_bank", "view_bank"),
    "cash/payers": ("view_bank", "view_bank"),
    "cash/payers/export": ("view_bank", "view_bank"),
    "cash/payers/register": ("settle", "settle"),
    "cash/payers/revoke": ("settle", "settle"),
    "cash/payers/mandates": ("settle", "settle"),
    "cash/payers/mandates/<int:mandate_id>/end": ("settle", "settle"),
    "cash/lines/<int:line_id>/reject": ("settle", "settle"),
    "cash/accept": ("settle", "settle"),
    "cash/undo": ("settle", "settle"),
    "cash/applications/<int:application_id>": ("view_ledger", "view_ledger"),
    "cash/applications/<int:application_id>/undo": ("settle", "settle"),
    "cash/lines/<int:line_id>/apply": ("settle", "settle"),
    "cash/lines/<int:line_id>/aside": ("settle", "settle"),
    "cash/lines/<int:line_id>/return": ("settle", "settle"),
    "cash/bills/<int:bill_id>/collect": ("settle", "settle"),
    "bank/lines/": ("view_bank", "view_bank"),
    "bank/lines/export": ("view_bank", "view_bank"),
    "bank/lines/<int:line_id>": ("view_bank", "view_bank"),
    "bank/lines/<int:line_id>/bounced": ("import_bank", "import_bank"),
    "bank/statements/<int:statement_id>/file": ("view_bank", "view_bank"),
    "bank/accounts/": ("view_bank", "view_bank"),
    "bank/accounts/export": ("view_bank", "view_bank"),
    "bank/accounts/open": ("import_bank", "import_bank"),
    "bank/accounts/<int:account_id>": ("view_bank", "view_bank"),
    "bank/accounts/<int:account_id>/export": ("view_bank", "view_bank"),
    "bank/import": ("import_bank", "import_bank"),
    "bank/import/<int:upload_id>/answer": ("import_bank", "import_bank"),
    "bank/import/<int:upload_id>/columns": ("import_bank", "import_bank"),
    "bank/import/<int:upload_id>/discard": ("import_bank", "import_bank"),
    "bills/": ("view_ledger", "view_ledger"),
    "bills/export": ("view_ledger", "view_ledger"),
    "bills/calendar": ("view_ledger", "view_ledger"),
    "bills/calendar/export": ("view_ledger", "view_ledger"),
    "bills/cash": ("view_ledger", "view_ledger"),
    "bills/cash/export": ("view_ledger", "view_ledger"),
    "bills/cash/take": ("settle", "settle"),
    "bills/cash/<int:number>/sign": ("settle", "settle"),
    "bills/cash/<int:number>/turn-down": ("settle", "settle"),
    "bills/own-accounts": ("view_audit", "view_audit"),
    "bills/own-accounts/export": ("view_audit", "view_audit"),
    "bills/new": ("settle", "settle"),
    "bills/<int:number>": ("view_ledger", "view_ledger"),
    "bills/<int:number>/files/<str:sha256>": ("view_ledger", "view_ledger"),
    "bills/<int:number>/<slug:name>": ("settle", "settle"),
    "cover/": ("view_ledger", "view_ledger"),
    "cover/export": ("view_ledger", "view_ledger"),
    "cover/new": ("propose_limit", "propose_limit"),
    "cover/<int:number>": ("view_ledger", "view_ledger"),
    "cover/<int:number>/files/<str:sha256>": ("view_ledger", "view_ledger"),
    "cover/<int:number>/revalue": ("propose_limit", "propose_limit"),
    "cover/<int:number>/release": ("propose_limit", "propose_limit"),
    "customers/": ("view_customers", "view_customers"),
    "customers/export": ("view_customers", "view_customers"),
    "customers/<int:customer_id>": ("view_customers", "view_customers"),
    "customers/<int:customer_id>/export/<slug:tab>": ("view_customers", "view_customers"),
    "customers/new": ("manage_customers", "manage_customers"),
    "customers/check": ("manage_customers", "manage_customers"),
    "customers/expiring": ("view_customers", "view_customers"),
    "customers/expiring/export": ("view_customers", "view_customers"),
    "customers/<int:customer_id>/edit": ("manage_customers", "manage_customers"),
    "customers/<int:customer_id>/care": ("manage_customers", "manage_customers"),
    "customers/<int:customer_id>/affiliation": ("manage_customers", "manage_customers"),
    "customers/<int:customer_id>/contacts/new": ("manage_contacts", "manage_contacts"),
    "customers/<int:customer_id>/contacts/<int:number>": ("manage_contacts", "manage_contacts"),
    "customers/<int:customer_id>/conduct": ("view_customers", "manage_customers"),
    "customers/<int:customer_id>/conduct/<int:number>/evidence": ("view_customers", "view_customers"),
    "customers/<int:customer_id>/papers/new": ("manage_customers", "manage_customers"),
    "customers/<int:customer_id>/papers/<int:number>": ("manage_customers", "manage_customers"),
    "customers/<int:customer_id>/papers/<int:number>/withdraw": ("manage_customers", "manage_customers"),
    "customers/<int:customer_id>/files/<str:sha256>": ("view_customers", "view_customers"),
    "customers/<int:customer_id>/merge": ("merge_customers", "merge_customers"),
    "customers/merges/<int:number>/undo": ("merge_customers", "merge_customers"),
    "customers/references": ("view_customers", "manage_customers"),
    "customers/references/export": ("view_customers", "view_customers"),
    "customers/<int:customer_id>/financials": ("view_customers", "view_customers"),
    "customers/<int:customer_id>/financials/export/<slug:sheet>": ("view_customers", "view_customers"),
    "customers/<int:customer_id>/financials/ratios/<slug:code>": ("view_customers", "view_customers"),
    "customers/<int:customer_id>/financials/files/<str:sha256>": ("view_customers", "view_customers"),
    "customers/<int:customer_id>/financials/edit": ("manage_customers", "manage_customers"),
    "customers/<int:customer_id>/financials/upload": ("manage_customers", "manage_customers"),
    "customers/<int:customer_id>/financials/template": ("manage_customers", "manage_customers"),
    "customers/<int:customer_id>/financials/withdraw": ("manage_customers", "manage_customers"),
    "customers/hand-overs/": ("view_customers", "view_customers"),
    "customers/hand-overs/export": ("view_customers", "view_customers"),
    "customers/hand-overs/new": ("hand_over_customers", "hand_over_customers"),
    "customers/hand-overs/<int:number>": ("view_customers", "view_customers"),
    "customers/hand-overs/<int:number>/sign": ("view_customers", "view_customers"),
    "customers/hand-overs/<int:number>/call-off": ("hand_over_customers", "hand_over_customers"),
    "customers/hand-overs/<int:number>/document": ("view_customers", "view_customers"),
    "customers/groups/": ("view_customers", "view_customers"),
    "customers/groups/export": ("view_customers", "view_customers"),
    "customers/groups/add": ("manage_customers", "manage_customers"),
    "customers/groups/move": ("manage_customers", "manage_customers"),
    "customers/quality": ("view_customers", "view_customers"),
    "customers/quality/export": ("view_customers", "view_customers"),
    "credit/ratings": ("view_customers", "view_customers"),
    "credit/ratings/export": ("view_customers", "view_customers"),
    "credit/ratings/run": ("assess_customers", "assess_customers"),
    "credit/ratings/<int:customer_id>/assess": ("assess_customers", "assess_customers"),
    "credit/ratings/<int:customer_id>/inform": ("assess_customers", "assess_customers"),
    "credit/ratings/<int:customer_id>/override": ("assess_customers", "assess_customers"),
    "credit/overrides/<int:override_id>/end": ("approve_grade", "approve_grade"),
    "customers/<int:customer_id>/facts": ("view_customers", "view_customers"),
    "customers/<int:customer_id>/facts/export": ("view_customers", "view_customers"),
    "customers/<int:customer_id>/facts/lookup": ("assess_customers", "assess_customers"),
    "customers/<int:customer_id>/facts/rate": ("assess_customers", "assess_customers"),
    "credit/scorecards/": ("draft_policy", "draft_policy"),
    "credit/scorecards/begin": ("draft_policy", "draft_policy"),
    "credit/scorecards/<int:draft_id>": ("draft_policy", "draft_policy"),
    "credit/scorecards/<int:draft_id>/hand-in": ("draft_policy", "draft_policy"),
    "credit/scorecards/<int:draft_id>/drop": ("draft_policy", "draft_policy"),
    "credit/scorecards/<int:draft_id>/measure": ("draft_policy", "draft_policy"),
    "credit/scorecards/<int:draft_id>/moved": ("draft_policy", "draft_policy"),
    "credit/scorecards/<int:draft_id>/moved/export": ("draft_policy", "draft_policy"),
    "credit/scorecards/<int:draft_id>/cards/<path:name>": ("draft_policy", "draft_policy"),
    "credit/": ("view_orders", "view_orders"),
    "credit/export": ("view_orders", "view_orders"),
    "credit/orders/<int:order_id>": ("view_orders", "release_order"),
    "credit/limits/": ("view_requests", "view_requests"),
    "credit/dry-run": ("view_ledger", "draft_policy"),
    "credit/dry-run/<int:run_id>": ("view_ledger", "view_ledger"),
    "credit/dry-run/<int:run_id>/export": ("view_ledger", "view_ledger"),
    "credit/dry-run/<int:run_id>/enforce": ("draft_policy", "draft_policy"),
    "credit/customers/<int:customer_id>": ("view_ledger", "propose_limit"),
    "credit/customers/<int:customer_id>/export": ("view_ledger", "view_ledger"),
    "credit/customers/<int:customer_id>/paid": ("view_ledger", "view_ledger"),
    "credit/drift": ("view_ledger", "view_ledger"),
    "credit/drift/export": ("view_ledger", "view_ledger"),
    "credit/groups": ("view_ledger", "propose_limit"),
    "credit/groups/export": ("view_ledger", "view_ledger"),
    "contracts/": ("view_contracts", "view_contracts"),
    "contracts/export": ("view_contracts", "view_contracts"),
    "contracts/new": ("manage_contracts", "manage_contracts"),
    "contracts/<int:contract_id>": ("view_contracts", "view_contracts"),
    "contracts/<int:contract_id>/amend": ("manage_contracts", "manage_contracts"),
    "contracts/<int:contract_id>/files": ("view_contracts", "manage_contracts"),
    "contracts/<int:contract_id>/files/<str:sha256>": ("view_contracts", "view_contracts"),
    "contracts/<int:contract_id>/milestones": ("view_contracts", "manage_contracts"),
    "contracts/<int:contract_id>/milestones/<int:event_id>/withdraw": ("view_contracts", "manage_contracts"),
    "orders/": ("view_orders", "view_orders"),
    "orders/export": ("view_orders", "view_orders"),
    "orders/new": ("manage_orders", "manage_orders"),
    "orders/<int:order_id>": ("view_orders", "view_orders"),
    "orders/<int:order_id>/change": ("manage_orders", "manage_orders"),
    "orders/<int:order_id>/cancel": ("view_orders", "manage_orders"),
    "orders/<int:order_id>/deliveries": ("view_orders", "manage_orders"),
    "orders/<int:order_id>/deliveries/<int:fulfilment_id>/withdraw": ("view_orders", "manage_orders"),
    "imports/": ("view_imports", "view_imports"),
    "imports/export": ("view_imports", "view_imports"),
    "imports/<int:batch_id>": ("view_imports", "view_imports"),
    "imports/<int:batch_id>/lines/<int:row>": ("view_imports", "view_imports"),
    "imports/<int:batch_id>/original": ("view_imports", "view_imports"),
    "imports/<int:batch_id>/undo": ("undo_import", "undo_import"),
    "imports/new": ("import", "import"),
    "imports/drafts/<int:draft_id>": ("import", "import"),
    "imports/drafts/<int:draft_id>/columns": ("import", "import"),
    "imports/drafts/<int:draft_id>/check": ("import", "import"),
    "imports/drafts/<int:draft_id>/recheck": ("import", "import"),
    "imports/drafts/<int:draft_id>/cells": ("import", "import"),
    "imports/drafts/<int:draft_id>/rejected": ("import", "import"),
    "imports/drafts/<int:draft_id>/commit": ("import", "import"),
    "imports/drafts/<int:draft_id>/progress": ("import", "import"),
    "imports/drafts/<int:draft_id>/reopen": ("import", "import"),
    "imports/drafts/<int:draft_id>/discard": ("import", "import"),
    "imports/presets": ("import", "import"),
    "imports/presets/delete": ("import", "import"),
}
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
        wanted = {
            path
            for path, permission in {
                "/today": Permission.VIEW_LEDGER,
                "/work/": Permission.VIEW_WORK,
                "/approvals/": Permission.VIEW_REQUESTS,
                "/bank/lines/": Permission.VIEW_BANK,
                "/bank/import": Permission.IMPORT_BANK,
                "/receivables/overview": Permission.VIEW_LEDGER,
                "/receivables/checkup": Permission.VIEW_LEDGER,
                "/receivables/indicators": Permission.VIEW_LEDGER,
                "/receivables/items": Permission.VIEW_LEDGER,
                "/receivables/statements/": Permission.VIEW_LEDGER,
                "/bills/": Permission.VIEW_LEDGER,
                "/bills/calendar": Permission.VIEW_LEDGER,
                "/bills/cash": Permission.VIEW_LEDGER,
                "/bills/own-accounts": Permission.VIEW_AUDIT,
                "/customers/": Permission.VIEW_CUSTOMERS,
                "/customers/expiring": Permission.VIEW_CUSTOMERS,
                "/customers/groups/": Permission.VIEW_CUSTOMERS,
                "/credit/ratings": Permission.VIEW_CUSTOMERS,
                "/credit/scorecards/": Permission.DRAFT_POLICY,
                "/customers/quality": Permission.VIEW_CUSTOMERS,
                "/customers/hand-overs/": Permission.VIEW_CUSTOMERS,
                "/credit/": Permission.VIEW_ORDERS,
                "/credit/limits/": Permission.VIEW_REQUESTS,
                "/credit/drift": Permission.VIEW_LEDGER,
                "/credit/dry-run": Permission.VIEW_LEDGER,
                "/cover/": Permission.VIEW_LEDGER,
                "/cash/": Permission.VIEW_BANK,
                "/cash/unapplied": Permission.VIEW_BANK,
                "/cash/payers": Permission.VIEW_BANK,
                "/contracts/": Permission.VIEW_CONTRACTS,
                "/orders/": Permission.VIEW_ORDERS,
                "/imports/": Permission.VIEW_IMPORTS,
                "/users/": Permission.MANAGE_USERS,
                "/teams/": Permission.MANAGE_USERS,
                "/programs/": Permission.MANAGE_WEBHOOKS,
                "/policies/": Permission.APPROVE_POLICY,
                "/duties/": Permission.VIEW_AUDIT,
                "/jobs/": Permission.MANAGE_JOBS,
                "/personal/": Permission.ERASE_PERSONAL,
            }.items()
            if permission in described.permissions
        }
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
