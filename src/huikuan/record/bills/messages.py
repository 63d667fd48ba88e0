"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "bill_amount_bad": gettext_noop("%(value)s is no amount of a bill."),
    "bill_claims_exceed": gettext_noop("The claims to pay come to more than the bill, %(amount)s."),
    "bill_claims_left": gettext_noop(
        "No claim is named any more, and some were: name them, have them suggested, or send this once more to pay the "
        "earliest due."
    ),
    "bill_claim_not_open_then": gettext_noop(
        "Claim %(item)s was not open for this customer on %(day)s: a bill received then cannot pay it. Correct the "
        "day or the customer, or clear what stands beside the claim."
    ),
    "bill_claim_bad": gettext_noop(
        "“%(value)s” is no claim to pay; write the id of the item and the amount, like 17=5000."
    ),
    "bill_class_unknown": gettext_noop("“%(value)s” is no class of acceptors; known are %(known)s."),
    "bill_days_bad": gettext_noop("The bill matures on %(matures_on)s, before it was issued (%(issued_on)s)."),
    "bill_extra_days_bad": gettext_noop("%(value)s extra days are none; 0 to %(most)s are taken."),
    "bill_field_missing": gettext_noop("A bill needs its %(field)s."),
    "bill_file_missing": gettext_noop("There is no file %(file)s."),
    "bill_kind_unknown": gettext_noop("“%(value)s” is not a kind of bill; known are %(known)s."),
    "bill_known": gettext_noop(
        "Bill %(number)s, or a part of this range of it, is recorded already as number %(bill)s: the same paper pays"
        " once."
    ),
    "bill_may_come_back": gettext_noop("The bill may come back until %(until)s."),
    "bill_move_ahead": gettext_noop("%(day)s lies ahead; today is %(today)s."),
    "bill_move_impossible": gettext_noop("A bill that is %(bill_state)s cannot be: %(bill_move)s."),
    "bill_move_too_early": gettext_noop("%(day)s lies before the bill's last step, of %(earliest)s."),
    "bill_moved_since": gettext_noop(
        "Somebody has moved bill %(bill)s meanwhile. Nothing was written; look at it again."
    ),
    "bill_not_divisible": gettext_noop(
        "This bill is not divisible: only bills of the present system with a range of units are."
    ),
    "bill_not_matured": gettext_noop("The bill is not due before %(matures_on)s."),
    "bill_not_transferable": gettext_noop("The drawer wrote that it may not be transferred (不得转让)."),
    "bill_number_bad": gettext_noop(
        "“%(value)s” is no number of a bill: an electronic one has 30 digits with its day of registration, a paper one"
        " 16."
    ),
    "bill_number_of_other_kind": gettext_noop("By its first digit %(value)s is another kind: %(bill_kind)s."),
    "bill_pieces_differ": gettext_noop(
        "Two or more pieces, each above 0, have to come to the whole; these come to %(pieces)s of %(face)s units."
    ),
    "bill_range_bad": gettext_noop(
        "“%(value)s” is no range of units; write first and last unit like 1-100000, or 0 for a bill that is not"
        " divisible."
    ),
    "bill_range_differs": gettext_noop("The range %(range)s is worth %(worth)s, the amount says %(amount)s."),
    "bill_rate_bad": gettext_noop("At this rate, on this day, there is nothing to discount."),
    "bill_reason_missing": gettext_noop("Say why the bill was not paid."),
    "bill_received_too_early": gettext_noop("%(day)s lies before the bill was issued (%(issued_on)s)."),
    "bill_rules_invalid": gettext_noop("The rules of bills cannot be read; see the places named."),
    "bill_receipt_unfit": gettext_noop(
        "Item %(item)s is no receipt of the customer with %(amount)s open: that much is owed on the bill."
    ),
    "bill_settled_already": gettext_noop("The claim of bill %(bill)s is settled already: it cannot be passed on."),
    "bill_too_late_to_pass_on": gettext_noop(
        "On %(day)s it is too late to pass the bill on; the last day was %(last)s."
    ),
    "bill_unknown": gettext_noop("There is no bill %(bill)s."),
    "bill_without_recourse": gettext_noop(
        "The bill was passed on without recourse: whether it is paid is no concern of ours any more."
    ),
}

