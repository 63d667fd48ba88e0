"""What speaks for a proposal of matching, against it, or against doing it without a person: each reason in words.

`value` and `threshold` are what the reason says; amounts come as decimal text.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

#: Who paid.
PAYER: dict[str, str] = {
    "payer_same": gettext_noop("the payer has the customer's name"),
    "payer_bare": gettext_noop("the payer has the customer's name but for its legal form"),
    "payer_alias": gettext_noop("the payer's name is an alias of the customer, confirmed %(times)s times"),
    "payer_mandate": gettext_noop("the payer pays for the customer by mandate %(name)s"),
    "payer_short": gettext_noop("the payer's name is short for %(name)s"),
    "payer_cut": gettext_noop("the payer's name is %(name)s, cut off"),
    "payer_initials": gettext_noop("the payer's name may be the initials of %(name)s"),
    "payer_alike": gettext_noop("the payer's name is like %(name)s (%(value)s of 100)"),
    "payer_account": gettext_noop("the customer paid from account %(value)s before"),
    "payer_in_group": gettext_noop("the payer is of the customer's group"),
    "named_in_memo": gettext_noop("the memo names %(name)s"),
    "payer_unlike": gettext_noop("the payer %(value)s is nobody known of the customer"),
    "payer_another": gettext_noop("the payer %(value)s is another customer"),
    "payer_unnamed": gettext_noop("the bank names no payer"),
    "payer_rejected": gettext_noop("somebody said that this payer does not pay for the customer"),
}

#: What a number says.
NUMBER: dict[str, str] = {
    "advised_whole": gettext_noop("the advice names document %(value)s"),
    "advised_short": gettext_noop("the advice names document %(value)s without its zeros or first digits"),
    "advised_core": gettext_noop("the advice names a document by the digits of %(value)s"),
    "advised_tail": gettext_noop("the advice names a document by the last digits %(value)s"),
    "advised_near": gettext_noop("the advice names %(value)s, one slip of the pen from a document"),
    "named_whole": gettext_noop("the memo names %(value)s"),
    "named_short": gettext_noop("the memo names %(value)s, a number without its zeros or first digits"),
    "named_core": gettext_noop("the memo has the digits of a document: %(value)s"),
    "named_tail": gettext_noop("the memo has the last digits of a document: %(value)s"),
    "named_near": gettext_noop("the memo has %(value)s, one slip of the pen from a document"),
    "number_misspelt": gettext_noop("a number is one slip of the pen from the document's"),
    "reference_not_followed": gettext_noop("%(value)s is named and would not be paid"),
    "reference_elsewhere": gettext_noop("a number of another document is named"),
    "reference_unknown": gettext_noop("%(value)s looks like a document's number, and there is none"),
    "document_settled": gettext_noop("%(value)s is named and is settled already"),
    "advice_not_followed": gettext_noop("the advice tells another amount for %(value)s"),
    "advice_unclear": gettext_noop("a line of the advice may mean several documents"),
    "advice_unknown": gettext_noop("the advice names a document nobody knows"),
}

#: What the amount says.
AMOUNT: dict[str, str] = {
    "amount_exact": gettext_noop("the amount is exact"),
    "sum_exact": gettext_noop("%(value)s documents add up to the amount"),
    "others_make_up": gettext_noop("with what is named %(value)s documents add up to the amount"),
    "credits_netted": gettext_noop("with credits netted %(value)s documents add up to the amount"),
    "advice_adds_up": gettext_noop("the advice adds up to the payment"),
    "advice_not_the_amount": gettext_noop("the advice does not add up to the payment"),
    "advised_by_amount": gettext_noop("the advice's line %(value)s fits a document by its amount"),
    "discount_in_terms": gettext_noop("less the early-payment discount of the terms, %(value)s"),
    "bank_fee": gettext_noop("less a bank fee of %(value)s"),
    "small_difference": gettext_noop("less a small difference of %(value)s"),
    "usual_discount": gettext_noop("%(value)s %% of a document, as if a discount was taken"),
    "usual_share": gettext_noop("%(value)s %% of a document"),
    "deduction_told": gettext_noop("the text tells the %(value)s that lack"),
    "fee_or_discount": gettext_noop("what lacks may be a fee or a discount"),
    "paid_in_part": gettext_noop("a document is paid in part"),
    "over_paid": gettext_noop("more is paid than is owed"),
    "fewer_than_told": gettext_noop("the text tells of more documents than are found"),
    "earliest_due": gettext_noop("of equal documents the one due first"),
    "earliest_in_part": gettext_noop("nothing fits; the earliest document in part"),
    "without_reference": gettext_noop("no number says so"),
    "document_later": gettext_noop("the document is later than the payment"),
    "date_habit": gettext_noop("%(value)s days from when the customer usually pays"),
}

#: Why a payment was applied by itself, or was not.
HOLDING: dict[str, str] = {
    "automatic": gettext_noop("sure enough: %(value)s, needed %(threshold)s"),
    "below_automatic": gettext_noop("not sure enough: %(value)s, needed %(threshold)s"),
    "other_sets_fit": gettext_noop("%(value)s other ways fit the amount as well"),
    "more_sets_may_fit": gettext_noop("there are too many documents to rule out others that fit"),
    "sum_by_chance": gettext_noop("so many documents may add up to the amount by chance"),
    "third_party_without_mandate": gettext_noop("%(value)s pays for the customer without a mandate"),
    "payer_not_sure": gettext_noop("neither name nor number says surely who paid"),
    "other_purpose": gettext_noop("“%(value)s” may be for something other than a document"),
    "difference_without_reference": gettext_noop("there is a difference, and no number names the document"),
    "wanted_by_another": gettext_noop("line %(value)s may be for the same document"),
    "duplicate_payment": gettext_noop("it seems to be sent twice: line %(line)s of %(booked_on)s"),
    "repeat_says_more": gettext_noop("sent again as line %(line)s of %(booked_on)s, which says what it is for"),
    "undone_before": gettext_noop("somebody undid what was applied of this payment"),
    "turned_down": gettext_noop("somebody turned a suggestion for this payment down"),
    "reversal": gettext_noop("the bank takes another line back with it"),
    "taken_back": gettext_noop("line %(value)s seems to take it back"),
    "money_out": gettext_noop("money that went out"),
    "nothing_fits": gettext_noop("nothing fits"),
}

MATCHING: dict[str, str] = {**PAYER, **NUMBER, **AMOUNT, **HOLDING}
