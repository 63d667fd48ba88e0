"""What applications and rejections teach: counted, visible, revocable; and mandates of others who pay."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import EVERYTHING
from huikuan.record.cash.domain.applying import Portion
from huikuan.record.cash.domain.known import Said, Standing, counted
from huikuan.record.cash.operations.accepting import reject_proposal
from huikuan.record.cash.operations.learning import end_mandate, register_alias, register_mandate, revoke_alias
from huikuan.record.cash.operations.matching import match_lines
from huikuan.record.cash.operations.undoing import reallocate, undo_application
from huikuan.record.cash.queries.payers import aliases, denied_payers, known_payers, mandates
from huikuan.record.cash.tests.conftest import WHO, Till, sound
from huikuan.record.cash.tests.test_accepting import proposal, suggest
from huikuan.shell import cli

OWNER = "陈大明"
ACCOUNT = "6217000012345678"
TODAY = date(2026, 3, 2)


def paid_by_owner(till: Till, amount: int = 100_00, **more: Any) -> int:
    return till.line(amount, counterparty_name=OWNER, counterparty_account=ACCOUNT, **more)


def known(till: Till) -> tuple[dict[str, int], dict[str, int]]:
    found = known_payers(till.company.pk, day=TODAY).get(till.north)
    return (dict(found.aliases), dict(found.accounts)) if found else ({}, {})


def test_words_are_counted_in_the_order_they_were_said() -> None:
    def of(*words: str) -> Standing:
        return counted(Said(1, "name", "x", word) for word in words)[1, "name", "x"]

    assert of("confirmed", "confirmed") == Standing(2, 0, False)
    assert of("confirmed", "denied", "denied") == Standing(0, 1, False)
    assert of("confirmed", "revoked", "confirmed") == Standing(0, 0, True)
    assert of("revoked", "registered", "confirmed") == Standing(2, 0, False)
    assert of("denied", "denied", "registered") == Standing(1, 0, False)
    assert not of("revoked").counts


def test_whom_a_person_applies_a_payment_to_is_remembered_and_undoing_takes_it_back(till: Till) -> None:
    number = till.apply(paid_by_owner(till))
    assert known(till) == ({OWNER: 1}, {ACCOUNT: 1})
    till.apply(paid_by_owner(till))
    assert known(till) == ({OWNER: 2}, {ACCOUNT: 2})
    (name, account) = sorted(aliases(till.company.pk, scope=EVERYTHING), key=lambda row: row.sign, reverse=True)
    assert (name.value, name.standing.confirmed, name.customer_code) == (OWNER, 2, "MAIN-N")
    assert account.value == ACCOUNT
    undo_application(application_id=number, reason="wrong", **WHO)
    assert known(till) == ({OWNER: 1}, {ACCOUNT: 1})
    assert sound()


def test_a_customers_own_name_teaches_nothing_but_its_account_does(till: Till) -> None:
    till.apply(till.line(5_00, counterparty_name="北麓矿业装备有限公司", counterparty_account="123 456"))
    assert known(till) == ({}, {"123456": 1})
    till.apply(till.line(5_00, counterparty_name="宏朔钢构股份有限公司"))
    assert known(till) == ({}, {"123456": 1})


def test_what_was_learned_makes_the_next_payment_sure(till: Till) -> None:
    till.invoice(7_654_32, "HK20260031")
    paid_by_owner(till, 7_654_32)
    verdict = match_lines(company=till.company, dry_run=True, **WHO).outcomes[0].answer
    assert verdict.verdict != "applied"
    for _ in range(3):
        till.apply(paid_by_owner(till, 1_00))
    outcome = match_lines(company=till.company, **WHO).outcomes[0]
    assert outcome.answer.verdict == "applied"
    assert {"payer_account", "payer_alias"} & {reason.code for reason in outcome.answer.proposals[0].reasons}
    assert known(till)[0] == {OWNER: 3}, "what matching does by itself confirms nothing"


def test_moving_money_to_another_customer_denies_the_first(till: Till) -> None:
    number = till.apply(paid_by_owner(till))
    reallocate(
        company=till.company,
        application_id=number,
        portions=[Portion(till.south, parts=(), rest_stays=True)],
        reason="not theirs",
        **WHO,
    )
    assert known(till) == ({}, {})
    assert denied_payers(till.company.pk)[OWNER] == {till.north}
    assert known_payers(till.company.pk, day=TODAY)[till.south].aliases == {OWNER: 1}


def test_a_rejection_denies_the_payer_only_where_it_says_so(till: Till) -> None:
    invoice, first, second = till.invoice(100_00), paid_by_owner(till), paid_by_owner(till)
    for line, other in ((first, False), (second, True)):
        suggest(till, line, 100_00, proposal(till, (invoice, 100_00)))
        reject_proposal(company=till.company, line_id=line, other_customer=other, **WHO)
        assert bool(denied_payers(till.company.pk)) == other
    assert denied_payers(till.company.pk) == {OWNER: {till.north}, ACCOUNT: {till.north}}


def test_what_is_revoked_counts_no_more_until_it_is_registered(till: Till) -> None:
    till.apply(paid_by_owner(till))
    of = {"company_id": till.company.pk, "customer_id": till.north, "sign": "name", "note": ""}
    revoke_alias(value=OWNER, **of, **WHO)
    till.apply(paid_by_owner(till))
    assert known(till) == ({}, {ACCOUNT: 2})
    with pytest.raises(Refusal, match="alias_revoked"):
        revoke_alias(value=OWNER, **of, **WHO)
    with pytest.raises(Refusal, match="alias_unknown"):
        revoke_alias(value="nobody", **of, **WHO)
    register_alias(value=f" {OWNER} ", **of, **WHO)
    assert known(till)[0] == {OWNER: 1}


def test_a_mandate_counts_on_its_days(till: Till) -> None:
    number = register_mandate(
        company_id=till.company.pk,
        customer_id=till.north,
        payer_name="江临供应链管理有限公司",
        document="代付协议 2026-01",
        valid_from=TODAY,
        valid_until=TODAY + timedelta(days=30),
        **WHO,
    )
    for day, holds in ((-1, False), (0, True), (30, True), (31, False)):
        found = known_payers(till.company.pk, day=TODAY + timedelta(days=day)).get(till.north)
        assert bool(found and found.payers) == holds, day
    end_mandate(company_id=till.company.pk, mandate_id=number, **WHO)
    assert till.north not in known_payers(till.company.pk, day=TODAY)
    assert [row.ended for row in mandates(till.company.pk, scope=EVERYTHING)] == [True]
    with pytest.raises(Refusal, match="mandate_ended"):
        end_mandate(company_id=till.company.pk, mandate_id=number, **WHO)


@pytest.mark.django_db(transaction=True)
def test_the_commands_list_and_revoke(transactional_db: None, capsys: pytest.CaptureFixture[str]) -> None:
    till = Till()
    till.apply(paid_by_owner(till))

    def said(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["bank", *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    code, told = said("aliases", "list")
    assert (code, [(row["value"], row["confirmed"], row["counts"]) for row in told["aliases"]]) == (
        0,
        [(ACCOUNT, 1, True), (OWNER, 1, True)],
    )
    code, told = said("aliases", "revoke", OWNER, "--customer", "MAIN-N")
    assert (code, {row["value"]: row["counts"] for row in told["aliases"]}) == (0, {ACCOUNT: True, OWNER: False})
    code, told = said("aliases", "revoke", ACCOUNT, "--account", "--customer", "MAIN-N")
    assert not any(row["counts"] for row in told["aliases"])
    code, told = said("aliases", "revoke", ACCOUNT, "--account", "--customer", "MAIN-N")
    assert (code, told["error"]["code"]) == (1, "alias_revoked")
    code, told = said(
        "mandates", "add", "江临供应链", "--customer", "MAIN-N", "--document", "代付协议", "--from", "2026-01-01"
    )
    assert (code, told["mandates"][0]["payer"], told["mandates"][0]["ended"]) == (0, "江临供应链", False)
    code, told = said("mandates", "end", str(told["mandates"][0]["mandate"]))
    assert (code, told["mandates"][0]["ended"]) == (0, True)
