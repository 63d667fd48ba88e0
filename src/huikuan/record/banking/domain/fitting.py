"""A statement as it is recorded: texts without what no table takes, and lines that move money."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.text import tidy
from huikuan.record.banking.domain.accounts import account_number
from huikuan.record.banking.domain.statements import Line, Statement

#: Of names the rest stands in the original row.
_CUT = ("counterparty_name", "counterparty_bank")
_LONGEST_NAME = 200
#: What a line is recognised by is refused rather than cut.
_LONGEST = {"counterparty_account": 60, "bank_reference": 120, "end_to_end": 120, "part_of": 120}
_LONGEST_NUMBER = 60


def fitted(statement: Statement, file: str) -> Statement:
    """The statement with the texts of its lines tidied; lines without an amount are left out.

    Refuses an account or reference longer than any bank's, with its row.
    """
    return replace(
        statement,
        number=tidy(statement.number)[:_LONGEST_NUMBER],
        layout=tidy(statement.layout)[:_LONGEST_NUMBER],
        lines=tuple(_fitted(line, file) for line in statement.lines if line.amount),
    )


def _fitted(line: Line, file: str) -> Line:
    whole: dict[str, Any] = {name: tidy(getattr(line, name)) for name in ("memo", *_LONGEST)}
    whole["counterparty_account"] = account_number(line.counterparty_account)
    for name, longest in _LONGEST.items():
        if len(whole[name]) > longest:
            place = Place(file=file, row=line.row or None, column=name, value=whole[name][:longest])
            raise Refusal("bank_field_too_long", longest=longest, where=[place])
    cut: dict[str, Any] = {name: tidy(getattr(line, name))[:_LONGEST_NAME] for name in _CUT}
    raw = {_printable(name): _printable(value) for name, value in line.raw.items()}
    return replace(line, raw=raw, **whole, **cut)


def _printable(text: str) -> str:
    """Without what no document column takes: the zero character and halves of pairs."""
    return str(text).replace("\x00", "").encode("utf-8", "replace").decode()
