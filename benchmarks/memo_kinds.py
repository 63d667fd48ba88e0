"""Lines that a careful clerk applies without asking anybody: each says enough, if one can read it.

A number in full is right and the amount fits, unless the kind says otherwise. Registered in order; shares in ‰.
"""

from __future__ import annotations

from datetime import timedelta

from memo_book import WEEK, Certainty, Customer
from memo_week import KINDS, Kind, Week, kind

from huikuan.record.cash.domain.book import Advice, Claim, Difference

#: 0 to 9 as wide as a Chinese character.
_FULL_WIDTH = {ord("0") + digit: chr(0xFF10 + digit) for digit in range(10)}


def whole(*claims: Claim) -> list[tuple[Claim, int]]:
    """Each paid (or netted) whole."""
    return [(one, one.open_amount if one.side == "debit" else -one.open_amount) for one in claims]


def mask(name: str) -> str:
    """A natural person as a bank shows one: 陈*明."""
    return name[0] + "*" + name[2:]


# -- numbers


@kind(90)
def number_plain(week: Week) -> None:
    """one invoice, its 20-digit number in the memo among other words and digits"""
    one = week.book.customer()
    claim = week.book.claim(one)
    week.pay("number_plain", one, whole(claim), week.around(f"发票号{claim.document_number}"))


@kind(20)
def number_and_amount(week: Week) -> None:
    """the number, then the amount in yuan, as digits too"""
    one = week.book.customer()
    claim = week.book.claim(one)
    memo = f"{week.word()}发票{claim.document_number}金额{claim.amount / 100:.2f}元"
    week.pay("number_and_amount", one, whole(claim), memo)


@kind(50)
def numbers_unspaced(week: Week) -> None:
    """two to four numbers, with 、 or , or nothing between them"""
    rng, one = week.book.rng, week.book.customer()
    claims = [week.book.claim(one) for _ in range(rng.randint(2, 4))]
    between = rng.choice(("、", ",", "/", "和", ""))
    memo = week.around("发票" + between.join(claim.document_number for claim in claims))
    week.pay("numbers_unspaced", one, whole(*claims), memo)


@kind(20)
def numbers_full_width(week: Week) -> None:
    """full-width digits"""
    one = week.book.customer()
    claim = week.book.claim(one)
    memo = f"{week.word()}发票号{claim.document_number.translate(_FULL_WIDTH)}"
    week.pay("numbers_full_width", one, whole(claim), memo)


@kind(12)
def numbers_in_groups(week: Week) -> None:
    """the digits in groups of four, or with a hyphen after the first eight"""
    one = week.book.customer()
    claim = week.book.claim(one)
    number = claim.document_number
    if week.book.rng.random() < 0.5:
        shown = " ".join(number[at : at + 4] for at in range(0, 20, 4))
    else:
        shown = f"{number[:8]}-{number[8:]}"
    week.pay("numbers_in_groups", one, whole(claim), f"{week.word()}发票号：{shown}")


@kind(25)
def numbers_range(week: Week) -> None:
    """a range: the last eight digits of the first, then whole or the last four of the last"""
    rng, one = week.book.rng, week.book.customer()
    first = week.book.claim(one)
    claims = [first, *(week.book.claim(one, number=week.book.invoice_number(1)) for _ in range(rng.randint(1, 3)))]
    low, high = claims[0].document_number, claims[-1].document_number
    start = rng.choice((low, low[-8:]))
    memo = (
        f"{week.word()}发票{start}{rng.choice(('-', '~', '至', '--'))}{rng.choice((high[-len(start) :], high[-4:]))}"
    )
    week.pay("numbers_range", one, whole(*claims), memo)


