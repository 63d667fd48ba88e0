"""Reading remittance advice: a table with a column of documents, or the text of a message.

Amounts come out in minor units, signed: a credit that was deducted is below zero.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from huikuan.kernel.amounts import SCALE_DIGITS, read_amount
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import minor_digits
from huikuan.kernel.text import fold, fold_without_note, plain

TABLE, TEXT = "table", "text"

#: What columns are called, folded.
_COLUMNS: dict[str, tuple[str, ...]] = {
    "document_number": (
        *("documentno", "documentnumber", "document", "invoiceno", "invoicenumber", "invoice", "billno", "docno"),
        *("发票号", "发票号码", "发票编号", "单据号", "单据编号", "单据号码", "单号", "账单号", "结算单号"),
    ),
    "bank_reference": (
        *("bankreference", "bankref", "paymentreference", "paymentref", "reference", "transactionreference"),
        *("流水号", "银行流水号", "交易流水号", "付款流水号", "回单号", "付款单号", "参考号"),
    ),
    "amount": (
        *("amount", "amountpaid", "paidamount", "paymentamount", "paid", "allocatedamount"),
        *("金额", "付款金额", "本次付款", "本次付款金额", "支付金额", "实付金额", "核销金额"),
    ),
    "currency": ("currency", "币种", "币别"),
    "payer_name": ("payername", "payer", "付款人", "付款单位", "付款方", "付款人名称"),
    "paid_on": ("paidon", "paymentdate", "valuedate", "付款日期", "支付日期"),
    "memo": ("memo", "note", "remark", "remarks", "备注", "摘要", "说明"),
}
#: What stands in the column of documents below the last one.
_NO_DOCUMENT = frozenset(("", "合计", "总计", "小计", "total", "sum", "subtotal"))
_HEADER_ROWS = 20
LONGEST = {"bank_reference": 120, "document_number": 60, "payer_name": 200, "memo": 200}

_REFERENCE = re.compile(
    r"(?:流水号|回单号|付款单号|参考号|bank\s*ref(?:erence)?|payment\s*ref(?:erence)?)\s*(?:no\.?)?\s*[:：#]?\s*"
    r"([A-Za-z0-9][A-Za-z0-9/_-]{3,})",
    re.IGNORECASE,
)
_PAYER = re.compile(r"(?:付款人|付款单位|付款方|payer)\s*[:：]\s*(\S.*)", re.IGNORECASE)
_AMOUNT = re.compile(r"[-−(]?\s*(?:CNY|RMB|USD|EUR|[¥￥$€])?\s*\d{1,3}(?:,\d{3})*(?:\.\d{1,3})?\)?(?=\s*元|\s*$)|"
                     r"[-−(]?(?:CNY|RMB|USD|EUR|[¥￥$€])?\s*\d+\.\d{2,3}\)?")  # fmt: skip
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_-]*\d[A-Za-z0-9/_-]*")
_DATE = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
_SHORTEST_NUMBER = 3


@dataclass(frozen=True, slots=True)
class Advised:
    """One line of an advice, at `row` of its file. `amount` None: what is open of the document."""

    row: int
    document_number: str
    bank_reference: str = ""
    amount: int | None = None
    currency: str = ""
    payer_name: str = ""
    paid_on: date | None = None
    memo: str = ""


def read_table(rows: Sequence[tuple[int, Sequence[str]]], name: str, *, currency: str) -> list[Advised] | None:
    """The lines of a table; None where no header names a column of documents. Refuses cells that cannot be read,
    every one of them named. `currency`: of amounts whose row says none."""
    for place, (_, cells) in enumerate(rows[:_HEADER_ROWS]):
        if columns := _columns(cells):
            return _lines(rows[place + 1 :], columns, name, currency)
    return None


def read_text(text: str, *, currency: str) -> list[Advised]:
    """The lines of a message that name a document, with the amount that stands behind it; what the message says of
    the payment holds for the lines after it."""
    found: list[Advised] = []
    reference = payer = ""
    for row, line in enumerate(text.splitlines(), start=1):
        said = plain(line)
        if named := _REFERENCE.search(said):
            reference = named[1]
            said = said[: named.start()] + said[named.end() :]
        if named := _PAYER.search(said):
            payer, said = named[1].strip(), said[: named.start()]
        said = _DATE.sub(" ", said)
        amounts = [one for one in _AMOUNT.finditer(said) if _is_amount(one.group())]
        rest = said[: amounts[-1].start()] if amounts else said
        numbers = [one for one in _NUMBER.findall(rest) if len(one) >= _SHORTEST_NUMBER]
        if not numbers or not amounts:
            continue
        amount = _minor(amounts[-1].group().replace(" ", ""), currency)
        if isinstance(amount, int):
            longest = max(numbers, key=len)
            found.append(Advised(row, longest[: LONGEST["document_number"]], reference, amount, currency, payer))
    return found


def keys_of(lines: Iterable[Advised]) -> list[str]:
    """What each line is recognised by, however often a file is sent: its content, and which of equal lines it is."""
    seen: Counter[tuple[object, ...]] = Counter()
    keys = []
    for line in lines:
        told = (
            line.bank_reference, line.document_number, line.amount, line.currency, line.payer_name,
            line.paid_on.isoformat() if line.paid_on else "",
        )  # fmt: skip
        seen[told] += 1
        keys.append(hashlib.sha256(repr((*told, seen[told])).encode()).hexdigest())
    return keys


def _columns(cells: Sequence[str]) -> dict[str, int] | None:
    """Field → place of its column; None for a row that is no header."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        for name, called in _COLUMNS.items():
            if name not in found and (fold(cell) in called or fold_without_note(cell) in called):
                found[name] = place
    return found if "document_number" in found and len(found) > 1 else None


