"""Books of an invented company whose credit is walked through: who works there, and a year of four customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.operations import add_team, add_user, grant_role, join_team
from huikuan.record.customers.domain.care import Care
from huikuan.record.customers.domain.master import PROSPECT, Master
from huikuan.record.customers.models import Customer
from huikuan.record.customers.operations import affiliate, change_care, create_customer, create_group
from huikuan.record.receivables.models import Item
from huikuan.record.receivables.operations.settlements import Request, settle_many
from huikuan.shell.tests.books import AS_OF, AT, PASSWORD, ask_second_factor_of, import_rows
from huikuan.shell.tests.test_credit_pages import enforce

#: Who works there: name → how it is written, role.
PEOPLE = {
    "shen": ("沈舟", "credit_analyst"),
    "zhou": ("周岚", "finance_manager"),
    "guo": ("郭领", "sales_manager"),
    "li": ("李沅", "sales"),
    "zheng": ("郑可", "sales"),
}
PROSPECT_CODE, SMALL, KEY, MEMBER, SISTER = "P1", "S1", "K1", "M1", "M2"
GROUP = "LUHE"
NAMES = {
    PROSPECT_CODE: "青石河环保科技有限公司",
    SMALL: "云岭泵阀有限公司",
    KEY: "北麓矿业装备集团有限公司",
    MEMBER: "麓合起重机械有限公司",
    SISTER: "麓合港口机械有限公司",
}
#: What each is invoiced in the middle of a month, in yuan, twelve times; the last one of all but the key account's
#: is not due yet and not paid.
A_MONTH = {SMALL: 500_000, KEY: 1_000_000, MEMBER: 1_000_000, SISTER: 960_000}
_DUE_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Office:
    """The customers by their code, as the register numbers them."""

    customers: dict[str, int]


def open_office() -> Office:
    """The company with its people, a year of invoices paid the day they fell due, order checks in force."""
    company, _ = Company.objects.get_or_create(code="MAIN", defaults={"name": "江临精工装备股份"})
    for name, (shown, role) in PEOPLE.items():
        add_user(username=name, password=PASSWORD, display_name=shown, actor="cli:test", at=AT)
        grant_role(username=name, role=role, actor="cli:test", at=AT)
    add_team(code="EAST", name="东区", actor="cli:test", at=AT)
    for name in ("guo", "li"):
        join_team(username=name, team="EAST", effective_on=date(2020, 1, 1), actor="cli:test", at=AT)
    ask_second_factor_of("nobody")
    create_customer(master=Master(PROSPECT_CODE, NAMES[PROSPECT_CODE], status=PROSPECT), actor="cli:test", at=AT)
    _trade(company)
    found = dict(Customer.objects.values_list("code", "pk"))
    change_care(customer_id=found[KEY], version=0, care=Care(value_class="key"), actor="cli:test", at=AT)
    create_group(code=GROUP, name="麓合控股", actor="cli:test", at=AT)
    for code in NAMES:
        _belongs(found[code], "owner", "郑可" if code == SISTER else "李沅")
        if code in (MEMBER, SISTER):
            _belongs(found[code], "group", GROUP)
    enforce()
    seal(AT + timedelta(minutes=5))
    return Office(found)


def _trade(company: Company) -> None:
    issued = [(AS_OF.replace(day=15) - timedelta(days=30 * back)) for back in range(11, -1, -1)]
    bills = ["客户编码,客户名称,发票号码,开票日期,到期日,金额,币种"]
    cash = ["客户编码,客户名称,收款单号,收款日期,金额,币种"]
    for code, yuan in A_MONTH.items():
        for number, day in enumerate(issued, 1):
            due = day + _DUE_AFTER
            bills.append(f"{code},{NAMES[code]},{code}-{number},{day},{due},{yuan}.00,CNY")
            if due <= AS_OF:
                cash.append(f"{code},{NAMES[code]},{code}-R{number},{due},{yuan}.00,CNY")
    for kind, name, lines in (("items", "发票.csv", bills), ("receipts", "收款.csv", cash)):
        import_rows(company, kind, name, ("\r\n".join(lines) + "\r\n").encode())
    items = {row.document_number: row for row in Item.objects.all()}
    paid = [(row, items[number.replace("-R", "-")]) for number, row in items.items() if "-R" in number]
    requests = [Request(one.pk, debit.pk, one.amount, one.posting_date, "receipt") for one, debit in paid]
    settle_many(requests=requests, actor="test", at=AT)


def _belongs(customer_id: int, dimension: str, value: str) -> None:
    affiliate(
        customer_id=customer_id, dimension=dimension, value=value, effective_on=date(2020, 1, 1), actor="cli:test",
        at=AT,
    )  # fmt: skip
