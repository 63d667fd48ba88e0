"""`huikuan bank apply|set-aside|reject|undo`: money is put to what a customer owes, or is not, and taken back."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.identity.commanding import commander, reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import company_record
from huikuan.record.cash.cli.answers import application_lines, finish, tell
from huikuan.record.cash.domain.applying import Paid, Portion
from huikuan.record.cash.domain.book import Difference
from huikuan.record.cash.domain.differences import POSTED_AS, SHORT_REASONS
from huikuan.record.cash.operations.accepting import accept_proposal, reject_proposal, set_aside
from huikuan.record.cash.operations.applying import apply_credit, apply_payment
from huikuan.record.cash.operations.collecting import collect_bill
from huikuan.record.cash.operations.refunding import refund_credit
from huikuan.record.cash.operations.returning import return_payment
from huikuan.record.cash.operations.undoing import undo_application
from huikuan.record.cash.queries.applications import application
from huikuan.record.cash.queries.naming import claim_named, line_named
from huikuan.record.cash.telling import application_json
from huikuan.record.customers.queries import customer
from huikuan.record.receivables.queries.ledger import item

#: Who may say which money paid which claim.
WRITES = Permission.SETTLE


def add_applying(actions: Any) -> None:
    """Add `apply` and `undo` to the verbs of `huikuan bank`."""
    apply = finish(
        actions.add_parser("apply", help=_("put a bank line, or money on account, to what a customer owes")), _apply
    )
    apply.add_argument("line", metavar="LINE", help=_("the bank's reference, the number of the line, or item:ID"))
    how = apply.add_mutually_exclusive_group(required=True)
    how.add_argument("--customer", default="", metavar="CODE")
    how.add_argument("--bill", type=int, metavar="BILL", help=_("the bill it pays, by its number here"))
    how.add_argument("--accept", action="store_true", help=_("take what matching suggests for the line"))
    apply.add_argument(
        "--item",
        action="append",
        default=[],
        metavar="NO[=AMOUNT[/AMOUNT]]",
        help=_("a document it pays, in order; without an amount as much as is open; after “/” in the document's"
               " currency; below zero a credit that is netted"),
    )  # fmt: skip
    apply.add_argument("--amount", default="", help=_("so much of the line; all that is left if left out"))
    apply.add_argument("--rest-on-account", action="store_true", help=_("what goes to no document stays on account"))
    apply.add_argument("--contract", default="", metavar="NO", help=_("the rest is an advance for this contract"))
    apply.add_argument(
        "--short", action="append", default=[], metavar="NO=CODE", help=_("why a document is not paid in full")
    )
    apply.add_argument(
        "--write-off", action="append", default=[], metavar="NO=KIND:AMOUNT",
        help=_("a small difference that closes a document: bank_fee, early_payment_discount, small_difference"),
    )  # fmt: skip
    apply.add_argument("--reason", default="", help=_("why it goes elsewhere than by law and than the payer said"))
    apply.add_argument("--key", default=None, help=_("the same request given twice is done once"))
    aside = finish(
        actions.add_parser("set-aside", help=_("what is left of a line is no customer's money")), _set_aside
    )
    aside.add_argument("line", metavar="LINE")
    aside.add_argument("--reason", required=True)
    reject = finish(actions.add_parser("reject", help=_("turn the suggestion for a line down")), _reject)
    reject.add_argument("line", metavar="LINE")
    reject.add_argument("--reason", default="")
    reject.add_argument("--other-customer", action="store_true", help=_("the payer does not pay for this customer"))
    refund = finish(actions.add_parser("refund", help=_("an outgoing line gave a customer's credit back")), _refund)
    refund.add_argument("line", metavar="LINE")
    refund.add_argument("--customer", required=True, metavar="CODE")
    refund.add_argument("--item", required=True, metavar="NO", help=_("the credit that was given back"))
    refund.add_argument("--amount", default="", help=_("so much of the line; all that is left if left out"))
    back = finish(actions.add_parser("return", help=_("a line takes back one that was applied")), _return)
    back.add_argument("line", metavar="LINE")
    back.add_argument("--of", required=True, metavar="LINE", help=_("the line whose money went back"))
    back.add_argument("--reason", default="")
    undo = finish(actions.add_parser("undo", help=_("take an application back")), _undo)
    undo.add_argument("application", type=int)
    undo.add_argument("--reason", required=True)
    undo.add_argument("--on", default="", metavar="DATE", help=_("the day the money went back; it paid until then"))


def _apply(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    if options.accept:
        line_id = line_named(company.pk, options.line).id
        ids = accept_proposal(company=company, line_id=line_id, request_key=options.key, actor=actor, at=at)
        return _answer(options, ids)
    if options.bill is not None:
        paid = {"company": company, "bill_id": options.bill, "actor": actor, "at": at}
        return _answer(options, [collect_bill(line_id=line_named(company.pk, options.line).id, **paid)])
    whose = customer(options.customer, scope=reader_scope(options, WRITES, at=at)).id
    if options.line.startswith("item:"):
        ids = [_from_account(options, company, whose, actor, at)]
    else:
        line = line_named(company.pk, options.line)
        ids = apply_payment(
            company=company,
            line_id=line.id,
            portions=[_portion(options, company.pk, whose, line.currency)],
            request_key=options.key,
            actor=actor,
            at=at,
        )
    return _answer(options, ids)


def _answer(options: Namespace, ids: Sequence[int]) -> int:
    rows = [application(one, scope=EVERYTHING) for one in ids]
    body = {"applications": [application_json(row) for row in rows]}
    tell(options, body, [line for row in rows for line in application_lines(row)])
    return 0


def _from_account(options: Namespace, company: Company, whose: int, actor: str, at: datetime) -> int:
    name = options.line.removeprefix("item:")
    if not name.isdecimal():
        raise Refusal("line_name_unknown", name=options.line)
    credit = item(int(name))
    return apply_credit(
        company=company,
        credit_id=credit.id,
        portion=_portion(options, company.pk, whose, credit.currency),
        request_key=options.key,
        actor=actor,
        at=at,
    )


def _portion(options: Namespace, company_id: int, customer_id: int, currency: str) -> Portion:
    shorts = dict(_pair(text, "short") for text in options.short)
    for code in shorts.values():
        if code not in SHORT_REASONS:
            raise Refusal("short_reason_unknown", reason=code, known=", ".join(SHORT_REASONS))
    parts: list[Paid] = []
    for text in options.item:
        name, _sign, said = text.partition("=")
        item_id = claim_named(company_id, customer_id, name)
        amount, _slash, in_claim = said.partition("/")
        parts.append(
            Paid(
                item_id,
                to_minor(amount, currency) if amount else None,
                to_minor(in_claim, item(item_id).currency) if in_claim else None,
                shorts.get(name, ""),
            )
        )
    return Portion(
        customer_id,
        amount=to_minor(options.amount, currency) if options.amount else None,
        parts=tuple(parts) if options.item or options.rest_on_account or options.contract else None,
        differences=tuple(_difference(text, company_id, customer_id) for text in options.write_off),
        rest_stays=options.rest_on_account or bool(options.contract),
        contract_number=options.contract,
        reason=options.reason,
    )


def _difference(text: str, company_id: int, customer_id: int) -> Difference:
    name, said = _pair(text, "write-off")
    kind, _colon, amount = said.partition(":")
    if kind not in POSTED_AS:
        raise Refusal("difference_kind_unknown", kind=kind, known=", ".join(sorted(POSTED_AS)))
    item_id = claim_named(company_id, customer_id, name)
    return Difference(kind, item_id, to_minor(amount, item(item_id).currency))


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, said = text.partition("=")
    if not sign or not name or not said:
        raise Refusal("option_unreadable", option=f"--{option}", value=text)
    return name, said


def _undo(options: Namespace) -> int:
    at = datetime.now(UTC)
    row = application(options.application, scope=reader_scope(options, WRITES, at=at))
    actor = commander(options, WRITES, company_id=row.company_id, at=at)
    on = parse_date(options.on) if options.on else None
    undo_application(application_id=row.id, reason=options.reason, on=on, actor=actor, at=at)
    now = application(row.id, scope=EVERYTHING)
    told = _("Application %(id)s is undone; its money is free again.") % {"id": row.id}
    tell(options, application_json(now), [told])
    return 0


def _return(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    line, original = line_named(company.pk, options.line), line_named(company.pk, options.of)
    by: dict[str, Any] = {"company": company, "actor": actor, "at": at}
    made = return_payment(line_id=line.id, original_id=original.id, reason=options.reason, **by)
    told = _("Bank line %(line)s takes line %(original)s back; applications undone: %(undone)s.") % {
        "line": line.id,
        "original": original.id,
        "undone": ", ".join(map(str, made.undone)) or "–",
    }
    body = {"line": line.id, "original": original.id, "undone": list(made.undone), "uses": list(made.uses)}
    tell(options, body, [told])
    return 0


def _set_aside(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    line = line_named(company.pk, options.line)
    use = set_aside(company=company, line_id=line.id, note=options.reason, actor=actor, at=at)
    told = _("Bank line %(line)s is set aside.") % {"line": line.id}
    tell(options, {"line": line.id, "use": use, "amount": to_text(line.left, line.currency)}, [told])
    return 0


def _reject(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    line = line_named(company.pk, options.line)
    rejection = reject_proposal(
        company=company,
        line_id=line.id,
        reason=options.reason,
        other_customer=options.other_customer,
        actor=actor,
        at=at,
    )
    told = _("The suggestion for bank line %(line)s is turned down.") % {"line": line.id}
    tell(options, {"line": line.id, "rejection": rejection}, [told])
    return 0


def _refund(options: Namespace) -> int:
    at, company = datetime.now(UTC), company_record(options.company)
    whose = customer(options.customer, scope=reader_scope(options, WRITES, at=at)).id
    actor = commander(options, WRITES, company_id=company.pk, at=at)
    line = line_named(company.pk, options.line)
    made = refund_credit(
        company=company,
        line_id=line.id,
        credit_id=claim_named(company.pk, whose, options.item),
        amount=to_minor(options.amount, line.currency) if options.amount else None,
        actor=actor,
        at=at,
    )
    return _answer(options, [made])
