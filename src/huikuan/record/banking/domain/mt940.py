"""SWIFT MT940 and MT942 → statements.

A message is :20: … to the next :20: or a line of '-'. MT942 (it has :34F: or :13D: and no balances) is announced, not
booked. Every MT940 names its account and both balances; one that does not was cut off. Dialects kept apart by data:
details in :86: (`mt940_details`), a currency behind the account, balances without currency, lines cut anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_minor
from huikuan.kernel.text import tidy
from huikuan.record.banking.domain.findings import Draft, Finding
from huikuan.record.banking.domain.mt940_details import Details, read_details, read_non_swift, reference
from huikuan.record.banking.domain.statements import Line, Statement

_TAGS = "13D?|20|21|25P?|28C?|34F?|60[FM]|61|62[FM]|64|65|86|90[CD]|NS"
_TAG = re.compile(rf"^:({_TAGS}):")
_ENVELOPE = re.compile(r"\{[1235]:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}|\{4:|^-\}|\}", re.MULTILINE)
#: A tag cut by a line end (:⏎86:), and tags without any line between them.
_CUT_TAG = re.compile(rf"\n:\n(?=(?:{_TAGS}):)")
_GLUED = re.compile(r"(?=:(?:20|25|28C?|60[FM]|61|62[FM]|64|65|86):)")
_ENTRY = re.compile(
    r"^(?P<value>\d{6})(?P<entry>\d{4})?(?P<mark>[RE]?[CD])(?P<funds>[A-Z])?\s?(?P<amount>\d*[,.]?\d*)"
    r"(?P<kind>[A-Z][A-Z0-9]{3})?(?P<own>(?:(?!//)[^\n]){0,34})(?://(?P<bank>[^\n]{0,34}))?(?:\n(?P<more>.*))?$",
    re.DOTALL,
)
_BALANCE = re.compile(r"^(?P<mark>[CD])(?P<day>\d{6})(?P<currency>[A-Z]{3})?(?P<amount>\d*[,.]?\d*)")
_ACCOUNT_CURRENCY = re.compile(r"(?<=\d)[A-Z]{3}$")
_LAST_CENTURY_FROM = 80
_SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1, "EC": 1, "ED": -1}


@dataclass(frozen=True, slots=True)
class _Field:
    tag: str
    row: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass(slots=True)
class _Balance:
    amount: int
    currency: str


@dataclass(slots=True)
class _Message:
    """One message while its fields are read."""

    row: int
    account: str = ""
    number: str = ""
    currency: str = ""
    opening: _Balance | None = None
    closing: _Balance | None = None
    within_day: bool = False
    entries: list[tuple[_Field, Details | None]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def looks_like_mt940(text: str) -> bool:
    """Whether a line of the file begins with a tag of these messages."""
    return bool(re.search(rf"^(?:\{{.*\{{4:\s*)?:(?:{_TAGS}):", text[:20_000], re.MULTILINE))


def draft_mt940(text: str) -> list[Draft]:
    """The statements in a file, with what speaks against each."""
    return [_draft(message) for message in _messages(_fields(text))]


def _fields(text: str) -> Iterator[_Field | None]:
    """The fields in order; None where a message ends."""
    text = _CUT_TAG.sub("\n:", _ENVELOPE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    if "\n:" not in text.strip():
        text = _GLUED.sub("\n", text).lstrip("\n")
    tag, row = "", 0
    lines: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        found = _TAG.match(line)
        if found or line.strip() == "-":
            if tag:
                yield _Field(tag, row, tuple(lines))
            tag, row, lines = (found[1], number, [line[found.end() :]]) if found else ("", 0, [])
            if not found:
                yield None
        elif tag and line.strip():
            lines.append(line)
    if tag:
        yield _Field(tag, row, tuple(lines))


def _messages(fields: Iterator[_Field | None]) -> list[_Message]:
    messages: list[_Message] = []
    current: _Message | None = None
    for one in fields:
        if one is None:
            current = None
        elif current is None or one.tag == "20":
            current = _Message(one.row)
            messages.append(current)
            _take(one, current)
        else:
            _take(one, current)
    return messages


def _take(one: _Field, into: _Message) -> None:
    """A field into its message."""
    tag, text = one.tag[:2], one.text.strip()
    if tag == "25":
        if into.entries or into.account:
            into.findings.append(Finding("mt940_out_of_place", one.row, ":25:", text[:60]))
        bare = tidy(text.split("\n")[0])
        cut = _ACCOUNT_CURRENCY.search(bare)
        into.account, into.currency = bare[: cut.start()] if cut else bare, into.currency or (cut[0] if cut else "")
    elif tag == "28":
        into.number = tidy(text)
    elif tag == "34" and not into.currency:
        into.within_day, into.currency = True, text[:3]
    elif tag in ("13", "34"):
        into.within_day = True
    elif tag in ("60", "62"):
        _take_balance(one, into)
    elif tag == "61":
        into.entries.append((one, None))
    elif tag in ("86", "NS") and into.entries and into.closing is None:
        entry, before = into.entries[-1]
        if before is None:
            read = read_details(one.lines) if tag == "86" else read_non_swift(one.lines)
            into.entries[-1] = (entry, read)


def _take_balance(one: _Field, into: _Message) -> None:
    found = _BALANCE.match(one.text.strip())
    if found is None:
        into.findings.append(Finding("mt940_balance_unreadable", one.row, f":{one.tag}:", one.text[:60]))
        return
    into.currency = into.currency if found["currency"] is None or into.currency else found["currency"]
    currency = found["currency"] or into.currency
    amount = _amount(found["amount"], currency, one, into)
    if amount is not None:
        balance = _Balance(amount if found["mark"] == "C" else -amount, currency)
        if one.tag.startswith("60"):
            into.opening = into.opening or balance
        else:
            into.closing = balance


def _draft(message: _Message) -> Draft:
    booked = not (message.within_day and message.opening is None and message.closing is None)
    read = [line for entry, details in message.entries if (line := _line(entry, details, message))]
    moved = [line for line in read if line.amount]
    lines = (replace(line, ordinal=place) for place, line in enumerate(moved, start=1))
    missing = _missing(message, booked=booked)
    findings = [*message.findings]
    if missing:
        findings.append(Finding("mt940_incomplete", message.row, value=missing, params={"missing": missing}))
    for balance in (message.opening, message.closing):
        if balance and balance.currency != message.currency:
            said = {"currency": message.currency}
            findings.append(Finding("statement_currencies_differ", message.row, value=balance.currency, params=said))
    statement = Statement(
        account=message.account,
        currency=message.currency,
        lines=tuple(lines),
        number=message.number,
        opening=message.opening.amount if message.opening and booked else None,
        closing=message.closing.amount if message.closing and booked else None,
        booked=booked,
        layout="mt940" if booked else "mt942",
        left_out=tuple(Place(row=line.row, reason="no_amount") for line in read if not line.amount),
    )
    return Draft(statement, tuple(findings))


def _missing(message: _Message, *, booked: bool) -> str:
    """The fields a message must have and has not."""
    needed: dict[str, object] = {":25:": message.account, "currency": message.currency}
    if booked:
        needed |= {":60F:": message.opening, ":62F:": message.closing}
    return " ".join(name for name, found in needed.items() if not found)


def _line(entry: _Field, details: Details | None, message: _Message) -> Line | None:
    found = _ENTRY.match(entry.text.strip())
    if found is None or not found["amount"].strip(",."):
        message.findings.append(Finding("mt940_entry_unreadable", entry.row, ":61:", entry.text[:80]))
        return None
    value_on = _value_day(found["value"], entry, message)
    amount = _amount(found["amount"], message.currency or "EUR", entry, message)
    booked_on = _entry_day(found["entry"], value_on, entry, message) if value_on else None
    if value_on is None or amount is None or booked_on is None:
        return None
    about = details or Details()
    more = tidy((found["more"] or "").replace("\n", " "))
    return Line(
        ordinal=0,
        booked_on=booked_on,
        amount=_SIGNS[found["mark"]] * amount,
        currency=message.currency,
        value_on=value_on,
        counterparty_name=about.name,
        counterparty_account=about.account,
        counterparty_bank=about.bank,
        memo="; ".join(part for part in (about.purpose, more) if part),
        bank_reference=reference(found["bank"] or ""),
        end_to_end=about.end_to_end or reference(found["own"]),
        reversal=found["mark"].startswith("R"),
        row=entry.row,
        raw={":61:": tidy(entry.text), **({":86:": about.text} if about.text else {})},
    )


def _amount(text: str, currency: str, one: _Field, into: _Message) -> int | None:
    """The amount in minor units. Decimals beyond the currency's are taken where they are zeros (HUF 14790,00)."""
    plain = text.replace(",", ".")
    try:
        return to_minor(f"0{plain}" if plain.startswith(".") else plain.rstrip("."), currency)
    except Refusal as refusal:
        said = {"currency": currency}
        into.findings.append(Finding(f"statement_{refusal.code}", one.row, f":{one.tag}:", text, params=said))
        return None


def _value_day(text: str, entry: _Field, message: _Message) -> date | None:
    """A value date YYMMDD. 29 and 30 February stand for the month's last day: interest months have thirty days."""
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    whole = year + (1900 if year >= _LAST_CENTURY_FROM else 2000)
    if month == 2 and day in (29, 30):
        day = (date(whole, 3, 1).toordinal() - date(whole, 2, 1).toordinal()) if day == 30 or whole % 4 else day
    try:
        return date(whole, month, day)
    except ValueError:
        message.findings.append(Finding("statement_date_impossible", entry.row, ":61:", text))
        return None


def _entry_day(text: str | None, value_on: date, entry: _Field, message: _Message) -> date | None:
    """The day of booking MMDD, in the year that brings it nearest to the value date; else the value date itself."""
    if not text:
        return value_on
    near = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            near.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    if not near:
        message.findings.append(Finding("statement_date_impossible", entry.row, ":61:", text))
        return None
    return min(near, key=lambda day: abs((day - value_on).days))
