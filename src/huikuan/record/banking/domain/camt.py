"""ISO 20022 camt.052, .053 and .054 of any publication → statements.

Elements are found by their local names. 053: entries with status BOOK are the statement, all others (PDNG, INFO,
FUTR) only announced. 052 is announced as a whole. 054 tells entries that the 053 of the same day tells again: both
carry the bank's reference (AcctSvcrRef), by which the second is known; entries of a 054 without one cannot be told
from their double and are only announced. An entry of several payments (batch) becomes one line per payment where
their amounts are all there, in the entry's currency, and add up to it; each then knows the entry (`part_of`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_minor
from huikuan.kernel.text import tidy
from huikuan.record.banking.domain.camt_parties import Own, counterparty_of, memo_of, own_of
from huikuan.record.banking.domain.findings import Draft, Finding
from huikuan.record.banking.domain.statements import Line, Statement
from huikuan.record.banking.domain.xml import Node, walk_xml

_MESSAGES = {"BkToCstmrStmt": "camt.053", "BkToCstmrAcctRpt": "camt.052", "BkToCstmrDbtCdtNtfctn": "camt.054"}
_REPORTS = ("Stmt", "Rpt", "Ntfctn")
_OPENING, _CLOSING, _BETWEEN_PAGES = ("OPBD", "PRCD"), ("CLBD",), "ITBD"
#: Where a message says when it was made: at the report, else in the head.
_HEADS = ("GrpHdr/CreDtTm",)
_NO_REFERENCE = frozenset(("NOTPROVIDED", "NONREF", "NOT PROVIDED"))
_SIGNS = {"CRDT": 1, "DBIT": -1}


@dataclass(slots=True)
class _Entries:
    """The lines of one report while its entries pass by."""

    booked: list[Line] = field(default_factory=list)
    announced: list[Line] = field(default_factory=list)
    left_out: list[Place] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def draft_camt(data: bytes) -> list[Draft]:
    """The statements in a camt message, with what speaks against each. Refuses other XML, any DOCTYPE, broken XML."""
    passing: dict[int, _Entries] = {}

    def take(entry: Node, around: Sequence[Node]) -> None:
        _read_entry(entry, around, passing.setdefault(id(around[-1]), _Entries()))

    root = walk_xml(data, ("Ntry",), take)
    messages = [node for node in (root, *root.children) if _message(node)]
    if not messages:
        name = root.children[0].name if root.name == "Document" and root.children else root.name
        raise Refusal("statement_xml_unknown", found=name)
    return [
        draft
        for message in messages
        for report in message.children
        if report.name in _REPORTS
        for draft in _drafts(report, passing.get(id(report), _Entries()), _message(message))
    ]


def _message(node: Node) -> str:
    """camt.053 …; the first publications carry their number in the name (BkToCstmrStmtV01)."""
    return _MESSAGES.get(node.name.removesuffix("V01"), "")


def _drafts(report: Node, entries: _Entries, message: str) -> list[Draft]:
    """The booked statement, and beside it what is only announced; what speaks against the report, at the first."""
    booked, announced = entries.booked, entries.announced
    if message == "camt.052":
        booked, announced = [], [*booked, *announced]
    elif message == "camt.054":
        unnamed = [line for line in booked if not line.bank_reference]
        booked, announced = [line for line in booked if line.bank_reference], [*unnamed, *announced]
    findings = list(entries.findings)
    balances = _balances(report, findings) if message == "camt.053" else {}
    currency = _currency(report, balances, [*booked, *announced])
    findings += _contradictions(report, currency, balances, booked)
    head = _head(report, message, currency)
    statements = []
    if booked or message == "camt.053":
        opening, closing = balances.get("opening"), balances.get("closing")
        statements.append(
            replace(
                head,
                lines=_numbered(booked),
                opening=opening.amount if opening else None,
                closing=closing.amount if closing else None,
                left_out=tuple(entries.left_out),
            )
        )
    if announced or not statements:
        statements.append(replace(head, lines=_numbered(announced), booked=False))
    return [Draft(statements[0], tuple(findings)), *(Draft(statement) for statement in statements[1:])]


def _numbered(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(replace(line, ordinal=place) for place, line in enumerate(lines, start=1))


def _head(report: Node, message: str, currency: str) -> Statement:
    """All of a statement but its lines and balances."""
    start = _day(report.said("FrToDt/FrDtTm", "FrToDt/FrDt"))
    end = _day(report.said("FrToDt/ToDtTm", "FrToDt/ToDt"))
    return Statement(
        account=own_of(report).account,
        currency=currency,
        lines=(),
        account_name=own_of(report).name,
        bank=tidy(report.said(*(f"Acct/Svcr/FinInstnId/{name}" for name in ("Nm", "BICFI", "BIC")))),
        number=report.said("Id"),
        period_from=start,
        period_through=end,
        layout=message,
    )


@dataclass(frozen=True, slots=True)
class _Balance:
    amount: int
    currency: str
    line: int
    day: date | None


def _balances(report: Node, findings: list[Finding]) -> dict[str, _Balance]:
    """The booked balances before and after: OPBD (else PRCD) and CLBD; between pages ITBD stands for either."""
    found: dict[str, list[_Balance]] = {}
    for node in report.all("Bal"):
        code = node.said("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd")
        amount = _amount(node, findings)
        if amount is not None:
            currency = _currency_of(node)
            found.setdefault(code, []).append(
                _Balance(amount, currency, node.line, _day(node.said("Dt/Dt", "Dt/DtTm")))
            )
    between = found.get(_BETWEEN_PAGES, [])
    ends = {}
    for end, codes, page in (("opening", _OPENING, between[:1]), ("closing", _CLOSING, between[-1:])):
        told = next((found[code] for code in codes if code in found), page)
        if told:
            ends[end] = told[0] if end == "opening" else told[-1]
    return ends


def _currency(report: Node, balances: dict[str, _Balance], lines: Sequence[Line]) -> str:
    told = [report.said("Acct/Ccy"), *(balance.currency for balance in balances.values())]
    return next((code for code in (*told, *(line.currency for line in lines)) if code), "")


def _contradictions(
    report: Node, currency: str, balances: dict[str, _Balance], lines: Sequence[Line]
) -> list[Finding]:
    """No currency, or lines and balances in others than the account's."""
    if not currency and not lines:
        return [Finding("statement_without_currency", report.line)]
    others = [(balance.line, balance.currency) for balance in balances.values() if balance.currency != currency]
    others += [(line.row, line.currency) for line in lines if line.currency != currency]
    return [
        Finding("statement_currencies_differ", row, value=other, params={"currency": currency})
        for row, other in others
    ]


