"""A small invented company, made through the product's own doors: what the pages are tested with."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from huikuan.connect.connectors.domain.checking import check
from huikuan.connect.connectors.domain.guessing import guess_mapping
from huikuan.connect.connectors.operations.importing import import_checked
from huikuan.connect.connectors.operations.plans import Task
from huikuan.connect.connectors.reading import read_sheet
from huikuan.mechanisms.audit.models import Leaf
from huikuan.mechanisms.audit.queries import last_head
from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.files.operations import path_of, store_file
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.operations import grant_role
from huikuan.mechanisms.policies import operations as policies
from huikuan.mechanisms.policies.queries import digest_of, version_row
from huikuan.record.customers.models import Customer
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations.rates import record_rate
from huikuan.record.receivables.operations.settlements import Request, settle_many

AS_OF = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
FILE = "应收明细.csv"
NAME, PASSWORD = "zhou", "correct horse 9"

CUSTOMERS = {
    "C0001": "北麓矿业装备集团有限公司",
    "C0002": "宏朔钢构有限公司",
    "C0003": "海岳风电设备（盐城）有限公司",
    "C0004": "Norvik Marine Systems AS",
}
#: customer, document, days before AS_OF it was issued and due, amount, currency
ROWS = [
    ("C0001", "264388102254", 135, 75, "1460000.00", "CNY"),
    ("C0001", "264388117730", 100, 40, "645000.05", "CNY"),
    ("C0001", "264401827731", 20, -40, "880000.00", "CNY"),
    ("C0002", "264377023310", 247, 217, "2143000.00", "CNY"),
    ("C0002", "264377023311", 60, 12, "86400.55", "CNY"),
    ("C0003", "264401970056", 30, 0, "1862000.00", "CNY"),
    ("C0003", "264402031188", 80, 20, "754200.45", "CNY"),
    ("C0003", "=1+1", 10, -50, "12345.67", "CNY"),
    ("C0004", "INV-7", 95, 65, "48200.01", "USD"),
]
#: What C0001's first invoice was paid, half of it, on the books' day.
PAID = "730000.00"


@dataclass(frozen=True, slots=True)
class Books:
    company: Company
    user: User
    batch: int

    def item(self, document: str) -> int:
        return int(Item.objects.values_list("id", flat=True).get(document_number=document))

    def customer(self, code: str) -> int:
        return int(Customer.objects.values_list("pk", flat=True).get(code=code))


def open_books() -> Books:
    """Company, user, an imported file, a receipt, a rate, and everything sealed."""
    company, _ = Company.objects.get_or_create(code="MAIN", defaults={"name": "江临精工装备股份"})
    user = User.objects.create_user(NAME, password=PASSWORD, display_name="周岚", amount_unit="wan")
    grant_role(username=NAME, role="finance_manager", actor="cli:test", at=AT)
    user.refresh_from_db()  # a role that approves ends the sessions before it
    ask_second_factor_of("nobody")
    record_rate(
        currency="USD", quote_currency="CNY", on_date=date(2026, 1, 1), rate_e8=718010000, source="test",
        actor="test", at=AT,
    )  # fmt: skip
    batch = import_rows(company, "items", FILE, _items())
    import_rows(company, "receipts", "收款.csv", _receipts())
    paid = Item.objects.get(document_number="RC-1")
    debit = Item.objects.get(document_number="264388102254")
    settle_many(requests=[Request(paid.pk, debit.pk, paid.amount, AS_OF, "receipt")], actor="test", at=AT)
    seal(AT + timedelta(minutes=5))
    return Books(company, user, batch)


def ask_second_factor_of(whom: str) -> None:
    """Put the rule of who needs one in force, as two people do."""
    if not User.objects.filter(username="hance").exists():
        User.objects.create_user("hance", password=PASSWORD, display_name="韩策")
        grant_role(username="hance", role="management", actor="cli:test", at=AT)
    version = policies.draft(kind="log_in", company_id=None, document={"second_factor": whom}, actor="cli:test", at=AT)
    policies.approve(version_id=version, digest=digest_of(version_row(version)), actor="hance", at=AT)
    policies.put_in_force(version_id=version, effective_at=AT, actor="cli:test", at=AT)


def seal_everything() -> None:
    """Seal until every leaf lies under a head: on a PostgreSQL shared with others, transactions that run
    there, in whatever database, hold the horizon back for a while."""
    for attempt in range(50):
        seal(AT + timedelta(minutes=6, seconds=attempt))
        if (head := last_head()) is not None and head.size == Leaf.objects.count():
            return
        time.sleep(0.2)
    raise AssertionError("the horizon did not pass the books' facts")


def open_by(document: str) -> Decimal:
    """What is open of a document on the books' day, from the rows above alone."""
    amount = next(Decimal(row[4]) for row in ROWS if row[1] == document)
    return amount - Decimal(PAID) if document == "264388102254" else amount


def _items() -> bytes:
    lines = ["客户编码,客户名称,发票号码,开票日期,到期日,金额,币种"]
    for code, document, issued, due, amount, currency in ROWS:
        days = [(AS_OF - timedelta(days=back)).isoformat() for back in (issued, due)]
        lines.append(",".join([code, CUSTOMERS[code], document, *days, amount, currency]))
    return ("\r\n".join(lines) + "\r\n").encode()


def _receipts() -> bytes:
    lines = ["客户编码,客户名称,收款单号,收款日期,金额,币种"]
    lines.append(f"C0001,{CUSTOMERS['C0001']},RC-1,2026-11-18,{PAID},CNY")
    lines.append(f"C0002,{CUSTOMERS['C0002']},RC-2,2026-11-19,100000.00,CNY")
    return ("\r\n".join(lines) + "\r\n").encode()


def import_rows(company: Company, kind: str, name: str, content: bytes) -> int:
    stored = store_file(content, name, media_type="text/csv", actor="test", at=AT)
    sheet = read_sheet(path_of(stored.sha256), name)
    mapping = guess_mapping(sheet, kind).mapping
    checked = check(sheet, mapping, kind, company_currency=company.currency)
    task = Task(
        kind=kind, company=company, system="test", file_name=name, file_sha256=stored.sha256, mapping={},
        headers={}, actor="test", at=AT,
    )  # fmt: skip
    result = import_checked(task, checked)
    assert result.batch is not None, result
    return result.batch