#: Cash in notes, and customers' money in somebody's own account.
SENTENCES |= {
    "cash_ahead": gettext_noop("%(day)s lies ahead; today is %(today)s."),
    "cash_amount_bad": gettext_noop("%(value)s is no amount of cash."),
    "cash_reason_missing": gettext_noop("Say what was not right with the cash."),
    "cash_second_person": gettext_noop("%(actor)s took this cash: another person counts it and signs."),
    "cash_signed_already": gettext_noop("Cash %(cash)s was signed or turned down already."),
    "cash_unknown": gettext_noop("There is no cash %(cash)s."),
    "own_account_bad": gettext_noop("“%(value)s” is no account; it has %(shortest)s characters or more."),
    "own_account_holder_missing": gettext_noop("Say whose account it is."),
    "own_account_known": gettext_noop("This account is registered already."),
    "own_payment_silent": gettext_noop("Say what it rests on: who said what."),
    "own_payment_told_by_unknown": gettext_noop("“%(value)s” is not how it came to be known; known are %(known)s."),
}

CASH_STATES: dict[str, str] = {
    "waiting": gettext_noop("Waits for a second signature"),
    "signed": gettext_noop("Signed by two"),
    "turned_down": gettext_noop("Not right"),
}

#: How it came to be known that a customer's money went to somebody who works here.
TOLD_BY: dict[str, str] = {
    "by_hand": gettext_noop("said by somebody"),
    "remittance": gettext_noop("remittance advice"),
    "line": gettext_noop("line of the bank"),
    "note": gettext_noop("a note"),
}

KINDS: dict[str, str] = {
    "bank": gettext_noop("Bank acceptance bill"),
    "commercial": gettext_noop("Commercial acceptance bill"),
    "cheque": gettext_noop("Cheque"),
}

CLASSES: dict[str, str] = {
    "large_bank": gettext_noop("Large bank"),
    "other_bank": gettext_noop("Other bank"),
    "commercial": gettext_noop("Company (commercial acceptance)"),
}

STATES: dict[str, str] = {
    "in_hand": gettext_noop("In hand"),
    "pledged": gettext_noop("Pledged"),
    "presented": gettext_noop("Presented"),
    "endorsed": gettext_noop("Endorsed"),
    "discounted": gettext_noop("Discounted"),
    "paid": gettext_noop("Bill paid"),
    "dishonoured": gettext_noop("Dishonoured"),
    "lapsed": gettext_noop("Cannot come back"),
    "split": gettext_noop("Split into pieces"),
}

MOVES: dict[str, str] = {
    "receive": gettext_noop("Bill taken in"),
    "endorse": gettext_noop("Endorse"),
    "discount": gettext_noop("Discount with a bank"),
    "pledge": gettext_noop("Give in pledge"),
    "release": gettext_noop("Release from pledge"),
    "present": gettext_noop("Present for payment"),
    "pay": gettext_noop("Paid by the acceptor"),
    "dishonour": gettext_noop("Refused by the acceptor"),
    "lapse": gettext_noop("Recourse is over"),
    "split": gettext_noop("Split the bill"),
}

#: The same as what happened.
DONE: dict[str, str] = {
    "receive": MOVES["receive"],
    "endorse": STATES["endorsed"],
    "discount": STATES["discounted"],
    "pledge": STATES["pledged"],
    "release": gettext_noop("Released from pledge"),
    "present": STATES["presented"],
    "pay": STATES["paid"],
    "dishonour": STATES["dishonoured"],
    "lapse": STATES["lapsed"],
    "split": STATES["split"],
}

#: States that are asked for together.
GROUPS: dict[str, str] = {
    "held": gettext_noop("Bills held"),
    "passed_on": gettext_noop("Bills passed on"),
}

#: Fields as the form and a refusal name them.
FIELDS: dict[str, str] = {
    "drawer": gettext_noop("Drawer"),
    "acceptor": gettext_noop("Acceptor"),
    "counterparty": gettext_noop("To whom"),
    "company": gettext_noop("Company"),
}
