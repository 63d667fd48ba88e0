"""What the demo's customers may have out, in the cast's words: limits, orders of today, statements. All invented.

Amounts are texts in 万元 (ten thousand yuan), days count from the demo's day.
"""

from __future__ import annotations

from dataclasses import dataclass

from huikuan.shell.demo.cast import EAST, HEAD


@dataclass(frozen=True, slots=True)
class Allowed:
    """A limit of a customer, or of the group `group`; `days`: a temporary one on top that ends so soon."""

    customer: str
    amount: str
    reason: str
    seller: str = HEAD
    group: str = ""
    days: int = 0


#: 海岳 stands at 80 %, 川澜 at 82, 宏朔 buys for cash alone; the others have room.
LIMITS = (
    Allowed("C10018", "2400", "年度授信"),
    Allowed("C10007", "1200", "年度授信，回款偏慢，维持"),
    Allowed("C10023", "0", "停产传闻，转预付"),
    Allowed("C10031", "700", "年度授信"),
    Allowed("C10002", "3400", "年度授信，两年报表已核"),
    Allowed("C10012", "1600", "年度授信"),
    Allowed("C10039", "650", "年度授信"),
    Allowed("C10004", "2600", "年度授信"),
    Allowed("C10015", "1200", "年度授信"),
    Allowed("C10020", "1150", "年度授信"),
    Allowed("C10027", "950", "年度授信", EAST),
    Allowed("C10035", "850", "年度授信", EAST),
    Allowed("", "4500", "集团合并授信", group="G-18"),
    Allowed("C10020", "200", "旺季临时额度", days=6),
)
#: Within the finance manager's authority (500), but more than the policy gives: waits one level higher.
WAITING = Allowed("C10044", "350", "首次授信，灌装线年度框架", EAST)


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order of the demo's day; what becomes of it the order check says."""

    number: str
    customer: str
    amount: str
    text: str


#: In turn: fits in; over 80 %; over the limit; prepay only; overdue for too long.
ORDERS = (
    Ordered("SO-D-01", "C10004", "120", "法兰锻件"),
    Ordered("SO-D-02", "C10002", "150", "水轮机转轮备件"),
    Ordered("SO-D-03", "C10012", "600", "电芯模架 第 9 批"),
    Ordered("SO-D-04", "C10023", "20", "数控钻床刀具"),
    Ordered("SO-D-05", "C10018", "80", "偏航轴承"),
)

#: Whose statements are there, in 万元: closing balances of two years, the flows of the later one.
REPORTED = "C10002"
BEFORE = {
    "cash": 8_200, "notes_receivable": 1_500, "accounts_receivable": 14_600, "prepayments": 900, "inventory": 9_800,
    "current_assets": 35_000, "fixed_assets_cost": 18_000, "accumulated_depreciation": 5_200, "fixed_assets": 12_800,
    "intangible_assets": 1_200, "noncurrent_assets": 14_000, "total_assets": 49_000,
    "short_loans": 7_000, "notes_payable": 1_800, "accounts_payable": 10_400, "taxes_payable": 800,
    "current_liabilities": 20_000, "long_loans": 5_000, "noncurrent_liabilities": 5_000, "total_liabilities": 25_000,
    "paid_in_capital": 12_000, "surplus_reserve": 2_400, "undistributed_profit": 9_600, "equity": 24_000,
    "liabilities_and_equity": 49_000,
}  # fmt: skip
AFTER = {
    "cash": 9_700, "notes_receivable": 1_300, "accounts_receivable": 15_900, "prepayments": 1_100,
    "inventory": 10_300, "current_assets": 38_300, "fixed_assets_cost": 19_800, "accumulated_depreciation": 6_300,
    "fixed_assets": 13_500, "intangible_assets": 1_100, "noncurrent_assets": 14_600, "total_assets": 52_900,
    "short_loans": 6_500, "notes_payable": 2_000, "accounts_payable": 11_300, "taxes_payable": 900,
    "current_liabilities": 20_700, "long_loans": 5_400, "noncurrent_liabilities": 5_400, "total_liabilities": 26_100,
    "paid_in_capital": 12_000, "surplus_reserve": 2_680, "undistributed_profit": 12_120, "equity": 26_800,
    "liabilities_and_equity": 52_900,
}  # fmt: skip
FLOWS_BEFORE = {"revenue": 57_800, "cost_of_sales": 47_300, "net_profit": 2_500}
FLOWS = {
    "revenue": 61_500, "cost_of_sales": 50_200, "taxes_and_surcharges": 420, "selling_expenses": 2_300,
    "administrative_expenses": 4_400, "finance_expenses": 600, "interest_expense": 560, "operating_profit": 3_580,
    "non_operating_income": 60, "non_operating_expenses": 40, "profit_before_tax": 3_600, "income_tax": 800,
    "net_profit": 2_800, "profit_distributed": 0,
    "cash_from_sales": 68_100, "cash_for_purchases": 54_300, "cash_for_staff": 6_000, "taxes_paid": 2_400,
    "other_operating_out": 1_540, "operating_cash": 3_860, "assets_bought": 1_700, "investing_cash": -1_700,
    "borrowings": 6_000, "loans_repaid": 6_100, "interest_paid": 560, "financing_cash": -660,
    "net_cash_change": 1_500, "opening_cash": 8_200, "closing_cash": 9_700,
}  # fmt: skip

#: Somebody who has not bought yet: code, name, industry; and what others say of it: factor, value, source.
PROSPECT = ("C10098", "澄砚智能装备有限公司", "智能装备")
SAID = (("bank_reference", "good", "bank"), ("peer_reference", "prompt", "peers"), ("open_lawsuits", "0", "registry"))