@kind(25)
def numbers_continued(week: Week) -> None:
    """the first number, then the last three digits of the others: …112/118/121"""
    rng, one = week.book.rng, week.book.customer()
    claims = [week.book.claim(one, number=number) for number in week.book.invoice_block(rng.randint(2, 4))]
    first = claims[0].document_number
    rest = [claim.document_number[-3:] for claim in claims[1:]]
    memo = week.around(f"发票{rng.choice((first, first[-8:]))}" + "".join(f"/{last}" for last in rest))
    week.pay("numbers_continued", one, whole(*claims), memo)


@kind(45)
def number_last_digits(week: Week) -> None:
    """the last six or eight digits only"""
    one = week.book.customer()
    claim = week.book.claim(one)
    tail = claim.document_number[-week.book.rng.choice((6, 8, 8)) :]
    week.pay(
        "number_last_digits", one, whole(claim), week.around(week.book.rng.choice(("尾号", "发票", "票号")) + tail)
    )


@kind(12)
def one_number_of_several(week: Week) -> None:
    """“… and others, three in all”: one number, the sum of three"""
    one = week.book.customer()
    claims = [week.book.claim(one) for _ in range(3)]
    memo = f"{week.word()}{claims[0].document_number}等3张发票"
    week.pay("one_number_of_several", one, whole(*claims), memo, alone=True)


@kind(45)
def contract_number(week: Week) -> None:
    """the number of a contract with one or two open invoices, all of them paid"""
    rng, one = week.book.rng, week.book.customer()
    number = week.book.contract_number()
    claims = [week.book.claim(one, numbers=(number,)) for _ in range(rng.choice((1, 1, 2)))]
    week.pay("contract_number", one, whole(*claims), rng.choice(("合同", "付合同", "货款", "")) + f"{number}合同款")


@kind(30)
def order_number(week: Week) -> None:
    """the number of the order"""
    one = week.book.customer()
    number = week.book.order_number()
    claim = week.book.claim(one, numbers=(number,))
    week.pay("order_number", one, whole(claim), week.around(number))


@kind(15)
def advised(week: Week) -> None:
    """nothing in the memo, but a remittance advice with each number and amount"""
    one = week.book.customer()
    claims = [week.book.claim(one) for _ in range(week.book.rng.randint(1, 5))]
    line = week.pay("advised", one, whole(*claims), "货款见付款通知")
    week.advices += [Advice(line.bank_reference, claim.document_number, claim.amount) for claim in claims]


# -- no number


@kind(120)
def no_number_one(week: Week) -> None:
    """no number, known payer, the amount of just one open invoice"""
    one = week.book.customer()
    claim = week.book.claim(one)
    week.pay("no_number_one", one, whole(claim), week.word(), alone=True)


@kind(45)
def no_number_several(week: Week) -> None:
    """no number, known payer, the sum of two to four open invoices and of no other set"""
    one = week.book.customer()
    claims = [week.book.claim(one) for _ in range(week.book.rng.randint(2, 4))]
    week.pay("no_number_several", one, whole(*claims), week.word(), alone=True)


@kind(40)
def date_in_the_memo(week: Week) -> None:
    """no number, but a date written like one"""
    rng, one = week.book.rng, week.book.customer()
    claim = week.book.claim(one)
    day = WEEK - timedelta(days=rng.randint(0, 40))
    shown = rng.choice((f"{day:%Y%m%d}", f"{day:%Y%m}", f"{day:%y%m%d}", f"{day:%Y.%m.%d}"))
    week.pay("date_in_the_memo", one, whole(claim), f"{shown}{week.word()}", alone=True)


@kind(15)
def same_amount_elsewhere(week: Week) -> None:
    """no number; another customer owes the very same amount, but the payer is clear"""
    one, other = week.book.customer(), week.book.customer()
    claim = week.book.claim(one)
    if other is not one:
        week.book.claim(other, amount=claim.amount)
    week.pay("same_amount_elsewhere", one, whole(claim), week.word(), alone=True)


# -- who pays


@kind(25)
def name_cut_at_twenty(week: Week) -> None:
    """the bank cuts the payer's name at twenty characters"""
    one = week.book.customer(long=True)
    claim = week.book.claim(one)
    week.pay("name_cut_at_twenty", one, whole(claim), week.word(), payer=one.legal[:20], account="", alone=True)


