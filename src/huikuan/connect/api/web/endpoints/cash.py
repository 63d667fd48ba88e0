"""What becomes of bank money: matching, applying, suggestions accepted, applications undone, remittance advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.connect.api.domain.fields import (
    Amount,
    Choice,
    Day,
    Flag,
    Kind,
    Listed,
    Maybe,
    Part,
    Probability,
    Record,
    Text,
    Whole,
    answered,
)
from huikuan.connect.api.web.calls import Call, Endpoint, Reply, found
from huikuan.connect.api.web.endpoints.bank import LINE, MANY, company_for, line_for, told_lines
from huikuan.connect.api.web.endpoints.lookups import customer_of
from huikuan.connect.api.web.shapes import CODE, CURRENCY, ID
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.record.cash.domain.applying import Paid, Portion
from huikuan.record.cash.domain.book import Difference, Verdict
from huikuan.record.cash.domain.differences import POSTED_AS, SHORT_REASONS
from huikuan.record.cash.operations.accepting import accept_proposal
from huikuan.record.cash.operations.advising import Sheet, read_remittance, record_remittance
from huikuan.record.cash.operations.applying import apply_payment
from huikuan.record.cash.operations.matching import match_lines
from huikuan.record.cash.operations.undoing import undo_application
from huikuan.record.cash.queries.advices import links_of
from huikuan.record.cash.queries.applications import ApplicationRow, application, applications_of
from huikuan.record.cash.queries.naming import claim_named
from huikuan.record.cash.queries.suggested import suggested
from huikuan.record.cash.telling import application_json, ran_json, reason_text, suggested_json, taken_json
from huikuan.record.receivables.queries.ledger import item

_VIEW, _SETTLE = Permission.VIEW_BANK, Permission.SETTLE
_DOCUMENT, _WORDS, _MANY_WORDS = Text(60), Text(2_000), 1_000
_MOST = 500

_PART = answered(document_no=_DOCUMENT, amount=Amount())
_DIFFERENCE = answered(kind=Text(30), document_no=_DOCUMENT, amount=Amount())
_PROPOSAL_PARTS: dict[str, Kind] = {
    "customer": CODE, "items": Listed(_PART, MANY), "probability": Probability(), "alternatives": Whole(0),
    "reasons": Listed(_WORDS, _MANY_WORDS), "rest": Amount(), "differences": Listed(_DIFFERENCE, MANY),
}  # fmt: skip
PROPOSAL = answered(**_PROPOSAL_PARTS)
OUTCOME = answered(
    line=ID, bank_reference=Text(120), booked_on=Day(), amount=Amount(), currency=CURRENCY,
    decision=Choice(tuple(one.value for one in Verdict)), proposals=Listed(PROPOSAL),
    reasons=Listed(_WORDS, _MANY_WORDS), applications=Listed(ID),
)  # fmt: skip
_APPLIED_PART = answered(document_no=_DOCUMENT, item=ID, amount=Amount(), short=Maybe(Text(30)))
_APPLIED_DIFFERENCE = answered(kind=Text(30), document_no=_DOCUMENT, item=ID, amount=Amount())
APPLICATION = answered(
    id=ID, line=Maybe(ID), credit=ID, customer=CODE, kind=Text(20), currency=CURRENCY, amount=Amount(),
    rest=Amount(), items=Listed(_APPLIED_PART, MANY), differences=Listed(_APPLIED_DIFFERENCE, MANY),
    effective_on=Day(), order=Text(20), order_reason=Maybe(Text(200)), probability=Maybe(Probability()),
    actor=Text(150), undone=Maybe(Text(200)),
)  # fmt: skip
APPLICATIONS = answered(applications=Listed(APPLICATION, _MOST))
LINE_WHOLE = answered(
    **{name: part.kind for name, part in LINE.parts.items()},
    proposals=Listed(answered(**_PROPOSAL_PARTS, digest=Text(64))),
    reasons=Listed(_WORDS, _MANY_WORDS),
    applications=Listed(APPLICATION, MANY),
)
_ADVISED = answered(
    row=Maybe(Whole(0)), bank_reference=Text(120), document_no=Text(200), amount=Maybe(Amount()), currency=Text(3),
    payment=Choice(("known", "waits")), document=Choice(("known", "unknown")),
)  # fmt: skip
TAKEN = answered(sheet=Maybe(ID), new=Whole(0), known=Whole(0), lines=Listed(_ADVISED, MANY))


def show_line(call: Call) -> Reply:
    """One line with what is suggested for it, and what became of it where the caller sees the ledger."""
    row = line_for(call, _VIEW)
    made = suggested(row.id)
    of = applications_of([row.id], scope=call.caller.scope(Permission.VIEW_LEDGER))
    body = {
        "proposals": suggested_json(made, row.currency),
        "reasons": [reason_text(reason) for reason in made.reasons],
        "applications": [_told(one) for one in of],
    }
    return Reply({**told_lines(call, [row])[0], **body})


def run_matching(call: Call) -> Any:
    """Answer every open receipt of the company and apply what is sure, batch by batch, each whole or not at all: a
    run takes a moment, and what a lost one has done the next one finds done."""
    company = company_for(call, call.body["company"], _SETTLE)
    return match_lines(company=company, actor=call.caller.actor, at=call.at, dry_run=call.body["dry_run"])


def tell_matching(call: Call) -> Reply:
    """What `huikuan bank match --json` says."""
    return Reply({"lines": ran_json(call.ready)})


def apply_line(call: Call) -> Reply:
    """Apply what is left of the line, or so much of it; all portions or none."""
    row = line_for(call, _SETTLE)
    company = Company.objects.get(pk=row.company_id)
    portions = [_portion(call, company, row.currency, said) for said in call.body["portions"]]
    ids = apply_payment(company=company, line_id=row.id, portions=portions, actor=call.caller.actor, at=call.at)
    return _applied(call, ids)


def accept_suggestion(call: Call) -> Reply:
    """Apply the line as it was suggested."""
    row = line_for(call, _SETTLE)
    company = Company.objects.get(pk=row.company_id)
    ids = accept_proposal(
        company=company, line_id=row.id, digest=call.body["digest"], actor=call.caller.actor, at=call.at
    )
    return _applied(call, ids)


def undo(call: Call) -> Reply:
    """Take an application back; answers it as it is now."""
    scope = call.caller.scope(_SETTLE)
    row = found(lambda: application(call.path["id"], scope=scope))
    if not scope.whole(row.company_id):
        raise Refusal("not_found")
    said = call.body
    undo_application(application_id=row.id, reason=said["reason"], on=said["on"], actor=call.caller.actor, at=call.at)
    return Reply(_told(application(row.id, scope=scope)))


def read_advice(call: Call) -> Sheet:
    """The advice in the file. Reading takes a moment, in which nothing is locked."""
    if call.upload is None:
        raise AssertionError("an endpoint of files has one")
    company = company_for(call, call.query["company"], _SETTLE)
    with call.upload.as_file() as path:
        return read_remittance(company, path, call.query["name"])


def record_advice(call: Call) -> Reply:
    """Record what is new of the advice."""
    company = company_for(call, call.query["company"], _SETTLE)
    taken = record_remittance(company=company, sheet=call.ready, actor=call.caller.actor, at=call.at)
    return Reply(taken_json(taken, links_of(company.pk, taken.lines)))


def _applied(call: Call, ids: Sequence[int]) -> Reply:
    scope = call.caller.scope(_SETTLE)
    return Reply({"applications": [_told(application(one, scope=scope)) for one in ids]})


def _told(row: ApplicationRow) -> dict[str, Any]:
    said = application_json(row)
    return {"id": row.id, **{name: value for name, value in said.items() if name != "application"}}


def _portion(call: Call, company: Company, currency: str, said: Mapping[str, Any]) -> Portion:
    """Without documents, and without a word on the rest, the money goes in the order of the law."""
    whose = customer_of(company, said["customer"], call.caller.scope(_SETTLE))
    stays = said["rest_on_account"] or bool(said["contract_no"])
    named = said["items"] is not None or stays
    return Portion(
        whose,
        amount=_minor(said["amount"], currency),
        parts=tuple(_paid(company, whose, currency, one) for one in said["items"] or ()) if named else None,
        differences=tuple(_difference(company, whose, one) for one in said["differences"]),
        rest_stays=stays,
        contract_number=said["contract_no"],
        reason=said["reason"],
    )


def _paid(company: Company, whose: int, currency: str, said: Mapping[str, Any]) -> Paid:
    claim = claim_named(company.pk, whose, said["document_no"])
    in_claim = _minor(said["document_amount"], item(claim).currency)
    return Paid(claim, _minor(said["amount"], currency), in_claim, said["short"])


def _difference(company: Company, whose: int, said: Mapping[str, Any]) -> Difference:
    claim = claim_named(company.pk, whose, said["document_no"])
    return Difference(said["kind"], claim, to_minor(said["amount"], item(claim).currency))


def _minor(text: str | None, currency: str) -> int | None:
    return None if text is None else to_minor(text, currency)


_CLAIM = Part(Text(60, 1), gettext_noop("an open document's number, or # and an item's id"), required=True)
_PAID = Record({
    "document_no": _CLAIM,
    "amount": Part(
        Amount(), gettext_noop("in the line's currency, below zero a credit that is netted; all open if left out")
    ),
    "document_amount": Part(Amount(), gettext_noop("in the document's currency, where it is another")),
    "short": Part(Choice(("", *SHORT_REASONS)), gettext_noop("why it is not paid in full"), otherwise=""),
})  # fmt: skip
_WRITTEN_OFF = Record({
    "kind": Part(Choice(tuple(POSTED_AS)), required=True),
    "document_no": _CLAIM,
    "amount": Part(Amount(), gettext_noop("in the document's currency"), required=True),
})  # fmt: skip
_PORTION = Record({
    "customer": Part(CODE, gettext_noop("a customer's code"), required=True),
    "amount": Part(Amount(), gettext_noop("so much of the line; all that is left if left out")),
    "items": Part(
        Listed(_PAID, _MOST), gettext_noop("the documents it pays; in the order of the law if left out")
    ),
    "rest_on_account": Part(Flag(), gettext_noop("what goes to no document stays on account"), otherwise=False),
    "contract_no": Part(Text(60), gettext_noop("the rest is an advance for this contract"), otherwise=""),
    "differences": Part(
        Listed(_WRITTEN_OFF, _MOST), gettext_noop("small differences that close a document"), otherwise=[]
    ),
    "reason": Part(
        Text(200), gettext_noop("why it goes elsewhere than by law and than the payer said"), otherwise=""
    ),
})  # fmt: skip
_COMPANY = Part(Text(20, 1), gettext_noop("a company's code"), required=True)

ENDPOINTS = (
    Endpoint(
        "showBankLine", "GET", "/bank/lines/{id}",
        gettext_noop("One line, what is suggested for it and what it was applied to"), _VIEW, show_line, LINE_WHOLE,
        params={"id": ID},
    ),
    Endpoint(
        "matchBankLines", "POST", "/bank/match",
        gettext_noop("Apply what is sure of the money that came in, suggest what is likely"), _SETTLE, tell_matching,
        answered(lines=Listed(OUTCOME, MANY)), beforehand=run_matching,
        body=Record({
            "company": _COMPANY,
            "dry_run": Part(Flag(), gettext_noop("only say what would be done"), otherwise=False),
        }),
    ),
    Endpoint(
        "applyBankLine", "POST", "/bank/lines/{id}/applications",
        gettext_noop("Put a bank line to what one or several customers owe, all or none"), _SETTLE, apply_line,
        APPLICATIONS, status=201, params={"id": ID},
        body=Record({"portions": Part(Listed(_PORTION, _MOST, 1), required=True)}),
    ),
    Endpoint(
        "acceptSuggestion", "POST", "/bank/lines/{id}/acceptance",
        gettext_noop("Apply a bank line as it is suggested"), _SETTLE, accept_suggestion, APPLICATIONS, status=201,
        params={"id": ID},
        body=Record({
            "digest": Part(
                Text(64), gettext_noop("of the proposal that is meant; the best if left out"), otherwise=""
            ),
        }),
    ),
    Endpoint(
        "undoApplication", "POST", "/bank/applications/{id}/undo",
        gettext_noop("Take an application back: what it paid is open again, its bank line is free"), _SETTLE, undo,
        APPLICATION, params={"id": ID},
        body=Record({
            "reason": Part(Text(200, 1), gettext_noop("why"), required=True),
            "on": Part(Day(), gettext_noop("the day the money went back; what it paid was paid until then")),
        }),
    ),
    Endpoint(
        "takeRemittance", "POST", "/bank/remittances",
        gettext_noop("Take in what payers say they paid for: a table, or the text of a message"), _SETTLE,
        record_advice, TAKEN, status=201, file=True, beforehand=read_advice,
        query=Record({
            "company": _COMPANY,
            "name": Part(Text(255, 1), gettext_noop("what the file is called"), required=True),
        }),
    ),
)  # fmt: skip
