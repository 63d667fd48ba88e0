"""A letter's parts as plain data, the same for PDF, Word and the page: what is a table, a box, a paragraph.

Boxes speak the letter's language: call within `translation.override`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.notices.domain.templates import (
    NOTHING,
    Table,
    check_size,
    filled,
    paragraphs,
    parts,
    texts_of,
)
from huikuan.mechanisms.notices.letters.letterhead import Head

MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Content:
    """What a letter is written from. `values`: every placeholder of its code."""

    head: Head
    values: Mapping[str, str]
    tables: Mapping[str, Table]


Block = Callable[[Content], dict[str, Any]]


def body(text: str, content: Content) -> list[dict[str, Any]]:
    """The parts of a section: {"kind": "text" | "salutation" | "heading", "text"}, or a block's data."""
    found = [
        BLOCKS[part.text](content) if part.kind == "block" else {"kind": part.kind, "text": part.text}
        for part in parts(text, BLOCKS, content.values)
    ]
    check_size(list(_words(found)))
    return found


def as_text(text: str, content: Content) -> str:
    """A section as plain text: tables and accounts as lines."""
    return "\n\n".join(filter(None, (_lines(part) for part in body(text, content))))


def line(text: str, content: Content) -> str:
    """A section as one text, as it stands."""
    return filled(text.strip(), content.values)


def plain_parts(text: str, content: Content) -> list[dict[str, Any]]:
    """Words that are no template as a letter's paragraphs, with signature and receipt; nothing in them is filled."""
    check_size([text])
    found = [{"kind": "text", "text": one} for one in paragraphs(text)]
    return [*found, _signature(content), _receipt(content)]


def _lines(part: dict[str, Any]) -> str:
    if part["kind"] == "table":
        heads = part["heads"]
        rows = [
            _joined([f"{head} {cell}" if cell else "" for head, cell in zip(heads, row, strict=True)])
            for row in part["rows"]
        ]
        totals = [
            cell if at == 0 else f"{head} {cell}" if cell else ""
            for at, (head, cell) in enumerate(zip(heads, part["total"], strict=False))
        ]
        return "\n".join(filter(None, [*rows, _joined(totals)]))
    if part["kind"] == "accounts":
        return "\n\n".join("\n".join(f"{name}: {value}" for name, value in one) for one in part["accounts"])
    return str(part.get("text", ""))


def _joined(texts: list[str]) -> str:
    return " · ".join(filter(None, texts))


def _table(name: str) -> Block:
    def block(content: Content) -> dict[str, Any]:
        found = content.tables.get(name)
        if found is None:
            raise Refusal("letter_table_missing", name=name)
        _check(name, found)
        return {
            "kind": "table",
            "heads": [tidy(cell) for cell in found.heads],
            "rows": [[tidy(cell) for cell in row] for row in found.rows],
            "total": [tidy(cell) for cell in found.total],
            "right": list(found.right),
        }

    return block


def _check(name: str, table: Table) -> None:
    if len(table.rows) > MOST_ROWS:
        raise Refusal("letter_too_many_rows", most=MOST_ROWS)
    check_size(texts_of(table))
    rows = (*table.rows, *([table.total] if table.total else []))
    if any(len(row) != len(table.heads) for row in rows):
        raise Refusal("letter_table_uneven", name=name)


def _bank(content: Content) -> dict[str, Any]:
    accounts = [
        _account(one["holder"], one["bank"], one["number"], one["swift"]) for one in content.head.accounts
    ] or [_account(content.head.name, "", "", "")]
    return {"kind": "accounts", "accounts": accounts}


def _assignee(content: Content) -> dict[str, Any]:
    value = content.values
    holder = value["assignee_holder"] or value["assignee_name"]
    return {"kind": "accounts", "accounts": [_account(holder, value["assignee_bank"], value["assignee_number"], "")]}


def _account(holder: str, bank: str, number: str, swift: str) -> list[list[str]]:
    rows = [[_("Account holder"), holder], [_("Bank"), bank], [_("Account number"), number]]
    return [[name, tidy(value) or NOTHING] for name, value in rows] + ([["SWIFT", tidy(swift)]] if swift else [])


def _answer(_content: Content) -> dict[str, Any]:
    blanks = [_("Seal or signature"), _("Handled by"), pgettext("to be filled in", "Date")]
    return {
        "kind": "answer",
        "boxes": [
            {"title": _("The information is correct"), "text": "", "blanks": blanks},
            {
                "title": _("The information differs"),
                "text": _("Please state amounts and what they are for:"),
                "blanks": blanks,
            },
        ],
    }


def _receipt(content: Content) -> dict[str, Any]:
    return {
        "kind": "receipt",
        "title": pgettext("of a letter", "Receipt"),
        "text": _("We have received this letter from %(sender)s with its enclosures.")
        % {"sender": tidy(content.values.get("firm_name", "") or content.head.name)},
        "blanks": [
            _("Seal or signature"),
            pgettext("of a letter", "Received by"),
            pgettext("to be filled in", "Date"),
        ],
    }


def _signature(content: Content) -> dict[str, Any]:
    return {"kind": "signature", "lines": [content.head.name, _("(Seal)"), content.values["letter_date"]]}


def _lawyer(content: Content) -> dict[str, Any]:
    firm, lawyer = tidy(content.values["firm_name"]), tidy(content.values["lawyer_name"])
    signs = _("Lawyer: %(name)s (signature)") % {"name": lawyer}
    return {"kind": "signature", "lines": [firm, _("(Seal of the firm)"), signs, content.values["letter_date"]]}


#: What a placeholder that stands alone becomes.
BLOCKS: dict[str, Block] = {
    "items": _table("items"),
    "segments": _table("segments"),
    "account": _table("account"),
    "bank_account": _bank,
    "assignee_account": _assignee,
    "answer": _answer,
    "receipt": _receipt,
    "signature": _signature,
    "lawyer_signature": _lawyer,
}


def _words(value: Any) -> Any:
    """Every text within the data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _words(one)
    elif isinstance(value, list):
        for one in value:
            yield from _words(one)