@kind(15)
def name_brackets(week: Week) -> None:
    """half-width brackets where the register has full-width ones, a blank between"""
    one = week.book.customer()
    claim = week.book.claim(one)
    payer = one.legal.replace("（", "(").replace("）", ") ")
    week.pay("name_brackets", one, whole(claim), week.word(), payer=payer, account="", alone=True)


@kind(15)
def name_former(week: Week) -> None:
    """the name before it was changed, which the register keeps"""
    one = week.book.customer(former=True)
    claim = week.book.claim(one)
    week.pay("name_former", one, whole(claim), week.word(), payer=one.former, account="", alone=True)


@kind(25)
def name_short(week: Week) -> None:
    """a short name, registered or not, that only one customer can mean"""
    one = week.book.customer()
    while week.book.shares_its_stem(one):
        one = week.book.customer()
    claim = week.book.claim(one)
    week.pay("name_short", one, whole(claim), week.word(), payer=one.short, account="", alone=True)


@kind(15)
def account_only(week: Week) -> None:
    """no name; the account is one the customer has paid from before"""
    one = week.book.customer(known=True)
    claim = week.book.claim(one)
    week.pay("account_only", one, whole(claim), week.word(), payer="", account=one.account, alone=True)


@kind(18)
def group_member_with_number(week: Week) -> None:
    """another company of the group pays, and names the invoice"""
    pair = week.book.siblings()
    if pair is None:
        return number_plain(week)
    one, payer = pair
    claim = week.book.claim(one)
    memo = f"代付{one.short}货款{claim.document_number}"
    week.pay("group_member_with_number", one, whole(claim), memo, payer=payer.legal, account=payer.account)
    return None


@kind(12)
def person_with_mandate(week: Week) -> None:
    """the owner pays from a private account, by a mandate on file, and names the invoice"""
    one = week.book.customer()
    one.mandates[one.owner] = f"M{one.id}"
    claim = week.book.claim(one)
    memo = week.around(claim.document_number)
    week.pay("person_with_mandate", one, whole(claim), memo, payer=one.owner, account="6217009988776655")


# -- the amount