def _read_entry(entry: Node, around: Sequence[Node], into: _Entries) -> None:
    """The lines of an entry, booked or announced. What is only announced needs no day of its own: the message's is
    shown."""
    status = entry.said("Sts/Cd", "Sts/Prtry", "Sts") or "BOOK"
    problems: list[Finding] = []
    amount = _amount(entry, problems)
    days = ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    day = next((day for day in map(_day, map(entry.said, days)) if day), None)
    final = status == "BOOK" and (day is not None or around[-1].name == "Stmt")
    if final and day is None:
        problems.append(Finding("statement_date_unreadable", entry.line, "BookgDt", entry.said(*days)))
    shown = day or _day(next((said for node in reversed(around) if (said := node.said("CreDtTm", *_HEADS))), ""))
    if problems or amount is None or shown is None:
        into.findings.extend(problems if final else ())
        return
    if amount == 0:
        into.left_out.append(Place(row=entry.line, reason="no_amount"))
        return
    (into.booked if final else into.announced).extend(_lines(entry, amount, shown, own_of(around[-1])))


def _lines(entry: Node, amount: int, booked_on: date, own: Own) -> list[Line]:
    """One line per payment of the entry where their amounts make the entry's; else the entry as one."""
    payments = entry.all("NtryDtls/TxDtls") or entry.all("TxDtls")
    parts = [_part(payment, entry) for payment in payments]
    exact = [part for part in parts if part is not None]
    reference = entry.said("AcctSvcrRef")
    if len(payments) > 1 and len(exact) == len(payments) and sum(exact) == amount and 0 not in exact:
        names = _references(payments, reference)
        return [
            replace(_line(entry, payment, part, booked_on, own), bank_reference=name, part_of=reference)
            for payment, part, name in zip(payments, exact, names, strict=True)
        ]
    single = payments[0] if len(payments) == 1 else None
    reference = reference or (single.said("Refs/AcctSvcrRef") if single else "")
    return [replace(_line(entry, single, amount, booked_on, own), bank_reference=reference)]


def _part(payment: Node, entry: Node) -> int | None:
    """The signed amount of one payment, in the entry's currency; None where it is not told."""
    currency = _currency_of(entry)
    sign = _SIGNS.get(payment.said("CdtDbtInd") or entry.said("CdtDbtInd"), 0)
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        node = payment.first(path)
        if node and node.attributes.get("Ccy") == currency:
            try:
                return sign * to_minor(node.text, currency)
            except Refusal:
                return None
    return None


def _references(payments: Sequence[Node], entry: str) -> list[str]:
    """A name for each payment of an entry: the bank's own where all differ, else the entry's with a number behind."""
    own = [payment.said("Refs/AcctSvcrRef") for payment in payments]
    if all(own) and len(set(own)) == len(own) and entry not in own:
        return own
    return [f"{entry}/{place}" if entry else "" for place in range(1, len(payments) + 1)]


def _line(entry: Node, payment: Node | None, amount: int, booked_on: date, own: Own) -> Line:
    about = payment or Node("TxDtls", entry.line)
    reversal = entry.said("RvslInd") in ("true", "1")
    name, account, bank = counterparty_of(about, amount, own, reversal=reversal)
    end_to_end = about.said("Refs/EndToEndId")
    raw = dict(leaf for leaf in entry.leaves() if "TxDtls/" not in leaf[0])
    raw |= {f"TxDtls/{path}": text for path, text in about.leaves()}
    return Line(
        ordinal=0,
        booked_on=booked_on,
        amount=amount,
        currency=_currency_of(entry),
        value_on=_day(entry.said("ValDt/Dt", "ValDt/DtTm")),
        counterparty_name=name,
        counterparty_account=account,
        counterparty_bank=bank,
        memo=memo_of(entry, about, name),
        end_to_end="" if end_to_end.upper() in _NO_REFERENCE else end_to_end,
        reversal=reversal,
        row=about.line,
        raw=raw,
    )


def _amount(node: Node, findings: list[Finding]) -> int | None:
    """The signed amount of an entry or balance; a finding where it cannot be read."""
    text, currency = node.said("Amt"), _currency_of(node)
    sign = _SIGNS.get(node.said("CdtDbtInd"))
    if sign is None:
        findings.append(Finding("statement_direction_unknown", node.line, "CdtDbtInd", node.said("CdtDbtInd")))
        return None
    try:
        return sign * to_minor(text, currency)
    except Refusal as refusal:
        code = f"statement_{refusal.code}"
        findings.append(Finding(code, node.line, "Amt", text, params={"currency": currency}))
        return None


def _currency_of(node: Node) -> str:
    amount = node.first("Amt")
    return amount.attributes.get("Ccy", "") if amount else ""


def _day(text: str) -> date | None:
    """The day of an ISO date or instant, as the bank's own calendar says it."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
