"""A statement as a document: its words in either language, as plain data for the template and the workbook."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huikuan.kernel.amount_words import chinese_capitals, english_words
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.kernel.text import tidy
from huikuan.mechanisms.pages.figures import bucket_name, grouped
from huikuan.record.receivables.templatetags.receivables import kind_name
from huikuan.see.statements.domain.account import Movement, OpenLine
from huikuan.see.statements.domain.statement import Statement

#: The languages a statement can be written in, as Django calls them.
LANGUAGES = {"zh": "zh-hans", "en": "en"}
NONE = "–"
_ROOT_SHOWN = 16


def django_language(language: str) -> str:
    """'zh' → 'zh-hans'; refuses a language no statement is written in."""
    if language not in LANGUAGES:
        raise Refusal("statement_language_unknown", value=language)
    return LANGUAGES[language]


def paper(statement: Statement, *, language: str, number: str, replaces: str = "") -> dict[str, Any]:
    """Everything the document says, in `language` ('zh', 'en'). `number` '': a draft, which says so. `replaces`: the
    number of the one it takes the place of."""
    with translation.override(django_language(language)):
        return {
            "lang": language,
            "region": {"zh": "cn", "en": "gb"}[language],
            "title": _("Statement of account"),
            "draft": "" if number else _("Draft: not issued, without a number"),
            **_parties(statement, language),
            **_frame(statement, number, replaces),
            **_summary(statement, language),
            **_aging(statement),
            "movements": _movements(statement),
            "open": _open(statement),
            "banks": _banks(statement),
            "reply": _reply(statement, language),
        }


def direction(minor: int) -> str:
    """Who owes whom, in words."""
    if minor > 0:
        return _("owed to us by you")
    return _("owed to you by us") if minor < 0 else _("settled in full")


def movement_name(line: Movement) -> str:
    """Invoice, Receipt (reversed), Receipt used with 宏朔钢构有限公司 CNY …"""
    name = kind_name(line.kind)
    if line.is_settlement and not line.settled_with:
        name = _("%(kind)s settled with an item of another customer") % {"kind": name}
    elif line.is_settlement:
        name = _("%(kind)s settled with %(other)s") % {"kind": name, "other": tidy(line.settled_with)}
    return _("%(kind)s, reversed") % {"kind": name} if line.is_reversal else name


def _parties(statement: Statement, language: str) -> dict[str, Any]:
    issuer, recipient, english = statement.issuer, statement.recipient, language == "en"

    def named(name: str, english_name: str) -> str:
        return tidy((english and english_name) or name)

    address = named(issuer.address, issuer.english_address)
    ours = [_named(_("USCC"), issuer.uscc), address, tidy(" · ".join(filter(None, (issuer.phone, issuer.email))))]
    theirs = [_named(_("Customer code"), recipient.code), _named(_("USCC"), recipient.uscc)]
    return {
        "issuer": {"name": named(issuer.name, issuer.english_name), "lines": [line for line in ours if line]},
        "to": pgettext("a letter's address", "To"),
        "recipient": {
            "name": named(recipient.name, recipient.english_name),
            "lines": [line for line in theirs if line],
        },
    }


def _frame(statement: Statement, number: str, replaces: str) -> dict[str, Any]:
    period, head = statement.account.period, statement.head
    span = f"{period.since.isoformat()} – {period.until.isoformat()}"
    meta = [(_("Number"), number)] if number else []
    meta += [(_("Replaces no."), replaces)] if replaces else []
    meta += [
        (_("Dated"), statement.on.isoformat()),
        (_("Period"), span),
        (_("Currency"), statement.currency),
    ]
    rests = ""
    if head:
        sealed = head.sealed_at.astimezone(ZoneInfo(statement.zone)).strftime("%Y-%m-%d %H:%M:%S")
        rests = _("Rests on sealed head %(size)s, root %(root)s…, sealed %(when)s (%(zone)s)") % {
            "size": head.size,
            "root": head.root[:_ROOT_SHOWN],
            "when": sealed,
            "zone": statement.zone,
        }
    return {
        "meta": meta,
        "rests": rests,
        "page": _("Page {n} of {m}"),
        "running": f"{_('Statement of account')} · {tidy(statement.recipient.name)}",
        "running_right": " · ".join(filter(None, (number, span, statement.currency))),
    }


def _summary(statement: Statement, language: str) -> dict[str, Any]:
    figures, period = statement.account.figures, statement.account.period
    closing = figures.closing
    sentence = (
        _("By our books, as of %(until)s the balance is %(currency)s %(amount)s, %(direction)s.")
        if closing
        else _("By our books, as of %(until)s neither of us owes the other anything.")
    )
    lead = sentence % {
        "until": period.until.isoformat(),
        "currency": statement.currency,
        "amount": _text(statement, abs(closing)),
        "direction": direction(closing),
    }
    words = chinese_capitals if language == "zh" else english_words
    return {
        "lead": lead,
        "summary": [
            (name, _text(statement, amount))
            for name, amount in (
                (_("Opening balance"), figures.opening),
                (pgettext("over a period", "Invoiced"), figures.invoiced),
                (_("Returned and credited"), figures.returned),
                (_("Paid"), figures.paid),
                (_("Other"), figures.other),
                (_("Closing balance"), closing),
            )
        ],
        "words_name": _("In words"),
        "words": f"{words(abs(closing), statement.currency)} ({direction(closing)})"
        if language == "en"
        else f"{words(abs(closing), statement.currency)}（{direction(closing)}）",
    }


def _aging(statement: Statement) -> dict[str, Any]:
    aged = statement.account.aged
    places = [
        (bucket_name("not_due"), aged.not_due, "0"),
        (bucket_name("awaiting"), aged.awaiting, "w"),
        *(
            (bucket_name("days", low, high), amount, str(min(at + 1, 5)))
            for at, (low, high, amount) in enumerate(aged.buckets)
        ),
    ]
    parts = [
        {
            "name": name,
            "amount": _text(statement, amount),
            "share": amount * 1000 // aged.debits if aged.debits else 0,
            "shade": shade,
        }
        for name, amount, shade in places
        if amount or shade not in ("w",)
    ]
    if aged.credits:
        parts.append({"name": _("Credits"), "amount": _text(statement, -aged.credits), "share": 0, "shade": "0"})
    return {
        "aging": parts if statement.account.open_lines else [],
        "aging_title": _("Age of what is open"),
        "aging_aside": _("by days past due on %(day)s") % {"day": statement.account.period.until.isoformat()},
    }


def _movements(statement: Statement) -> dict[str, Any]:
    account = statement.account
    debits = sum(line.amount for line in account.movements if line.amount > 0)
    credits_ = -sum(line.amount for line in account.movements if line.amount < 0)
    closing = [_text(statement, amount) for amount in (debits, credits_, account.figures.closing)]
    return {
        "title": _("Movements of the period"),
        "aside": _("amounts in %(currency)s") % {"currency": statement.currency},
        "heads": [
            _("Date"), _("Document"), _("Kind"), _("Due"), pgettext("side of an account", "Debit"),
            pgettext("side of an account", "Credit"), _("Balance"),
        ],
        "opening": [_("Opening balance"), _text(statement, account.figures.opening)],
        "rows": [_movement(statement, line) for line in account.movements],
        "closing": [_("Closing balance"), *closing],
    }  # fmt: skip


def _movement(statement: Statement, line: Movement) -> list[str]:
    debit, credit = max(line.amount, 0), max(-line.amount, 0)
    return [
        line.on.isoformat(),
        tidy(line.document_number) or NONE,
        movement_name(line),
        _day(line.due_date),
        _text(statement, debit) if debit else "",
        _text(statement, credit) if credit else "",
        _text(statement, line.balance),
    ]


def _open(statement: Statement) -> dict[str, Any]:
    account, aged = statement.account, statement.account.aged
    totals = [(_("Open, owed to us"), aged.debits)]
    if aged.credits:
        totals += [(_("Credits not yet applied"), -aged.credits), (_("Balance"), account.figures.closing)]
    return {
        "title": _("Open items at the end of the period"),
        "aside": _("amounts in %(currency)s") % {"currency": statement.currency},
        "heads": [
            _("Document"), _("Kind"), _("Document date"), _("Due"), _("Original"), pgettext("amount", "Open"),
            _("Days overdue"),
        ],
        "rows": [_open_line(statement, line) for line in account.open_lines],
        "totals": [(name, _text(statement, amount)) for name, amount in totals],
    }  # fmt: skip


def _open_line(statement: Statement, line: OpenLine) -> list[str]:
    awaiting = _("awaiting event") if line.side == "debit" else NONE
    return [
        tidy(line.document_number) or NONE,
        kind_name(line.kind),
        line.document_date.isoformat(),
        line.due_date.isoformat() if line.due_date else awaiting,
        _text(statement, line.amount),
        _text(statement, line.open_amount),
        str(line.overdue_days) if line.overdue_days else NONE,
    ]


def _banks(statement: Statement) -> dict[str, Any]:
    accounts = []
    for one in statement.issuer.accounts_for(statement.currency):
        lines = [
            (_("Account holder"), one.holder), (_("Bank"), one.bank), (_("Account number"), one.number),
            ("SWIFT", one.swift),
        ]  # fmt: skip
        accounts.append([(name, value) for name, value in lines if value])
    return {"title": _("Please pay to"), "accounts": accounts}


def _reply(statement: Statement, language: str) -> dict[str, Any]:
    issuer = statement.issuer
    if language == "en" and issuer.english_name:
        where = [issuer.english_name, issuer.english_address or issuer.address, issuer.phone, issuer.email]
    else:
        where = [issuer.name, issuer.department, issuer.address, issuer.phone, issuer.email]
    blanks = [_("Seal or signature"), _("Handled by"), pgettext("to be filled in", "Date")]
    return {
        "title": _("Your reply"),
        "text": _("Please check this statement, mark one of the two and send it back to: %(where)s")
        % {"where": tidy(" · ".join(filter(None, where)))},
        "agreed": {"title": _("The information is correct"), "text": "", "blanks": blanks},
        "differs": {
            "title": _("The information differs"),
            "text": _("Please state amounts and what they are for:"),
            "blanks": blanks,
        },
        "ours": [_("Checked by"), _("Reviewed by"), _("Seal of the issuer")],
    }


def _named(name: str, value: str) -> str:
    return f"{name} {tidy(value)}" if value else ""


def _text(statement: Statement, minor: int) -> str:
    return grouped(to_text(minor, statement.currency))


def _day(day: date | None) -> str:
    return day.isoformat() if day else NONE