def _part_of(week: Week, name: str, percent: int, memo: str) -> None:
    one = week.book.customer()
    claim = week.book.claim(one)
    paid = max(claim.amount * percent // 100 // 100 * 100, 100)
    week.pay(name, one, [(claim, paid)], memo.format(number=claim.document_number))


@kind(25)
def part_with_number(week: Week) -> None:
    """part of one invoice, which is named; the rest stays open"""
    _part_of(week, "part_with_number", week.book.rng.choice((20, 40, 50, 60, 80)), "{number}部分货款")


@kind(12)
def retention_kept_back(week: Week) -> None:
    """five per cent kept back as retention, the invoice named"""
    _part_of(week, "retention_kept_back", 95, "{number}货款，扣5%质保金")


@kind(20)
def instalment(week: Week) -> None:
    """thirty per cent of the one invoice of a contract, by the contract's number"""
    one = week.book.customer()
    number = week.book.contract_number()
    claim = week.book.claim(one, numbers=(number,))
    memo = f"{number}合同30%{week.book.rng.choice(('进度款', '预付款', ''))}"
    week.pay("instalment", one, [(claim, claim.amount * 30 // 100)], memo)


@kind(12)
def over_payment(week: Week) -> None:
    """more than the invoice that is named; the rest stays on the customer"""
    one = week.book.customer()
    claim = week.book.claim(one)
    rest = week.book.rng.choice((1_00, 100_00, 500_00, claim.amount // 10 // 100 * 100 + 100))
    week.pay("over_payment", one, whole(claim), week.around(claim.document_number), rest=rest)


def _short_by(week: Week, name: str, kind_of: str, claim: Claim, one: Customer, short: int, memo: str) -> None:
    taken = (Difference(kind_of, claim.item_id, short),)
    week.pay(name, one, [(claim, claim.amount - short)], memo, differences=taken)


@kind(12)
def fee_with_number(week: Week) -> None:
    """the bank took its fee of 5 to 50 off, the invoice is named"""
    one = week.book.customer()
    claim = week.book.claim(one)
    fee = week.book.rng.choice((5_00, 10_00, 15_00, 20_00, 25_50, 50_00))
    _short_by(week, "fee_with_number", "bank_fee", claim, one, fee, week.around(claim.document_number))


@kind(15)
def discount_in_terms(week: Week) -> None:
    """two per cent taken off within the days the terms give, the invoice named"""
    one = week.book.customer()
    claim = week.book.discounted(one, WEEK + timedelta(days=7))
    short = claim.discounts[0][1]
    _short_by(week, "discount_in_terms", "discount", claim, one, short, week.around(claim.document_number))


@kind(6)
def discount_too_late(week: Week) -> None:
    """the same after those days: a part payment, no discount"""
    one = week.book.customer()
    claim = week.book.discounted(one, WEEK - timedelta(days=3))
    paid = claim.amount - claim.discounts[0][1]
    week.pay("discount_too_late", one, [(claim, paid)], f"货款{claim.document_number}扣2%现金折扣")


@kind(12)
def rounded_down(week: Week) -> None:
    """jiao and fen left away, the invoice named; a difference within the policy's"""
    one = week.book.customer()
    claim = week.book.claim(one, amount=max(week.book.amount() // 100, 1_000) * 100 + week.book.rng.randint(1, 99))
    _short_by(week, "rounded_down", "tolerance", claim, one, claim.amount % 100, week.around(claim.document_number))


@kind(12)
def credit_named(week: Week) -> None:
    """an invoice less a credit note, both named"""
    one = week.book.customer()
    claim = week.book.claim(one)
    credit = week.book.claim(one, amount=claim.amount // week.book.rng.randint(3, 9), side="credit")
    memo = f"{claim.document_number}扣红字发票{credit.document_number}"
    week.pay("credit_named", one, whole(claim, credit), memo)


@kind(10)
def credit_not_named(week: Week) -> None:
    """an invoice less a credit note; only the invoice is named"""
    one = week.book.customer()
    claim = week.book.claim(one)
    credit = week.book.claim(one, amount=claim.amount // week.book.rng.randint(3, 9), side="credit")
    memo = f"{week.word()}{claim.document_number}已扣退货"
    week.pay("credit_not_named", one, whole(claim, credit), memo, alone=True)


# -- again


@kind(6)
def sent_again(week: Week) -> None:
    """came back once (account name wrong, both lines taken out before matching) and is sent again"""
    one = week.book.customer()
    claim = week.book.claim(one)
    week.pay("sent_again", one, whole(claim), f"退汇重付{week.word()}{claim.document_number}")


@kind(8)
def paid_twice(week: Week) -> None:
    """paid, and the same again a day or two later: the first is right, the second pays nothing"""
    one = week.book.customer()
    claim = week.book.claim(one)
    memo = week.around(claim.document_number)
    on = WEEK + timedelta(days=week.book.rng.randrange(2))
    week.pay("paid_twice", one, whole(claim), memo, account=one.account, on=on)
    week.pay(
        "second_of_the_same", one, [], memo, account=one.account, rest=claim.amount,
        on=on + timedelta(days=week.book.rng.randint(1, 2)), certainty=Certainty.UNKNOWABLE, placed=False,
    )  # fmt: skip


KINDS["second_of_the_same"] = Kind("second_of_the_same", 0, paid_twice, "the second of two that are paid_twice")


@kind(12)
def foreign(week: Week) -> None:
    """an invoice in dollars, paid in dollars, named"""
    one = week.book.customer()
    claim = week.book.claim(one, currency="USD")
    week.pay("foreign", one, whole(claim), f"INV {claim.document_number}", currency="USD")
