"""Kinds written when matching already stood, without looking at it: what it does with what it was not made for.

They are left out of a scene unless asked for. Shares in ‰ of the others' whole.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from memo_book import WEEK, Certainty, Customer
from memo_kinds import whole
from memo_week import Week, more

from huikuan.record.cash.domain.book import Claim

LIKELY, UNKNOWABLE = Certainty.LIKELY, Certainty.UNKNOWABLE


@more(25)
def number_of_eight(week: Week) -> None:
    """a paper invoice's number of eight digits, alone or two of them"""
    rng, one = week.book.rng, week.book.customer()
    claims = [week.book.claim(one, number=f"{rng.randrange(10**7, 10**8)}") for _ in range(rng.randint(1, 2))]
    memo = week.around("发票" + rng.choice((",", "、", " ")).join(claim.document_number for claim in claims))
    week.pay("number_of_eight", one, whole(*claims), memo)


@more(25)
def number_of_the_erp(week: Week) -> None:
    """the books' own number, XSFP-2026-00345, written without hyphens, in small letters or full width"""
    rng, one = week.book.rng, week.book.customer()
    claim = week.book.claim(one, number=f"XSFP-2026-{rng.randrange(10_000, 99_999)}")
    number = claim.document_number
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    shown = rng.choice((number, number.replace("-", ""), number.lower(), wide, number[5:]))
    week.pay("number_of_the_erp", one, whole(claim), week.around(shown))


@more(20)
def all_of_a_month(week: Week) -> None:
    """“July's goods”: every invoice of that month, no number"""
    one = week.book.customer()
    if any(claim.document_date.month == 7 for claim in one.claims):
        return no_number_with_serial(week)
    days = week.book.rng.sample(range(1, 31), week.book.rng.randint(2, 4))
    claims = [week.book.claim(one, document_date=date(2026, 7, day)) for day in days]
    week.pay(
        "all_of_a_month",
        one,
        whole(*claims),
        week.book.rng.choice(("7月货款", "2026年7月份货款", "付7月份")),
        alone=True,
    )
    return None


@more(20)
def what_is_left(week: Week) -> None:
    """the rest of an invoice that was paid in part before"""
    one = week.book.customer()
    claim = week.book.claim(one)
    claim = replace(claim, open_amount=claim.amount * 70 // 100 + 1)
    week.book.keep(one, claim)
    week.pay("what_is_left", one, whole(claim), week.book.rng.choice(("尾款", "付清余款", "货款尾款")), alone=True)


@more(25)
def no_number_with_serial(week: Week) -> None:
    """no number, but the bank's own serial of twenty digits or a telephone number"""
    rng, one = week.book.rng, week.book.customer()
    claim = week.book.claim(one)
    serial = f"网银流水号2026091{rng.randrange(10**12, 10**13)}"
    memo = rng.choice(
        (f"{serial}货款", f"货款 电话1390512{rng.randrange(1000, 9999)}", f"货款 凭证{rng.randrange(10**8)}")
    )
    week.pay("no_number_with_serial", one, whole(claim), memo, alone=True)


@more(15)
def two_contracts(week: Week) -> None:
    """two contracts in one memo, one invoice each"""
    one = week.book.customer()
    numbers = [week.book.contract_number() for _ in range(2)]
    claims = [week.book.claim(one, numbers=(number,)) for number in numbers]
    week.pay("two_contracts", one, whole(*claims), f"付{numbers[0]}、{numbers[1]}合同款")


@more(15)
def continued_by_two(week: Week) -> None:
    """the first number, then the last two digits of the second: …01及02"""
    one = week.book.customer()
    numbers = [week.book.invoice_number(100), week.book.invoice_number(week.book.rng.randint(1, 9))]
    claims = [week.book.claim(one, number=number) for number in numbers]
    memo = f"货款{numbers[0]}{week.book.rng.choice(('及', '、', '/', '&'))}{numbers[1][-2:]}"
    if numbers[0][:-2] != numbers[1][:-2]:
        memo = f"货款{numbers[0]}、{numbers[1]}"
    week.pay("continued_by_two", one, whole(*claims), memo)


@more(15)
def rounded_up(week: Week) -> None:
    """jiao and fen rounded up, the invoice named: some fen stay on account"""
    one = week.book.customer()
    amount = max(week.book.amount() // 100, 1_000) * 100 + week.book.rng.randint(1, 99)
    claim = week.book.claim(one, amount=amount)
    week.pay("rounded_up", one, whole(claim), week.around(claim.document_number), rest=100 - amount % 100)


@more(12)
def department_of_the_payer(week: Week) -> None:
    """the payer's name with its department behind"""
    one = week.book.customer()
    claim = week.book.claim(one)
    payer = one.legal + week.book.rng.choice(("财务部", "（基本户）", "结算户"))
    week.pay("department_of_the_payer", one, whole(claim), week.word(), payer=payer, account="", alone=True)


@more(10)
def branch_of_the_payer(week: Week) -> None:
    """a branch pays, which is the same legal person"""
    one = week.book.customer()
    claim = week.book.claim(one)
    week.pay(
        "branch_of_the_payer", one, whole(claim), week.word(),
        payer=f"{one.legal}太仓分公司", account="", certainty=LIKELY, alone=True,
    )  # fmt: skip


def _namesake(one: Customer) -> str:
    """Another firm of the same stem and place, in another trade."""
    return one.legal.split(one.stem)[0] + one.stem + "商贸有限公司"


@more(20)
def firm_of_like_name(week: Week) -> None:
    """a firm that shares place and stem with a customer, and is none; the customer's amount, no number"""
    one = week.book.customer()
    while "（" in one.legal:
        one = week.book.customer()
    claim = week.book.claim(one)
    week.pay(
        "firm_of_like_name", one, whole(claim), week.word(), payer=_namesake(one), account="", certainty=UNKNOWABLE
    )  # fmt: skip


@more(10)
def last_four_digits(week: Week) -> None:
    """the last four digits only"""
    one = week.book.customer()
    claim = week.book.claim(one)
    memo = f"发票尾号{claim.document_number[-4:]}"
    week.pay("last_four_digits", one, whole(claim), memo, certainty=LIKELY, alone=True)


@more(15)
def one_named_two_paid(week: Week) -> None:
    """one number in the memo, the amount of that and another"""
    one = week.book.customer()
    claims = [week.book.claim(one) for _ in range(2)]
    memo = week.around(claims[0].document_number)
    week.pay("one_named_two_paid", one, whole(*claims), memo, certainty=LIKELY, alone=True)


@more(12)
def wrong_amount_said(week: Week) -> None:
    """two numbers named, the money for one of them: which, nobody knows but by its amount"""
    one = week.book.customer()
    claims = [week.book.claim(one) for _ in range(2)]
    memo = f"货款{claims[0].document_number}、{claims[1].document_number}"
    week.pay("wrong_amount_said", one, whole(week.book.rng.choice(claims)), memo, certainty=LIKELY)


@more(12)
def late_interest_on_top(week: Week) -> None:
    """an invoice and interest for being late, which is no item: the rest is the customer's, on account"""
    one = week.book.customer()
    claim: Claim = week.book.claim(one, document_date=WEEK - timedelta(days=150))
    memo = f"{claim.document_number}货款及逾期利息"
    week.pay("late_interest_on_top", one, whole(claim), memo, rest=claim.amount // 200 + 1)
