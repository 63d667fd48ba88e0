"""Statements of account: a draft to read, issuing, the register and its documents."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Day,
    Instant,
    Kind,
    Listed,
    Maybe,
    Part,
    Record,
    Table,
    Text,
    Whole,
    answered,
)
from huikuan.connect.api.web.calls import Call, Download, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.lookups import WHOSE, company_id, company_seen, customer_id, customer_of
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID, instant
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.domain.statement import as_json
from huikuan.see.statements.operations.files import PDF
from huikuan.see.statements.operations.issuing import (
    Ready,
    fresh_head,
    record_issue,
    set_with_number,
    statement_to_issue,
)
from huikuan.see.statements.operations.papers import LANGUAGES
from huikuan.see.statements.queries.accounts import check_period
from huikuan.see.statements.queries.issued import IssuedFilter, IssuedRow, issued, issued_statement
from huikuan.see.statements.queries.statements import statement

_VIEW, _ISSUE = Permission.VIEW_LEDGER, Permission.ISSUE_STATEMENTS
#: Lines a statement may have; no account has more.
_MANY = 1_000_000
_PARTY = answered(code=Text(40), name=Text(200), uscc=Text(18))

STATEMENT = answered(
    id=ID, number=Text(60), company=Text(20), customer=CODE, currency=CURRENCY, since=Day(), until=Day(),
    opening=Amount(), closing=Amount(), language=Text(20), replaces=Maybe(ID), issued_at=Instant(), actor=Text(150),
    content_digest=Text(100), file_sha256=Text(64),
)  # fmt: skip
_DRAFT_PARTS: dict[str, Kind] = {
    "company": _PARTY, "customer": _PARTY, "currency": CURRENCY, "from": Day(), "to": Day(), "head": Maybe(Table()),
    "aging_policy": Maybe(Whole(0)), "letterhead": Maybe(Whole(0)), "figures": Table(),
    "movements": Listed(Table(), _MANY), "open": Listed(Table(), _MANY), "aging": Table(),
    "bank_accounts": Listed(Table()),
}  # fmt: skip
DRAFT = answered(**_DRAFT_PARTS)


def list_statements(call: Call) -> Reply:
    """Issued statements, the newest first."""
    scope, asked = call.caller.scope(_VIEW), call.query
    company = company_id(asked["company"], scope)
    chosen = IssuedFilter(None if company is None else [company], customer_id(asked["customer"], scope))
    rows = issued(chosen, scope=scope, after=int(call.after) if call.after else None, limit=call.limit + 1)
    more = [rows[call.limit - 1].id] if len(rows) > call.limit else None
    return Reply({"data": [statement_json(row) for row in rows[: call.limit]]}, next=more)


def show_statement(call: Call) -> Reply:
    """One issued statement."""
    return Reply(statement_json(_named(call)))


def send_document(call: Call) -> Reply:
    """The document exactly as it was issued, its hash checked."""
    row = _named(call)
    return Reply({}, etag=f'"{row.file_sha256}"', file=Download(open_original(row.file_sha256), row.file_name, PDF))


def show_draft(call: Call) -> Reply:
    """What a statement would say now. Nothing is written, nothing sealed: it rests on no head and has no number."""
    scope, asked = call.caller.scope(_VIEW), call.query
    company = company_seen(asked["company"], scope)
    said = statement(
        company_id=company.pk,
        customer_id=customer_of(company, asked["customer"], scope),
        currency=asked["currency"],
        period=check_period(Period(asked["since"], asked["until"])),
        scope=scope,
        known=None,
        at=call.at,
    )
    return Reply(as_json(said))


def set_statement(call: Call) -> Ready:
    """The document on a fresh head and with the next number. It takes a moment, in which nothing is locked."""
    scope, said = call.caller.scope(_ISSUE), call.body
    company = company_seen(said["company"], scope)
    content = statement_to_issue(
        company_id=company.pk,
        customer_id=customer_of(company, said["customer"], scope),
        currency=said["currency"],
        period=check_period(Period(said["since"], said["until"])),
        known=fresh_head(lambda: call.at),
        actor=call.caller.actor,
        at=call.at,
        replaces=said["replaces"],
    )
    return set_with_number(content, language=said["language"], at=call.at, replaces=said["replaces"])


def issue(call: Call) -> Reply:
    """Issue it: the register's fact and the stored document. Refused, to be set anew, if its number was taken."""
    if not isinstance(call.ready, Ready):
        raise AssertionError("what is issued was set before")
    number = record_issue(call.ready, run_id=None, actor=call.caller.actor, at=call.at)
    if number is None:
        raise Refusal("statement_number_contended")
    return Reply(statement_json(issued_statement(number, scope=call.caller.scope(_ISSUE))))


def statement_json(row: IssuedRow) -> dict[str, Any]:
    """An issued statement; positive is owed to us."""
    plain = ("id", "number", "currency", "language", "replaces", "actor", "content_digest", "file_sha256")
    return {
        **{name: getattr(row, name) for name in plain},
        "company": row.company_code,
        "customer": row.customer_code,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
        "opening": to_text(row.opening, row.currency),
        "closing": to_text(row.closing, row.currency),
        "issued_at": instant(row.issued_at),
    }


def _named(call: Call) -> IssuedRow:
    return found(lambda: issued_statement(call.path["id"], scope=call.caller.scope(_VIEW)))


_ABOUT = {
    "company": Part(Text(20, 1), gettext_noop("a company's code"), required=True),
    "customer": Part(CODE, gettext_noop("a customer's code"), required=True),
    "currency": Part(CURRENCY, required=True),
    "since": Part(Day(), gettext_noop("its first day"), required=True),
    "until": Part(Day(), gettext_noop("its last day"), required=True),
}

ENDPOINTS = (
    Endpoint(
        "listStatements", "GET", "/statements", gettext_noop("Issued statements of account, the newest first"), _VIEW,
        list_statements, STATEMENT, query=Record(WHOSE), paged=True,
    ),
    Endpoint(
        "draftStatement", "GET", "/statements/draft", gettext_noop("What a statement would say; nothing is written"),
        _VIEW, show_draft, DRAFT, query=Record(_ABOUT),
    ),
    Endpoint(
        "issueStatement", "POST", "/statements", gettext_noop("Issue a statement of account"), _ISSUE, issue,
        STATEMENT, status=201, beforehand=set_statement,
        body=Record({**_ABOUT, "language": Part(Choice(tuple(LANGUAGES)), otherwise="zh"), "replaces": Part(
            Maybe(ID), gettext_noop("the statement of the same account and period it is issued in place of"),
            otherwise=None)}),
    ),
    Endpoint(
        "showStatement", "GET", "/statements/{id}", gettext_noop("One issued statement of account"), _VIEW,
        show_statement, STATEMENT, params={"id": ID},
    ),
    Endpoint(
        "downloadStatement", "GET", "/statements/{id}/document",
        gettext_noop("An issued statement's document, as it was issued"), _VIEW, send_document, Record({}),
        params={"id": ID}, sends=PDF,
    ),
)  # fmt: skip
