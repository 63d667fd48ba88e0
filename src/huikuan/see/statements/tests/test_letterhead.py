"""The letterhead: what passes, what each malformed one is refused for, and which version a statement carries."""

from __future__ import annotations

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.see.statements.models import IssuedStatement
from huikuan.see.statements.policies import LETTERHEAD, check_letterhead
from huikuan.see.statements.queries.issued import issued_statement
from huikuan.see.statements.tests.conftest import LETTERHEAD as GOOD
from huikuan.see.statements.tests.conftest import Books

ACCOUNT = {"currency": "CNY", "holder": "", "bank": "示例银行", "number": "1234 5678 90", "swift": ""}


def columns_of(document: dict) -> list[str]:
    with pytest.raises(Refusal) as refused:
        check_letterhead(document)
    assert refused.value.code == "letterhead_invalid"
    return [place.column for place in refused.value.where]


def test_the_default_and_a_whole_one_pass() -> None:
    check_letterhead(LETTERHEAD.default)
    check_letterhead(GOOD)
    check_letterhead({"name": "甲", "bank_accounts": [{"bank": "示例银行", "number": "12345"}]})


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"logo": "x"}, "logo"),
        ({"name": 5}, "name"),
        ({"name": "甲" * 201}, "name"),
        ({"address": "一\n二"}, "address"),
        ({"name": "甲\u202e乙"}, "name"),
        ({"uscc": "91310115MA1K4JLX00"}, "uscc"),
        ({"bank_accounts": {}}, "bank_accounts"),
        ({"bank_accounts": [ACCOUNT] * 13}, "bank_accounts"),
        ({"bank_accounts": ["x"]}, "bank_accounts"),
        ({"bank_accounts": [{**ACCOUNT, "iban": "x"}]}, "bank_accounts"),
        ({"bank_accounts": [{**ACCOUNT, "currency": "cny"}]}, "bank_accounts.currency"),
        ({"bank_accounts": [{**ACCOUNT, "number": ""}]}, "bank_accounts.number"),
        ({"bank_accounts": [{**ACCOUNT, "number": "=1+1"}]}, "bank_accounts.number"),
        ({"bank_accounts": [{**ACCOUNT, "swift": "EXAM"}]}, "bank_accounts.swift"),
        ({"bank_accounts": [{**ACCOUNT, "bank": ""}]}, "bank_accounts.bank"),
    ],
)
def test_each_malformed_one_is_refused_with_its_place(change: dict, column: str) -> None:
    assert columns_of({**GOOD, **change}) == [column]


def test_a_statement_carries_the_version_it_was_printed_with(books: Books) -> None:
    said = books.said()
    assert (said.issuer.name, said.issuer.letterhead) == (GOOD["name"], 1)
    assert said.lacking() == ()
    assert books.said(to=1).lacking() == ("recipient_uscc",)
    row = issued_statement(books.issue(), scope=EVERYTHING)
    assert IssuedStatement.objects.get(pk=row.id).letterhead_number == 1


def test_other_currencies_are_paid_to_the_account_for_any(books: Books) -> None:
    issuer = books.said().issuer
    assert [one.number for one in issuer.accounts_for("CNY")] == ["1234 5678 9012 3456"]
    assert [one.swift for one in issuer.accounts_for("USD")] == ["EXAMCNBJ"]
    assert {one.holder for one in issuer.bank_accounts} == {GOOD["name"]}