def _lines(
    rows: Iterable[tuple[int, Sequence[str]]], columns: Mapping[str, int], name: str, currency: str
) -> list[Advised]:
    wrong: list[Place] = []
    found: list[Advised] = []
    for row, cells in rows:
        said = {field: plain(cells[place]) for field, place in columns.items() if place < len(cells)}
        if fold(said.get("document_number", "")) in _NO_DOCUMENT:
            continue
        places = list(_wrong(said, currency))
        wrong += [Place(file=name, row=row, column=field, value=said[field], reason=code) for field, code in places]
        if not places:
            found.append(_advised(row, said, currency))
    if wrong:
        raise Refusal("advice_unreadable", where=wrong)
    return found


def _wrong(said: Mapping[str, str], currency: str) -> Iterator[tuple[str, str]]:
    """(field, what is wrong with it) of a row."""
    if said.get("amount"):
        amount = _minor(said["amount"], said.get("currency", "").upper() or currency)
        if isinstance(amount, str):
            yield "amount", amount
    if said.get("paid_on"):
        try:
            parse_date(said["paid_on"].replace("/", "-").replace(".", "-"))
        except Refusal as refusal:
            yield "paid_on", refusal.code
    for field, longest in LONGEST.items():
        if len(said.get(field, "")) > longest:
            yield field, "text_too_long"


def _advised(row: int, said: Mapping[str, str], currency: str) -> Advised:
    own = said.get("currency", "").upper() or currency
    amount = _minor(said["amount"], own) if said.get("amount") else None
    paid_on = said.get("paid_on", "").replace("/", "-").replace(".", "-")
    return Advised(
        row=row,
        document_number=said["document_number"],
        bank_reference=said.get("bank_reference", ""),
        amount=amount if isinstance(amount, int) else None,
        currency=own,
        payer_name=said.get("payer_name", ""),
        paid_on=parse_date(paid_on) if paid_on else None,
        memo=said.get("memo", ""),
    )


def _minor(text: str, currency: str) -> int | str:
    """Minor units, or the code of what is wrong."""
    digits = minor_digits(currency)
    exact = read_amount(text, digits)
    return exact if isinstance(exact, str) else exact // 10 ** (SCALE_DIGITS - digits)


def _is_amount(text: str) -> bool:
    return "." in text or "," in text or any(sign in text for sign in "¥￥$€") or text.strip().isdigit()
