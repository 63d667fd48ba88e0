"""A form about a customer that was sent without one asks for it, and does not say that there is no such customer."""

from __future__ import annotations

import pytest

from huikuan.mechanisms.identity.models import User
from huikuan.shell.tests.books import AS_OF, Books
from huikuan.shell.tests.test_access import signed_in

COLLECTOR, CLERK = "collector", "cash_clerk"
LANGUAGES = {"zh-hans": ("请填写客户。", "没有客户 X9。"), "en": ("Name the customer.", "There is no customer X9.")}


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (COLLECTOR, "/collection/visits/plan"),
        (COLLECTOR, "/promises/freezes/ask"),
        (COLLECTOR, "/promises/new"),
        (COLLECTOR, "/promises/plans/new"),
        (COLLECTOR, "/promises/in-kind/new"),
        (CLERK, "/bills/cash/take"),
        (CLERK, "/bills/new"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_customer_is_asked_for_and_an_unknown_one_named(
    books: Books, on_the_day: None, role: str, address: str, language: str
) -> None:
    client = signed_in("zhao", role)
    User.objects.filter(username="zhao").update(language=language)
    form = {"company": "MAIN", "on": f"{AS_OF}", "visitor": "zhao", "purpose": "collect", "kind": "supply"}
    said = []
    for customer in ("  ", "X9"):
        answer = client.post(address, {**form, "customer": customer}, headers={"Accept-Language": language})
        assert answer.status_code == 400
        said.append(answer.context["form"].problems["customer"])
    assert tuple(said) == LANGUAGES[language]
