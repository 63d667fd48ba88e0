"""`huikuan collect letter`: a letter of the house to one customer, of what is open today."""

from __future__ import annotations

from argparse import ArgumentTypeError, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from huikuan.act.collection.cli.answers import day_of, finish, tell
from huikuan.act.collection.letter_examples import OVERDUE
from huikuan.act.collection.queries.letter_facts import letter_facts
from huikuan.mechanisms.identity.commanding import reader_scope
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_record
from huikuan.mechanisms.notices.domain.template_codes import CODES, KEYS
from huikuan.mechanisms.notices.letters.writing import write_letter
from huikuan.record.customers.queries import customer


def add_lettering(actions: Any) -> None:
    """Add `letter`."""
    parser = finish(actions.add_parser("letter", help=_("write a letter to a customer: PDF or Word")), _letter)
    parser.add_argument("customer", metavar="CODE")
    parser.add_argument("letter", choices=[*CODES])
    parser.add_argument("file", type=Path, help=_("ending in .pdf or .docx"))
    parser.add_argument("--date", metavar="DATE", help=_("the day (default: today)"))
    parser.add_argument("--language", choices=[*KEYS], default="zh-hans")
    parser.add_argument(
        "--value", action="append", default=[], type=_value, metavar="NAME=TEXT",
        help=_("what the ledger does not know, such as firm_name"),
    )  # fmt: skip


def _value(text: str) -> tuple[str, str]:
    name, equals, said = text.partition("=")
    if not equals:
        raise ArgumentTypeError(text)
    return name, said


def _letter(options: Namespace) -> int:
    at = datetime.now(UTC)
    company = company_record(options.company)
    scope = reader_scope(options, Permission.COLLECT, at=at)
    facts = letter_facts(
        customer_id=customer(options.customer, scope=scope).id,
        company_id=company.pk,
        scope=scope,
        as_of=day_of(options.date, company, at),
        language=options.language,
        at=at,
        overdue=options.letter in OVERDUE,
    )
    form = "docx" if options.file.suffix == ".docx" else "pdf"
    written = write_letter(
        code=options.letter, language=options.language, values={**facts.values, **dict(options.value)},
        tables=facts.tables, company_id=company.pk, at=at, forms=[form],
    )  # fmt: skip
    options.file.write_bytes(written.docx or written.pdf)
    lacking = ", ".join(written.lacking)
    body = {"file": str(options.file), "version": written.version_id, "lacking": list(written.lacking)}
    tell(options, body, [str(options.file), *([_("not stated: %(names)s") % {"names": lacking}] if lacking else [])])
    return 0
