"""Lines a program has to hold back on, or may: unknowable ones, those a person has to allow, those no claim is for.

`LIKELY`: abstaining is fine, applying must be right. `UNKNOWABLE`: applying is wrong. Shares in ‰.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from memo_book import Certainty, Customer
from memo_kinds import mask, whole
from memo_week import Week, kind

from huikuan.record.cash.domain.book import Claim, Difference, Earlier

#: Above every line of the week.
EARLIER = 1_000_000

LIKELY, UNKNOWABLE = Certainty.LIKELY, Certainty.UNKNOWABLE

# -- likely


@kind(10)
def fee_no_number(week: Week) -> None:
    """no number; short of one invoice by a bank fee"""
    one = week.book.customer()
    claim = week.book.claim(one)
    fee = week.book.rng.choice((10_00, 15_00, 20_00, 50_00))
    taken = (Difference("bank_fee", claim.item_id, fee),)
    week.pay("fee_no_number", one, [(claim, claim.amount - fee)], week.word(), differences=taken, certainty=LIKELY)


@kind(10)
def number_mistyped(week: Week) -> None:
    """one digit wrong, so that no such number is open; payer and amount fit one invoice"""
    one = week.book.customer()
    claim = week.book.claim(one)
    memo = f"{week.word()}{_mistyped(week, claim.document_number)}"
    week.pay("number_mistyped", one, whole(claim), memo, certainty=LIKELY, alone=True)


def _mistyped(week: Week, number: str) -> str:
    """One digit other than it is, and no number there is or will be: numbers only grow."""
    while True:
        at = week.book.rng.randint(14, 19)
        wrong = f"{number[:at]}{week.book.rng.randrange(10)}{number[at + 1 :]}"
        if wrong < number and wrong not in week.book.issued:
            return wrong


@kind(6)
def person_masked(week: Week) -> None:
    """the owner with a mandate on file, shown as 陈*明; names the invoice"""
    one = week.book.customer()
    one.mandates[one.owner] = f"M{one.id}"
    claim = week.book.claim(one)
    memo = week.around(claim.document_number)
    week.pay("person_masked", one, whole(claim), memo, payer=mask(one.owner), account="", certainty=LIKELY)


@kind(8)
def group_member_no_number(week: Week) -> None:
    """another company of the group pays and names the debtor only"""
    pair = week.book.siblings()
    if pair is None:
        return fee_no_number(week)
    one, payer = pair
    claim = week.book.claim(one)
    week.pay(
        "group_member_no_number", one, whole(claim), f"代{one.short}付货款",
        payer=payer.legal, account=payer.account, certainty=LIKELY, alone=True,
    )  # fmt: skip
    return None


@kind(6)
def paid_in_over_the_counter(week: Week) -> None:
    """cash paid in: no payer, but the invoice is named"""
    one = week.book.customer()
    claim = week.book.claim(one)
    memo = f"现金存款{claim.document_number}"
    week.pay("paid_in_over_the_counter", one, whole(claim), memo, payer="", account="", certainty=LIKELY)


@kind(5)
def stem_only(week: Week) -> None:
    """the payer's name is the bare stem, which others may share"""
    one = week.book.customer()
    claim = week.book.claim(one)
    week.pay(
        "stem_only", one, whole(claim), week.word(), payer=one.stem, account="", alone=True,
        certainty=UNKNOWABLE if week.book.shares_its_stem(one) else LIKELY,
    )  # fmt: skip


# -- unknowable


