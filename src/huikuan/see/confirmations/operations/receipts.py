"""The receipt as a document: both sides keep the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.money import to_text
from huikuan.kernel.text import tidy
from huikuan.mechanisms.documents.typesetting import pdf
from huikuan.mechanisms.pages.figures import grouped
from huikuan.see.confirmations.domain.answers import DISPUTED
from huikuan.see.confirmations.queries.replies import LineRow, ReplyRow
from huikuan.see.statements.domain.statement import Statement
from huikuan.see.statements.operations.papers import NONE, django_language

TEMPLATE = Path(__file__).parent.parent / "templates" / "receipt.typ"
#: Why a line is disputed, in words.
REASON_NAMES = {
    "quality": gettext_noop("Quality"),
    "quantity": gettext_noop("Quantity"),
    "delivery": gettext_noop("Delivery"),
    "price": gettext_noop("Price"),
    "invoice": gettext_noop("Invoice"),
    "return": gettext_noop("Return"),
    "paid": gettext_noop("Paid already"),
    "other": gettext_noop("Something else"),
}
#: How the person was proved, in words.
PROOFS = {
    "code:email": gettext_noop("a code sent to the e-mail address on file"),
    "code:sms": gettext_noop("a code sent to the telephone on file"),
}
#: How the link came to whoever answered, in words.
LINKS = {
    "email": gettext_noop("sent to the e-mail address on file"),
    "sms": gettext_noop("sent to the telephone on file"),
    "copy": gettext_noop("passed on by us ourselves, or nothing shows that it came to the address on file"),
}


def receipt_pdf(row: ReplyRow, said: Statement, *, language: str) -> bytes:
    """The receipt in the language ('zh', 'en'); the same reply under the same head gives the same bytes."""
    with translation.override(django_language(language)):
        paper = _paper(row, said, language)
    return pdf(TEMPLATE, paper, at=row.answered_at)


def _paper(row: ReplyRow, said: Statement, language: str) -> dict[str, Any]:
    def text(minor: int) -> str:
        return grouped(to_text(minor, row.currency))

    when = row.answered_at.astimezone(ZoneInfo(said.zone)).strftime("%Y-%m-%d %H:%M:%S")
    english = language == "en"
    proved = _(PROOFS[row.proof]) if row.proof in PROOFS else row.proof
    head = row.head
    return {
        "lang": language,
        "region": "gb" if english else "cn",
        "title": _("Receipt of a confirmation"),
        "page": _("Page {n} of {m}"),
        "facts": [
            (_("Account of"), tidy((english and said.issuer.english_name) or said.issuer.name)),
            (_("Customer"), tidy((english and said.recipient.english_name) or said.recipient.name)),
            (_("As of"), f"{said.account.period.until.isoformat()} · {said.currency}"),
            (_("Confirmed by"), tidy(" · ".join(filter(None, (row.name, row.position)))) or NONE),
            (_("Answered at"), f"{when} ({said.zone})"),
            (_("Proved by"), proved),
            (_("The link"), _(LINKS[row.link])),
        ],
        "sums": [
            (_("By our books"), text(row.accepted + row.disputed)),
            (_("Agreed"), text(row.accepted)),
            (_("It differs"), text(row.disputed)),
        ],
        "heads": [_("Document"), _("Due"), _("Open"), _("Agreed"), _("It differs"), _("What was said")],
        "rows": [
            [
                tidy(line.document_number) or NONE,
                line.due_date.isoformat() if line.due_date else NONE,
                text(line.open_amount),
                text(line.accepted),
                text(line.disputed) if line.disputed else "",
                said_words(line, row.currency),
            ]
            for line in row.lines
        ],
        "proof_title": _("How this can be checked"),
        "proof": [
            (_("SHA-256 of the reply"), row.digest),
            (_("SHA-256 of the account as shown"), row.shown_digest),
            (_("Leaf in the ledger"), row.leaf),
            (_("Sealed under head"), f"{head.size} · {bytes(head.root).hex()}" if head else _("not sealed yet")),
        ],
        "how": _(
            "The file “reply” kept with this receipt has the first SHA-256; the file “proof” leads from the leaf to"
            " the signed head."
        ),
    }


def said_words(line: LineRow, currency: str) -> str:
    """What was said of a line, in one sentence; of a disputed one how much of what is open differs."""
    if line.said != DISPUTED:
        told = _("It is right")
    else:
        differs, whole = (grouped(to_text(minor, currency)) for minor in (line.disputed, line.open_amount))
        told = _("%(differs)s of %(whole)s differs") % {"differs": differs, "whole": whole}
        told += f" · {_(REASON_NAMES.get(line.reason, line.reason))}: {tidy(line.note)}"
    if line.promised_on:
        told += " · " + _("to be paid by %(day)s") % {"day": line.promised_on.isoformat()}
    names = ", ".join(file.name for file in line.files)
    return f"{told} · {names}" if names else told
