"""Invented statements whose figures agree: a small firm's two years, and a larger one's year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from huikuan.record.financials.domain.period import Period
from huikuan.record.financials.domain.statements import Statement

Y2024, Y2025 = Period(date(2024, 12, 31)), Period(date(2025, 12, 31))

#: The worked balance of docs/algorithms/ratios.md, in yuan.
OPENING = {
    "cash": 90, "accounts_receivable": 180, "inventory": 150, "current_assets": 420,
    "fixed_assets_cost": 500, "accumulated_depreciation": 120, "fixed_assets": 380, "noncurrent_assets": 380,
    "total_assets": 800,
    "short_loans": 150, "accounts_payable": 170, "interest_payable": 0, "current_liabilities": 320,
    "long_loans": 180, "noncurrent_liabilities": 180, "total_liabilities": 500,
    "paid_in_capital": 200, "surplus_reserve": 20, "undistributed_profit": 80, "equity": 300,
    "liabilities_and_equity": 800,
}  # fmt: skip
CLOSING = {
    "cash": 140, "accounts_receivable": 220, "inventory": 200, "other_current_assets": 40, "current_assets": 600,
    "fixed_assets_cost": 540, "accumulated_depreciation": 140, "fixed_assets": 400, "noncurrent_assets": 400,
    "total_assets": 1000,
    "short_loans": 180, "accounts_payable": 215, "interest_payable": 5, "current_liabilities": 400,
    "long_loans": 200, "noncurrent_liabilities": 200, "total_liabilities": 600,
    "paid_in_capital": 250, "surplus_reserve": 25, "undistributed_profit": 125, "equity": 400,
    "liabilities_and_equity": 1000,
}  # fmt: skip
FLOWS = {
    "revenue": 1200, "cost_of_sales": 875, "taxes_and_surcharges": 10, "selling_expenses": 95,
    "administrative_expenses": 130, "finance_expenses": 22, "interest_expense": 20, "investment_income": 0,
    "operating_profit": 68, "non_operating_income": 2, "non_operating_expenses": 10, "profit_before_tax": 60,
    "income_tax": 10, "net_profit": 50, "profit_distributed": 0,
    "cash_from_sales": 1160, "cash_for_purchases": 900, "cash_for_staff": 120, "taxes_paid": 40,
    "other_operating_out": 60, "operating_cash": 40, "assets_bought": 40, "investing_cash": -40,
    "borrowings": 50, "capital_contributed": 50, "loans_repaid": 30, "interest_paid": 20, "financing_cash": 50,
    "net_cash_change": 50, "opening_cash": 90, "closing_cash": 140,
}  # fmt: skip


def cents(amounts: dict[str, int]) -> dict[str, int]:
    """Yuan in minor units."""
    return {code: amount * 100 for code, amount in amounts.items()}


def small(**changes: Any) -> Statement:
    """2025 of the small firm: total assets 1,000.00."""
    whole = Statement(Y2025, "small", date(2026, 3, 15), amounts=cents({**CLOSING, **FLOWS}), opening=cents(OPENING))
    return replace(whole, **changes)


def year_before(**changes: Any) -> Statement:
    """2024 of the same: its closing balances open 2025."""
    flows = {"revenue": 1000, "cost_of_sales": 760, "net_profit": 40}
    whole = Statement(Y2024, "small", date(2025, 3, 20), amounts=cents({**OPENING, **flows}))
    return replace(whole, **changes)


def with_amounts(statement: Statement, **amounts: int | None) -> Statement:
    """The statement with these amounts in yuan; None: not stated."""
    return replace(statement, amounts=_changed(statement.amounts, amounts))


def with_opening(statement: Statement, **amounts: int | None) -> Statement:
    """The same of opening balances."""
    return replace(statement, opening=_changed(statement.opening, amounts))


def _changed(known: Any, amounts: dict[str, int | None]) -> dict[str, int]:
    kept = {**known, **{code: amount * 100 for code, amount in amounts.items() if amount is not None}}
    return {code: amount for code, amount in kept.items() if amounts.get(code, 0) is not None}
