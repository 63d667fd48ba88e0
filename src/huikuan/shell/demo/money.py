"""What the demo's banks told of the last days: three accounts, read in through the door every statement takes.

Nothing is applied while the demo is built, so the books stay as the story tells them: the worker matches what came in
once it runs, and the workbench shows what applied itself, what is suggested, and what is left. All invented.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.models import Company
from huikuan.record.banking.models import BankAccount
from huikuan.record.banking.operations.files import import_statements
from huikuan.record.banking.operations.importing import Asked
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.receivables.models import Item, OpenItem
from huikuan.shell.demo.cast import ORDINARY_FROM, SELLERS, fen
from huikuan.shell.demo.dice import Dice
from huikuan.shell.demo.trade import weekday

#: Name of the file, number of the account.
BANKS = (
    ("江临银行流水.csv", "3205016201860000"),
    ("海门银行流水.csv", "1100200300400500"),
    ("东陵银行流水.csv", "3300400500600700"),
)
_HEADER = (
    "account", "booked_on", "value_on", "amount", "currency", "payer_name", "payer_account", "memo", "bank_reference",
)  # fmt: skip
_DAYS = 3
#: How often each kind of payment comes.
_BY_NUMBER, _BY_AMOUNT, _IN_ONE = 14, 4, 3
_KEPT_BACK = fen("0.56")


@dataclass(frozen=True, slots=True)
class _Paid:
    """One line of a statement: who paid how much (fen), and what the memo says."""

    payer: str
    amount: int
    memo: str
    days_ago: int


def write_money(*, today: date, actor: str, at: datetime) -> None:
    """Read the files in, once; repeating changes nothing."""
    company = Company.objects.get(code=SELLERS[0].code)
    if BankAccount.objects.filter(company_id=company.pk).exists():
        return
    lines = list(_lines(company))
    with tempfile.TemporaryDirectory() as folder:
        for place, (name, number) in enumerate(BANKS):
            path = Path(folder) / name
            _write(path, number, place, lines[place :: len(BANKS)], today)
            import_statements(path=path, name=name, asked=Asked(company, actor, at, number, opens=True))


def _write(path: Path, number: str, bank: int, lines: list[_Paid], today: date) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(_HEADER)
        for place, one in enumerate(sorted(lines, key=lambda line: -line.days_ago), start=1):
            day = weekday(today - timedelta(days=one.days_ago))
            reference = f"{'ABC'[bank]}{today:%y%m%d}{place:04}"
            account = f"62170{bank}{sum(map(ord, one.payer)):012}"
            amount = to_text(one.amount, "CNY")
            rows.writerow([number, day, day, amount, "CNY", one.payer, account, one.memo, reference])


def _lines(company: Company) -> Iterator[_Paid]:
    """Payments with a number, with an exact amount only, of several invoices at once; of somebody else, short, and
    what nobody can tell."""
    dice, owed = Dice("money"), _owed(company)
    whole = [(name, items) for name, items in owed if items]
    take = iter(whole)
    for number in range(_BY_NUMBER):
        if (found := next(take, None)) is not None:
            (document, amount), *_ = found[1]
            memo = ("货款{}", "付{}货款", "{}", "支付发票{}")[number % 4].format(document)
            yield _Paid(found[0], amount, memo, dice.between(1, _DAYS))
    for _ in range(_BY_AMOUNT):
        if (found := next(take, None)) is not None:
            yield _Paid(found[0], found[1][0][1], "货款", dice.between(1, _DAYS))
    for _ in range(_IN_ONE):
        found = next((one for one in take if len(one[1]) > 1), None)
        if found is not None:
            (first, one), (second, other), *_more = found[1]
            yield _Paid(found[0], one + other, f"货款{first}/{second}", dice.between(1, _DAYS))
    if (found := next(take, None)) is not None:
        yield _Paid("江北启程供应链有限公司", found[1][0][1], f"代付{found[1][0][0]}", 1)
    if (found := next(take, None)) is not None and found[1][0][1] > _KEPT_BACK:
        yield _Paid(found[0], found[1][0][1] - _KEPT_BACK, f"货款{found[1][0][0]}扣质保金", 1)
    yield _Paid("陈*明", fen("12"), "往来款", 1)
    yield _Paid("东陵银行", fen("0.128"), "结息", 1)
    yield _Paid("岭东往来单位", fen("3.5"), "货款", 2)


def _owed(company: Company) -> list[tuple[str, list[tuple[str, int]]]]:
    """Ordinary customers by code, each with the documents and amounts of its open invoices, the earliest due first."""
    opened = OpenItem.objects.filter(company_id=company.pk, side="debit", currency="CNY", kind="invoice")
    rows = list(opened.order_by("due_date", "item_id").values_list("item_id", "customer_id", "open_amount"))
    numbers = dict(Item.objects.filter(id__in=[row[0] for row in rows]).values_list("id", "document_number"))
    by_customer: dict[int, list[tuple[str, int]]] = {}
    for item_id, customer_id, amount in rows:
        by_customer.setdefault(customer_id, []).append((numbers[item_id], amount))
    named = customers_by_id(by_customer)
    ordinary = sorted((one for one in named.values() if one.code >= ORDINARY_FROM), key=lambda one: one.code)
    return [(one.name, by_customer[one.id]) for one in ordinary]
