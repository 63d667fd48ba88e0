"""What the order of the law reads of debts."""

from __future__ import annotations

from datetime import date

import pytest

from huikuan.record.cash.queries.debts import debts_of
from huikuan.record.cash.tests.conftest import AT, WHO, Till
from huikuan.record.contracts.domain.interest import read_late_interest
from huikuan.record.contracts.domain.terms import Terms
from huikuan.record.contracts.operations.contracts import create_contract


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "lpr"),
    [
        (date(2026, 3, 2), 12_328),  # 1.5 × 3.00 % / 365
        (date(2021, 6, 1), 15_821),  # 1.5 × 3.85 % / 365
    ],
)
def test_a_clause_weighs_by_the_lpr_of_the_day(till: Till, day: date, lpr: int) -> None:
    clauses = {"HT-1": "LPR×1.5", "HT-2": "日万分之五", "HT-3": "年利率12%", "HT-4": ""}
    for number, clause in clauses.items():
        terms = Terms("供货合同", "CNY", 100_00, date(2020, 1, 2), late_interest=read_late_interest(clause))
        create_contract(company=till.company, customer_id=till.north, number=number, terms=terms, **WHO)
        till.invoice(100_00, contract_number=number)
    (debts,) = debts_of(till.company.pk, [till.north], day, {}, at=AT).values()
    assert [one.burden_e8 for one in debts] == [lpr, 50_000, 32_876, 0]