@kind(30)
def part_no_number(week: Week) -> None:
    """a round sum on account, no number: the customer is known, the invoice is not"""
    one = week.book.customer()
    claim = week.book.claim(one)
    paid = max(claim.amount * week.book.rng.choice((30, 50, 70)) // 100 // 1000_00, 1) * 1000_00
    week.pay("part_no_number", one, [], week.word(), rest=paid, certainty=UNKNOWABLE, placed=False)


@kind(18)
def twin_invoices(week: Week) -> None:
    """two open invoices of the same amount, one payment, no number"""
    one = week.book.customer()
    first = week.book.claim(one)
    meant = week.book.rng.choice((first, week.book.claim(one, amount=first.amount)))
    week.pay("twin_invoices", one, whole(meant), week.word(), certainty=UNKNOWABLE)


@kind(6)
def twin_customers(week: Week) -> None:
    """two customers owe the amount, the bank shows no payer"""
    one, other = week.book.customer(), week.book.customer()
    if week.book.rng.random() < 0.5:
        claim = week.book.claim(one)
        week.book.claim(other, amount=claim.amount)
    else:
        claim = week.book.claim(one, amount=week.book.claim(other).amount)
    week.pay("twin_customers", one, whole(claim), week.word(), payer="", account="", certainty=UNKNOWABLE)


@kind(8)
def number_already_paid(week: Week) -> None:
    """names an invoice that is paid, which half the books still show; one in three by the amount of an open one"""
    rng, one = week.book.rng, week.book.customer()
    claim = week.book.claim(one)
    amount = claim.amount if rng.random() < 0.33 else week.book.amount()
    number = week.book.settled(one).document_number if rng.random() < 0.5 else _other_number(week, claim)
    week.pay("number_already_paid", one, [], week.around(number), rest=amount, certainty=UNKNOWABLE)


def _other_number(week: Week, claim: Claim) -> str:
    """A number of the same making that nobody takes for a slip of the claim's own: at least three digits differ."""
    while True:
        number = week.book.invoice_number()
        if sum(a != b for a, b in zip(number, claim.document_number, strict=True)) >= 3:
            return number


@kind(6)
def paid_last_week_already(week: Week) -> None:
    """the same payer, amount and number as last week, when it was applied"""
    one = week.book.customer()
    claim = week.book.settled(one)
    memo = week.around(claim.document_number)
    again = week.pay(
        "paid_last_week_already", one, [], memo, rest=claim.amount, certainty=UNKNOWABLE, placed=False
    )  # fmt: skip
    first = replace(again, line_id=EARLIER + again.line_id, booked_on=again.booked_on - timedelta(days=7))
    first = replace(first, bank_reference=f"A{again.line_id:08}")
    week.earlier.append(Earlier(first, one.id, frozenset({claim.item_id})))


@kind(6)
def number_of_another(week: Week) -> None:
    """names another customer's open invoice; payer and amount are its own"""
    one, other = week.book.customer(), week.book.customer()
    while other is one or (one.group_id is not None and other.group_id == one.group_id):
        other = week.book.customer()
    claim, named = week.book.claim(one), week.book.claim(other)
    week.pay("number_of_another", one, whole(claim), week.around(named.document_number), certainty=UNKNOWABLE)


@kind(8)
def person_without_mandate(week: Week) -> None:
    """a natural person nobody knows names an invoice: third-party money needs a mandate"""
    one = week.book.customer()
    claim = week.book.claim(one)
    person = week.book.person()
    while person == one.owner:
        person = week.book.person()
    payer = week.book.rng.choice((mask(person), person))
    memo = f"代{one.short}付{claim.document_number}"
    week.pay(
        "person_without_mandate", one, whole(claim), memo, payer=payer, account="6228480011223344",
        certainty=UNKNOWABLE,
    )  # fmt: skip


@kind(8)
def stranger_with_number(week: Week) -> None:
    """a company that is no customer, of no group, without a mandate, names an invoice"""
    one = week.book.customer()
    claim = week.book.claim(one)
    payer = _stranger(week)
    memo = f"代付货款{claim.document_number}"
    week.pay("stranger_with_number", one, whole(claim), memo, payer=payer, account="", certainty=UNKNOWABLE)


@kind(6)
def two_customers_at_once(week: Week) -> None:
    """one payment for invoices of two customers of a group, both named: a person splits it"""
    pair = week.book.siblings()
    if pair is None:
        return twin_invoices(week)
    first, second = (week.book.claim(one) for one in pair)
    memo = f"货款{first.document_number}、{second.document_number}"
    week.pay(
        "two_customers_at_once", None, whole(first, second), memo,
        payer=pair[0].legal, account=pair[0].account, certainty=UNKNOWABLE,
    )  # fmt: skip
    return None


@kind(5)
def other_currency(week: Week) -> None:
    """an invoice in yuan, paid in dollars at the payer's own rate"""
    one = week.book.customer()
    claim = week.book.claim(one)
    memo = f"INV {claim.document_number}"
    paid = max(claim.amount * 100 // 715, 1)
    week.pay("other_currency", one, [], memo, rest=paid, currency="USD", certainty=UNKNOWABLE)


# -- no receivable


def _stranger(week: Week) -> str:
    return f"{week.book.rng.choice(('河北', '安徽', '福建'))}{week.book.rng.choice('甲乙丙丁戊己庚')}辰商贸有限公司"


def _other_money(week: Week, name: str, payer: str, memo: str, amount: int, account: str = "") -> None:
    week.pay(
        name, None, [], memo, rest=amount, payer=payer, account=account, certainty=UNKNOWABLE, receivable=False
    )  # fmt: skip


@kind(10)
def interest_of_the_bank(week: Week) -> None:
    """interest on the account"""
    _other_money(week, "interest_of_the_bank", "", "结息20260621-20260920", week.book.rng.randint(10_00, 90_000_00))


@kind(6)
def tax_back(week: Week) -> None:
    """a tax refund; its voucher number looks like any other"""
    memo = f"退税 凭证号{week.book.rng.randrange(10**14, 10**15)}"
    _other_money(week, "tax_back", "国家金库昆山市支库", memo, week.book.amount())


@kind(4)
def loan_drawn(week: Week) -> None:
    """a loan paid out"""
    memo = f"贷款发放 借据号{week.book.rng.randrange(10**9, 10**10)}"
    _other_money(week, "loan_drawn", "贷款专户", memo, week.book.rng.randint(1, 60) * 500_000_00)


@kind(12)
def own_transfer(week: Week) -> None:
    """between accounts of the company itself"""
    amount = week.book.rng.randint(1, 200) * 10_000_00
    _other_money(week, "own_transfer", "本公司（基本户）", "内部划转 资金归集", amount, "3200000000000001")


@kind(8)
def own_payment_came_back(week: Week) -> None:
    """a payment to a supplier returned by its bank"""
    _other_money(week, "own_payment_came_back", _stranger(week), "退汇 户名不符", week.book.amount())


@kind(8)
def deposit_back(week: Week) -> None:
    """a tender deposit paid back"""
    amount = week.book.rng.choice((20_000_00, 50_000_00, 100_000_00))
    _other_money(week, "deposit_back", "昆山公共资源交易中心", f"退投标保证金ZB2026{amount % 977:04}", amount)


@kind(6)
def advance_of_a_customer(week: Week) -> None:
    """an advance for an order not yet invoiced: the customer's, but no item's"""
    one: Customer = week.book.customer()
    memo = f"预付款 订单{week.book.order_number()}"
    week.pay("advance_of_a_customer", one, [], memo, rest=week.book.amount(), certainty=UNKNOWABLE)
