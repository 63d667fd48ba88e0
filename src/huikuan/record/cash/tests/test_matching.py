"""Each kind of evidence, and each reason to hold back, one exact example."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huikuan.record.cash.domain.book import Advice, Answer, Claim, Difference, Earlier, Learned, Party, Verdict
from huikuan.record.cash.domain.matching import Matcher
from huikuan.record.cash.domain.rules import Rules
from huikuan.record.cash.tests.asking import DAY, HAIYUE, LANQIAO, ask, claim, codes, parts, payment

APPLIED, SUGGESTED, LEFT = Verdict.APPLIED, Verdict.SUGGESTED, Verdict.LEFT


def test_the_customers_name_and_the_exact_amount_of_one_claim():
    answer = ask(payment(1_234_567), [claim(1, 1_234_567), claim(2, 880_000), claim(3, 1_234_567, 2)])

    assert (answer.verdict, answer.proposals[0].customer_id, parts(answer)) == (APPLIED, 1, {1: 1_234_567})
    assert {"payer_same", "amount_exact"} <= codes(answer)


def test_numbers_in_an_unspaced_memo_name_several_claims():
    memo = "付ＸＳ20260001、2、3号货款"
    answer = ask(payment(600, memo=memo), [claim(1, 100), claim(2, 200), claim(3, 300), claim(4, 600)])

    assert (answer.verdict, parts(answer)) == (APPLIED, {1: 100, 2: 200, 3: 300})


def test_a_claim_named_by_number_is_paid_in_part():
    answer = ask(payment(300_000, memo="XS20260001 进度款"), [claim(1, 1_000_000), claim(2, 450_000)])

    assert (answer.verdict, parts(answer), answer.proposals[0].rest) == (APPLIED, {1: 300_000}, 0)
    assert "paid_in_part" in codes(answer)


def test_a_part_is_not_taken_by_itself_where_another_claim_is_for_exactly_that():
    answer = ask(payment(300_000, memo="XS20260001"), [claim(1, 1_000_000), claim(2, 300_000)])

    assert answer.verdict == SUGGESTED


def test_nor_where_the_company_wants_no_parts():
    claims = [claim(1, 1_000_000), claim(2, 450_000)]
    answer = ask(payment(300_000, memo="XS20260001 进度款"), claims, policy=Rules(parts=False))

    assert answer.verdict == SUGGESTED


def test_an_advice_says_what_of_each():
    told = [Advice("B1", "XS20260001", 400), Advice("B1", "xs-2026-0002", 150)]
    paid = payment(550, payer="", memo="", bank_reference="B1")
    answer = ask(paid, [claim(1, 400), claim(2, 200)], (HAIYUE,), *told)

    assert (answer.verdict, parts(answer)) == (APPLIED, {1: 400, 2: 150})
    assert {"advised_whole", "advice_adds_up"} <= codes(answer)


def test_an_advice_with_a_number_nobody_knows_goes_by_its_amount_and_is_only_suggested():
    told = [Advice("B1", "XS20260001", 40_123), Advice("B1", "PO-9", 15_077)]
    answer = ask(payment(55_200, bank_reference="B1"), [claim(1, 40_123), claim(2, 15_077)], (HAIYUE,), *told)

    assert (answer.verdict, parts(answer)) == (SUGGESTED, {1: 40_123, 2: 15_077})
    assert "advice_unknown" in codes(answer)


def test_an_advice_that_does_not_come_to_the_payment_is_only_suggested():
    told = [Advice("B1", "XS20260001", 400)]
    answer = ask(payment(550, bank_reference="B1"), [claim(1, 400), claim(2, 200)], (HAIYUE,), *told)

    assert (answer.verdict, parts(answer), answer.proposals[0].rest) == (SUGGESTED, {1: 400}, 150)


def test_an_account_it_paid_from_before_needs_no_name():
    known = Party(1, "C001", HAIYUE.names, accounts={"6222 0001": 3})
    answer = ask(payment(98_765, payer="", payer_account="62220001"), [claim(1, 98_765)], (known,))

    assert answer.verdict == APPLIED
    assert "payer_account" in codes(answer)


@pytest.mark.parametrize(
    ("payer", "verdict", "code"),
    [
        ("海岳风电设备(盐城)有限公司", APPLIED, "payer_same"),
        ("海岳风电设备盐城", APPLIED, "payer_bare"),
        ("海岳风电", APPLIED, "payer_short"),
        ("海岳风", SUGGESTED, "payer_short"),
        ("海岳风店设备（盐城）有限公司", SUGGESTED, "payer_alike"),
        ("某某商行", LEFT, "payer_unlike"),
    ],
)
def test_the_less_the_name_says_the_less_is_done(payer, verdict, code):
    answer = ask(payment(98_700, payer=payer), [claim(1, 98_700), claim(2, 44_400)])

    assert answer.verdict == verdict
    assert code in codes(answer)


def test_a_former_name_confirmed_before_is_an_alias():
    known = Party(1, "C001", HAIYUE.names, aliases={"金石风机厂": 2})
    answer = ask(payment(98_765, payer="金石风机厂"), [claim(1, 98_765)], (known,))

    assert answer.verdict == APPLIED
    assert "payer_alias" in codes(answer)


def test_a_masked_alias_is_many_people_and_applies_nothing_by_itself():
    masked, whole = (
        Party(1, "C001", ("甲公司",), aliases={"陈*明": 9}),
        Party(1, "C001", ("甲公司",), aliases={"陈小明": 9}),
    )
    assert ask(payment(98_765, payer="陈小明"), [claim(1, 98_765)], (whole,)).verdict == APPLIED
    answer = ask(payment(98_765, payer="陈*明"), [claim(1, 98_765)], (masked,))
    assert (answer.verdict, parts(answer)) == (SUGGESTED, {1: 98_765})
    assert "payer_not_sure" in codes(answer)


def test_initials_and_a_whole_number():
    known = Party(1, "C001", ("Northern Star Logistics",))
    answer = ask(payment(98_765, payer="NSL", memo="XS20260001"), [claim(1, 98_765)], (known,))

    assert answer.verdict == APPLIED
    assert "payer_initials" in codes(answer)


def test_one_percent_rounded_up_may_be_a_discount_and_is_taken_for_no_fee_by_itself():
    answer = ask(payment(53_648, memo="XS20260001扣1%现金折扣"), [claim(1, 54_189), claim(2, 44_400)])

    assert answer.verdict == SUGGESTED
    assert "fee_or_discount" in codes(answer)


def test_more_than_the_one_invoice_named_of_three_is_not_put_on_account_by_itself():
    claims = [claim(1, 98_765), claim(2, 44_400), claim(3, 51_000)]
    three = ask(payment(120_000, memo="货款XS20260001等3张发票"), claims)
    one = ask(payment(120_000, memo="货款XS20260001"), claims)
    all_found = ask(payment(194_165, memo="货款XS20260001等3张发票"), claims)

    assert (three.verdict, parts(three), three.proposals[0].rest) == (SUGGESTED, {1: 98_765}, 21_235)
    assert "fewer_than_told" in codes(three)
    assert (one.verdict, parts(one), one.proposals[0].rest) == (APPLIED, {1: 98_765}, 21_235)
    assert (all_found.verdict, parts(all_found)) == (APPLIED, {1: 98_765, 2: 44_400, 3: 51_000})


def test_a_number_of_nobodys_stands_against_the_amount_though_yuan_follow():
    ours = claim(1, 98_765, number="26322000000012345678")
    answer = ask(
        payment(98_765, memo="货款26322000090187551645元"), [ours, claim(2, 44_400, number="26322000000012345679")]
    )

    assert answer.verdict != APPLIED
    assert "reference_unknown" in codes(answer)


def test_a_third_party_pays_by_itself_only_with_a_mandate():
    told = {"payer": "北岸供应链管理有限公司", "memo": "代付XS20260001"}
    without = ask(payment(98_765, **told), [claim(1, 98_765)])
    entitled = Party(1, "C001", HAIYUE.names, payers={"北岸供应链管理有限公司": "WT-7"})
    with_one = ask(payment(98_765, **told), [claim(1, 98_765)], (entitled,))

    assert (without.verdict, parts(without)) == (SUGGESTED, {1: 98_765})
    assert "third_party_without_mandate" in codes(without)
    assert with_one.verdict == APPLIED


def test_a_member_of_the_group_may_pay():
    mother = Party(2, "C002", LANQIAO.names, group_id=7)
    daughter = Party(1, "C001", HAIYUE.names, group_id=7)
    paid = payment(98_765, payer=LANQIAO.names[0], memo="XS20260001")

    answer = ask(paid, [claim(1, 98_765)], (mother, daughter))
    assert (answer.verdict, answer.proposals[0].customer_id) == (APPLIED, 1)
    assert "payer_in_group" in codes(answer)
    assert ask(paid, [claim(1, 98_765)]).verdict == SUGGESTED


def test_several_claims_that_add_up():
    claims = [claim(1, 123_456), claim(2, 234_567), claim(3, 345_678), claim(4, 700_001)]
    answer = ask(payment(123_456 + 345_678), claims)

    assert (answer.verdict, parts(answer)) == (APPLIED, {1: 123_456, 3: 345_678})
    assert "sum_exact" in codes(answer)


def test_credit_notes_are_netted():
    answer = ask(payment(123_456 - 23_333), [claim(1, 123_456), claim(2, -23_333), claim(3, 99_900)])

    assert parts(answer) == {1: 123_456, 2: -23_333}
    assert answer.verdict == APPLIED


def test_a_bank_fee_is_a_difference_where_a_number_names_the_claim():
    claims = [claim(1, 1_000_000), claim(2, 3_330_000)]
    named = ask(payment(998_000, memo="XS20260001"), claims)
    unnamed = ask(payment(998_000), claims)

    assert (named.verdict, parts(named)) == (APPLIED, {1: 998_000})
    assert named.proposals[0].differences == (Difference("bank_fee", 1, 2_000),)
    assert (unnamed.verdict, parts(unnamed)) == (SUGGESTED, {1: 998_000})


def test_a_fee_is_a_hundredth_of_the_claim_it_closes_at_most():
    within = ask(payment(99_000, memo="XS20260001"), [claim(1, 100_000)])
    beyond = ask(payment(98_999, memo="XS20260001"), [claim(1, 100_000)])

    assert within.proposals[0].differences == (Difference("bank_fee", 1, 1_000),)
    assert beyond.proposals[0].differences == ()


def test_more_than_the_allowed_fee_is_a_part():
    answer = ask(payment(994_999, memo="XS20260001"), [claim(1, 1_000_000)])

    assert answer.proposals[0].differences == ()
    assert "paid_in_part" in codes(answer)


def test_a_small_difference_is_within_both_bounds():
    """10.00 and 0.1 %: 9.99 of 1,000,000.00 is small, of 5,000.00 it is a fee."""
    large = ask(payment(99_999_001, memo="XS20260001"), [claim(1, 100_000_000)])
    small = ask(payment(499_001, memo="XS20260001"), [claim(1, 500_000)])

    assert large.proposals[0].differences == (Difference("small_difference", 1, 999),)
    assert small.proposals[0].differences == (Difference("bank_fee", 1, 999),)


def test_a_discount_of_the_terms_until_its_last_day():
    def with_discount(last_day: date) -> set[str]:
        open_one = claim(1, 1_000_000, discounts=((last_day, 20_000),))
        answer = ask(payment(980_000, memo="XS20260001"), [open_one])
        assert parts(answer) == {1: 980_000}
        return {one.kind for one in answer.proposals[0].differences}

    assert with_discount(DAY) == {"early_payment_discount"}
    assert with_discount(DAY - timedelta(days=1)) == set()


def test_what_is_over_rests_on_the_customer():
    answer = ask(payment(1_050_000, memo="XS20260001"), [claim(1, 1_000_000)])

    assert (answer.verdict, parts(answer), answer.proposals[0].rest) == (APPLIED, {1: 1_000_000}, 50_000)
    assert "over_paid" in codes(answer)


def test_habit_tells_equal_claims_apart_but_never_enough():
    early, late = claim(1, 98_700, due_date=DAY - timedelta(days=70)), claim(2, 98_700, due_date=DAY)
    answer = ask(payment(98_700), [early, late], learned=Learned(habits={1: 70}))

    assert (answer.verdict, parts(answer), answer.proposals[0].alternatives) == (SUGGESTED, {1: 98_700}, 1)
    assert {"date_habit", "other_sets_fit"} <= codes(answer)


# --- holding back ------------------------------------------------------------------------------------------------


def test_equal_claims_are_never_applied_by_themselves():
    answer = ask(payment(98_700), [claim(1, 98_700), claim(2, 98_700)])

    assert answer.verdict != APPLIED
    assert [proposal.alternatives for proposal in answer.proposals] == [1, 1]
    assert "other_sets_fit" in codes(answer)


def test_two_customers_of_one_name_are_never_told_apart_by_it():
    twins = (Party(1, "C001", ("海岳商贸有限公司",)), Party(2, "C002", ("海岳商贸有限公司",)))
    answer = ask(payment(98_765, payer="海岳商贸有限公司"), [claim(1, 98_765), claim(2, 98_765, 2)], twins)

    assert answer.verdict != APPLIED
    assert [proposal.customer_id for proposal in answer.proposals] == [1, 2]
    assert answer.proposals[0].probability == answer.proposals[1].probability


def test_two_sums_of_one_amount():
    claims = [claim(1, 10_001), claim(2, 20_002), claim(3, 5_001), claim(4, 25_002)]
    answer = ask(payment(30_003), claims)

    assert answer.verdict != APPLIED
    assert answer.proposals[0].alternatives == 1


def test_a_number_of_another_customers_claim_holds_it_back():
    answer = ask(payment(98_765, memo="XS20260002"), [claim(1, 98_765), claim(2, 55_555, 2)])

    assert answer.verdict != APPLIED
    assert "reference_not_followed" in codes(answer)


def test_a_deposit_is_not_taken_for_an_invoice_of_its_amount():
    answer = ask(payment(98_765, memo="投标保证金"), [claim(1, 98_765)])

    assert answer.verdict == SUGGESTED
    assert "other_purpose" in codes(answer)


def test_a_customer_people_said_it_does_not_pay_for():
    learned = Learned(rejected={"海岳风电设备盐城有限公司": frozenset({1})})
    answer = ask(payment(98_765), [claim(1, 98_765)], learned=learned)

    assert answer.verdict in (LEFT, SUGGESTED)
    assert "payer_rejected" in codes(answer)


def test_nothing_known_is_left():
    answer = ask(payment(11_111, payer="某某商行"), [claim(1, 98_765)])

    assert (answer.verdict, answer.proposals) == (LEFT, ())
    assert codes(answer) == {"nothing_fits"}


def test_another_currency_is_another_amount():
    answer = ask(payment(98_765, currency="USD"), [claim(1, 98_765)])

    assert (answer.verdict, answer.proposals) == (LEFT, ())


def test_money_out_refunds_a_credit_and_is_never_taken_by_itself():
    answer = ask(payment(-23_333), [claim(1, 123_456), claim(2, -23_333)])

    assert (answer.verdict, parts(answer)) == (SUGGESTED, {2: -23_333})
    assert "money_out" in codes(answer)


# --- payments beside each other ------------------------------------------------------------------------------------


def test_one_claim_is_closed_once():
    first, second = payment(98_765, line_id=1), payment(98_765, line_id=2, booked_on=DAY + timedelta(days=3))
    answers = Matcher([claim(1, 98_765)], [HAIYUE]).match([second, first])

    assert [answer.line_id for answer in answers] == [1, 2]
    assert [answer.verdict for answer in answers] == [APPLIED, LEFT]
    assert "duplicate_payment" in codes(answers[1])
    assert (answers[1].proposals[0].parts, answers[1].proposals[0].rest) == ((), 98_765)


def _sent_twice(first_named: str, second_named: str, claims: list[Claim]) -> list[Answer]:
    """A payment and the same three days later, each with an advice that names one document."""
    payments = [
        payment(98_765, line_id=1, bank_reference="B1"),
        payment(98_765, line_id=2, bank_reference="B2", booked_on=DAY + timedelta(days=3)),
    ]
    told = [Advice("B1", first_named, 98_765), Advice("B2", second_named, 98_765)]
    return Matcher(claims, [HAIYUE, LANQIAO], advices=told).match(payments)


def test_of_repeats_that_name_one_claim_the_earliest_is_applied_however_long_before():
    first = payment(98_765, line_id=1, bank_reference="B1", booked_on=DAY - timedelta(days=72))
    second = payment(98_765, line_id=2, bank_reference="B2")
    told = [Advice("B1", "0000104", 98_765), Advice("B2", "F0000104", 98_765)]
    claims = [claim(1, 98_765, number="F0000104", document_date=DAY - timedelta(days=90)), claim(2, 50_000)]
    answers = Matcher(claims, [HAIYUE], advices=told).match([first, second])

    assert [answer.verdict for answer in answers] == [APPLIED, LEFT]
    assert [reason.code for reason in answers[1].reasons] == ["duplicate_payment"]


def test_where_somebody_else_paid_the_named_claim_before_nothing_is_applied():
    first = payment(98_765, payer="北岸供应链管理有限公司", line_id=1, memo="代付XS20260001")
    second = payment(98_765, line_id=2, memo="XS20260001", booked_on=DAY + timedelta(days=3))
    answers = Matcher([claim(1, 98_765), claim(2, 50_000)], [HAIYUE]).match([first, second])

    assert [answer.verdict for answer in answers] == [SUGGESTED, LEFT]
    assert "third_party_without_mandate" in codes(answers[0])
    assert [reason.params.get("line") for reason in answers[1].reasons] == ["1"]


def test_of_repeats_the_earliest_is_applied_though_the_later_names_the_claim_better():
    answers = _sent_twice("0000104", "F0000104", [claim(1, 98_765, number="F0000104"), claim(2, 50_000)])

    assert [answer.verdict for answer in answers] == [APPLIED, LEFT]
    assert [reason.code for reason in answers[0].reasons] == ["automatic", "repeat_says_more"]
    assert [(reason.code, reason.params["line"]) for reason in answers[1].reasons] == [("duplicate_payment", "1")]
    assert parts(answers[0]) == {1: 98_765}
    assert (answers[1].proposals[0].parts, answers[1].proposals[0].rest) == ((), 98_765)


def test_of_repeats_the_earliest_is_not_applied_where_it_names_something_else():
    answers = _sent_twice("F0000999", "F0000104", [claim(1, 98_765, number="F0000104")])

    assert [answer.verdict for answer in answers] == [LEFT, APPLIED]


def test_of_repeats_the_earliest_is_not_applied_where_it_is_for_another_purpose():
    deposit = payment(98_765, line_id=1, memo="保证金")
    named = payment(98_765, line_id=2, memo="XS20260001", booked_on=DAY + timedelta(days=3))
    answers = Matcher([claim(1, 98_765)], [HAIYUE]).match([deposit, named])

    assert [answer.verdict for answer in answers] == [LEFT, APPLIED]


def test_two_equal_receipts_of_two_claims_are_no_duplicates():
    first = payment(98_765, memo="XS20260001", line_id=1)
    second = payment(98_765, memo="XS20260002", line_id=2)
    answers = Matcher([claim(1, 98_765), claim(2, 98_765)], [HAIYUE]).match([first, second])

    assert [parts(answer) for answer in answers] == [{1: 98_765}, {2: 98_765}]
    assert {answer.verdict for answer in answers} == {APPLIED}


def test_a_payment_of_last_week_sent_again_names_a_settled_claim():
    before = Earlier(payment(98_765, booked_on=DAY - timedelta(days=6)), 1, frozenset({1}))
    settled, other = claim(1, 98_765, open_amount=0), claim(2, 500_000)
    again = ask(payment(98_765, memo="XS20260001"), [settled, other], earlier=[before])

    assert again.verdict == LEFT
    assert "duplicate_payment" in codes(again)


def test_the_same_amount_after_the_days_of_the_policy_is_no_duplicate():
    before = Earlier(payment(98_765, booked_on=DAY - timedelta(days=61)), 1, frozenset({1}))
    answer = ask(payment(98_765), [claim(2, 500_000)], earlier=[before])

    assert "duplicate_payment" not in codes(answer)
