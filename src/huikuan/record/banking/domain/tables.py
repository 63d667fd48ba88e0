"""Tables of banks and wallets → statements: csv, text and (as csv) workbooks, of known layouts or by a mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from huikuan.kernel.amounts import SCALE_DIGITS, read_amount
from huikuan.kernel.money import minor_digits, to_text
from huikuan.kernel.text import fold, fold_without_note, tidy
from huikuan.record.banking.domain.around import account_of, currency_of, period_of, read_around
from huikuan.record.banking.domain.entries import (
    Entry,
    Habits,
    Reading,
    order_of,
    read_entries,
    style_of,
    words_of,
)
from huikuan.record.banking.domain.findings import Draft, Finding
from huikuan.record.banking.domain.grids import Table, read_table
from huikuan.record.banking.domain.layouts import DIRECTIONS
from huikuan.record.banking.domain.mapping import TableMapping
from huikuan.record.banking.domain.signs import Signing, sign
from huikuan.record.banking.domain.statements import Line, Statement

#: Column names that say more than a direction: one is a direction only where all its words are.
_MAYBE_DIRECTION = frozenset(("交易类型", "transactiontype"))


@dataclass(frozen=True, slots=True)
class _Told:
    """What the file says of the whole: its rows around the table, and how it writes."""

    around: Mapping[str, str]
    habits: Habits
    opening: int | None
    closing: int | None
    mapping: TableMapping | None
    currency_told: bool


def draft_tables(text: str, name: str, mapping: TableMapping | None, currency: str) -> list[Draft]:
    """The statements in a table, one per account and currency, with what speaks against each.

    `currency` is assumed where the file names none. Refuses a layout it does not know.
    """
    table = _settled(read_table(text, name, mapping), mapping)
    told = _told(table, mapping, currency)
    reading = read_entries(table, told.habits)
    told = _with_footer(told, reading)
    groups: dict[tuple[str, str, bool], list[Entry]] = {}
    for entry in reading.entries:
        groups.setdefault((entry.account, entry.currency, entry.state == "waiting"), []).append(entry)
    single = len([key for key in groups if not key[2]]) <= 1
    drafts = [_draft(entries, table, told, single=single) for entries in groups.values()]
    drafts = drafts or [_draft([], table, told, single=True)]
    whole = (*_order_findings(told), *reading.findings, *(_totals(reading, table, told) if single else ()))
    first = drafts[0]
    statement = replace(first.statement, left_out=tuple(reading.left_out))
    return [Draft(statement, (*whole, *first.findings)), *drafts[1:]]


def _settled(table: Table, mapping: TableMapping | None) -> Table:
    """Without a direction column whose words say other things, or that is not needed."""
    if mapping or "direction" not in table.columns:
        return table
    dated = [cells for _, cells in table.below if any(c.isdigit() for c in table.cell(cells, "booked_on"))]
    words = {fold(table.cell(cells, "direction")) for cells in dated}
    maybe = fold_without_note(table.name("direction")) in _MAYBE_DIRECTION
    if not table.columns.keys() & {"credit", "debit"} and (not maybe or words <= DIRECTIONS.keys() - {""}):
        return table
    return replace(table, columns={name: places for name, places in table.columns.items() if name != "direction"})


def _told(table: Table, mapping: TableMapping | None, currency: str) -> _Told:
    around = {**read_around(cells for _, cells in table.before), **(mapping.constants if mapping else {})}
    named = currency_of(around.get("currency", ""))
    order = mapping.date_order if mapping else ""
    days = [table.cell(cells, "booked_on") for _, cells in table.below]
    order = order or order_of(day for day in days if any(c.isdigit() for c in day))
    money = [table.cell(cells, name) for _, cells in table.below for name in ("amount", "credit", "debit", "balance")]
    style = style_of(money)
    if mapping and mapping.decimal:
        style = replace(style, decimal=mapping.decimal)
    own = account_of(around.get("account", ""))
    habits = Habits(order, style, named or currency, words_of(mapping), own)
    told = bool(named) or any(currency_of(table.cell(cells, "currency")) for _, cells in table.below)
    return _Told(around, habits, None, None, mapping, told)


def _with_footer(told: _Told, reading: Reading) -> _Told:
    around = {**read_around(cells for _, cells in reading.footer), **told.around}
    return replace(
        told,
        around=around,
        opening=_balance(around.get("opening", ""), told.habits),
        closing=_balance(around.get("closing", ""), told.habits),
    )


def _balance(text: str, habits: Habits) -> int | None:
    digits = minor_digits(habits.currency)
    read = read_amount(text, digits, habits.style) if text else ""
    return int(read // 10 ** (SCALE_DIGITS - digits)) if isinstance(read, int) else None


def _order_findings(told: _Told) -> tuple[Finding, ...]:
    return () if told.habits.order else (Finding("statement_date_order_unknown"),)


def _draft(entries: Sequence[Entry], table: Table, told: _Told, *, single: bool) -> Draft:
    """One statement: the signs chosen, the lines made, what does not hold told."""
    opening, closing = (told.opening, told.closing) if single else (None, None)
    inverse = bool(told.mapping and told.mapping.signs == "out")
    signing = sign(entries, opening, closing, inverse=inverse) if entries else Signing((), None, None)
    findings = list(_sign_findings(entries, signing, table, told)) if entries else []
    chain = signing.chain
    if chain and chain.whole:
        findings += _ends_differ(chain.opening, opening, "opening", told)
        findings += _ends_differ(chain.closing, closing, "closing", told)
        opening, closing = (opening if opening is not None else chain.opening), chain.closing
    booked = all(entry.state != "waiting" for entry in entries)
    start, end = period_of(dict(told.around), told.habits.order)
    statement = Statement(
        account=(entries[0].account if entries else "") or account_of(told.around.get("account", "")),
        currency=entries[0].currency if entries else told.habits.currency,
        lines=tuple(
            _line(place, entry, amount, table)
            for place, (entry, amount) in enumerate(zip(entries, signing.amounts, strict=True), start=1)
        ),
        account_name=tidy(_first_said(entries, table, "account_name") or told.around.get("account_name", "")),
        bank=tidy(told.around.get("bank", "")),
        opening=opening if booked else None,
        closing=closing if booked else None,
        period_from=start,
        period_through=end,
        booked=booked,
        layout=table.layout,
        currency_told=told.currency_told,
    )
    return Draft(statement, tuple(findings))


def _first_said(entries: Sequence[Entry], table: Table, field: str) -> str:
    return table.cell(entries[0].cells, field) if entries else ""


def _sign_findings(entries: Sequence[Entry], signing: Signing, table: Table, told: _Told) -> list[Finding]:
    both = [entry for entry in entries if entry.credit and entry.debit]
    if both:
        value = f"{table.cell(both[0].cells, 'credit')} / {table.cell(both[0].cells, 'debit')}"
        return [Finding("statement_two_amounts", both[0].row, table.name("credit"), value)]
    chain = signing.chain
    findings = []
    if chain and chain.first_break is not None:
        findings.append(_break(entries[chain.first_break], chain.expected or 0, table))
    nothing_fits = chain is None or chain.broken == chain.links
    if not signing.proven and nothing_fits and _unsure(entries, table, told):
        column = table.name("amount")
        findings.append(Finding("statement_direction_unproven", column=column, params={"column": column}))
    return findings


def _unsure(entries: Sequence[Entry], table: Table, told: _Told) -> bool:
    """One column of amounts, and nothing that says what its sign means."""
    alone = not table.columns.keys() & {"credit", "debit"} and any(entry.direction is None for entry in entries)
    stated = table.layout == "plain" or (told.mapping is not None and told.mapping.signs != "")
    return alone and not stated


def _break(entry: Entry, expected: int, table: Table) -> Finding:
    found = entry.balance or 0
    said = {
        "expected": to_text(expected, entry.currency),
        "found": to_text(found, entry.currency),
        "difference": to_text(found - expected, entry.currency),
        "currency": entry.currency,
    }
    return Finding("statement_balance_broken", entry.row, table.name("balance"), said["found"], gap=True, params=said)


def _ends_differ(chained: int | None, said: int | None, which: str, told: _Told) -> list[Finding]:
    if said is None or chained is None or said == chained:
        return []
    currency = told.habits.currency
    params = {
        "said": to_text(said, currency),
        "found": to_text(chained, currency),
        "difference": to_text(chained - said, currency),
        "currency": currency,
    }
    return [Finding(f"statement_{which}_differs", value=params["said"], gap=True, params=params)]


def _totals(reading: Reading, table: Table, told: _Told) -> list[Finding]:
    """Rows of sums that differ from the lines above them."""
    found = []
    for number, cells in reading.totals:
        for field in ("credit", "debit"):
            said = _balance(table.cell(cells, field), told.habits)
            summed = sum(_printed(entry, field) for entry in reading.entries)
            if said is not None and said not in (summed, -summed):
                found.append(_total_differs(number, table.name(field), said, summed, told.habits.currency))
    return found


def _printed(entry: Entry, field: str) -> int:
    return (entry.credit if field == "credit" else entry.debit) or 0


def _total_differs(row: int, column: str, said: int, summed: int, currency: str) -> Finding:
    params = {
        "said": to_text(said, currency),
        "found": to_text(summed, currency),
        "difference": to_text(said - summed, currency),
        "currency": currency,
    }
    return Finding("statement_totals_differ", row, column, params["said"], gap=True, params=params)


def _line(ordinal: int, entry: Entry, amount: int, table: Table) -> Line:
    def said(field: str) -> str:
        return tidy(table.cell(entry.cells, field))

    name, account, bank = _counterparty(entry, amount, table)
    memo = [tidy(entry.cells[place]) for place in table.columns.get("memo", ()) if place < len(entry.cells)]
    return Line(
        ordinal=ordinal,
        booked_on=entry.booked_on,
        amount=amount,
        currency=entry.currency,
        value_on=entry.value_on,
        counterparty_name=name,
        counterparty_account=account,
        counterparty_bank=bank,
        memo="; ".join(dict.fromkeys(part for part in memo if part not in ("", "/", "-"))),
        bank_reference=said("bank_reference").strip("/"),
        end_to_end=said("end_to_end").strip("/"),
        reversal=entry.flagged or entry.returned,
        balance_after=entry.balance,
        row=entry.row,
        raw={tidy(header): tidy(cell) for header, cell in zip(table.headers, entry.cells, strict=False) if cell},
    )


def _counterparty(entry: Entry, amount: int, table: Table) -> tuple[str, str, str]:
    """(name, account, bank) of the other side: its own columns, else payer or payee by the way the money went."""
    side = "payer" if amount > 0 else "payee"
    cells = entry.cells
    name = table.cell(cells, "counterparty_name") or table.cell(cells, f"{side}_name")
    account = table.cell(cells, "counterparty_account") or table.cell(cells, f"{side}_account")
    bank = table.cell(cells, "counterparty_bank") or table.cell(cells, f"{side}_bank")
    party = table.cell(cells, f"{side}_party")
    if party and not (name or account):
        account, _, name = party.partition("/") if party[:1].isdigit() else ("", "", party)
    return _text(name), account_of(account.strip("/")), _text(bank)


def _text(cell: str) -> str:
    return "" if cell in ("/", "-") else tidy(cell)
