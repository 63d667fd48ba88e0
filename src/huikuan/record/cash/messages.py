"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "advice_empty": gettext_noop("The file names no document that was paid."),
    "advice_file_missing": gettext_noop("There is no file %(file)s."),
    "advice_unreadable": gettext_noop("Cells of the advice cannot be read. Nothing was taken in."),
    "alias_empty": gettext_noop("Say the name or the account."),
    "alias_revoked": gettext_noop("“%(value)s” was revoked already."),
    "alias_sign_unknown": gettext_noop("A payer is known by its name or its account, not by “%(sign)s”."),
    "alias_unknown": gettext_noop("Nobody ever said anything of “%(value)s” paying for this customer."),
    "amount_of_part_needed": gettext_noop(
        "Item %(item)s is in %(currency)s, the money in %(money)s: say how much of each."
    ),
    "application_paid_bill": gettext_noop("Application %(application)s is what a bill was paid with."),
    "application_undone": gettext_noop("Application %(application)s was undone already."),
    "application_unknown": gettext_noop("There is no application %(application)s."),
    "application_without_line": gettext_noop(
        "Application %(application)s used money on account, not a bank line: undo it and apply anew."
    ),
    "claim_name_unknown": gettext_noop("The customer has no open item “%(name)s”."),
    "claim_named_by_several": gettext_noop("Several open items are called “%(name)s”; name one by its number."),
    "claim_named_twice": gettext_noop("Name each item once."),
    "claim_not_open": gettext_noop("Nothing of item %(item)s is open, or there is no such item."),
    "claim_of_another": gettext_noop("Item %(item)s is another customer's."),
    "claim_on_other_side": gettext_noop(
        "Item %(item)s stands on the other side: what a customer owes is paid (above zero), its credits are netted"
        " (below zero)."
    ),
    "claim_open_less": gettext_noop("Of item %(item)s %(currency)s %(open)s is open, less than %(asked)s."),
    "credit_unknown": gettext_noop("The company has no credit %(item)s."),
    "debit_amount_not_wanted": gettext_noop("Item %(item)s is in the currency of the money: one amount is enough."),
    "difference_beyond_authority": gettext_noop(
        "%(currency)s %(amount)s of item %(item)s (%(kind)s) is more than the %(most)s that may be written off with a"
        " payment. Leave it open with a reason; giving it up is decided by: %(who)s."
    ),
    "difference_kind_unknown": gettext_noop("“%(kind)s” is no kind of difference; there are %(known)s."),
    "difference_leaves_open": gettext_noop(
        "A difference is written off where it closes item %(item)s, and something of it would stay open."
    ),
    "difference_without_part": gettext_noop("The difference on item %(item)s goes with no payment of it."),
    "line_not_outgoing": gettext_noop("Bank line %(line)s is no money that went out, or nothing of it is left."),
    "line_name_unknown": gettext_noop("The company has no bank line “%(name)s”."),
    "feedback_too_little": gettext_noop("Fewer than %(enough)s decisions are known; that supports no threshold."),
    "line_named_twice": gettext_noop("Several bank lines are called “%(name)s”; name one by its number."),
    "line_not_open": gettext_noop("Nothing of bank line %(line)s is left, or it is no money that came in."),
    "mandate_days": gettext_noop("A mandate from %(since)s cannot end on %(until)s."),
    "mandate_ended": gettext_noop("Mandate %(mandate)s has ended already."),
    "mandate_incomplete": gettext_noop("A mandate names the payer and the paper it rests on."),
    "mandate_unknown": gettext_noop("There is no mandate %(mandate)s."),
    "more_than_left": gettext_noop("%(left)s of the money is left, less than %(amount)s."),
    "netted_in_other_currency": gettext_noop("Credit %(item)s is netted only with claims in its own currency."),
    "netted_without_claim": gettext_noop("More credits are netted than claims are paid."),
    "nothing_applied": gettext_noop("Name what the credit clears."),
    "nothing_ticked": gettext_noop("Tick the items the money pays, or say that it stays on account."),
    "nothing_suggested": gettext_noop("Nothing is suggested for bank line %(line)s."),
    "option_unreadable": gettext_noop("“%(value)s” cannot be read as %(option)s."),
    "parts_exceed_payment": gettext_noop("The parts are %(over)s more than the payment of %(amount)s."),
    "portions_missing": gettext_noop("Say whose money it is: no customer is named."),
    "proposal_rejected": gettext_noop("This suggestion for bank line %(line)s was turned down already."),
    "proposal_unknown": gettext_noop("Bank line %(line)s has other suggestions by now. Look at it anew."),
    "proposal_stale": gettext_noop(
        "What the proposal for bank line %(line)s rests on has changed since. Look at it anew; nothing was written."
    ),
    "refund_in_other_currency": gettext_noop("Credit %(item)s is in %(currency)s, the money in %(money)s."),
    "request_key_reused": gettext_noop("The key “%(key)s” belongs to another request."),
    "rest_not_said": gettext_noop(
        "%(currency)s %(rest)s of the payment goes to no item: name more, or say that it stays on account."
    ),
    "return_before_payment": gettext_noop(
        "Bank line %(line)s was booked before line %(original)s: it cannot take it back."
    ),
    "set_aside_reason_missing": gettext_noop("Say whose money it is, or what it is for."),
    "short_reason_unknown": gettext_noop("“%(reason)s” is no reason for a short payment; there are %(known)s."),
    "threshold_stands": gettext_noop("The threshold is %(threshold)s already."),
    "undo_day_ahead": gettext_noop("%(day)s is still to come: today is %(today)s."),
    "undo_reason_missing": gettext_noop("Say why the application is undone."),
}

#: By what money went to the claims it paid.
ORDERS: dict[str, str] = {
    "law": gettext_noop("in the order of the law"),
    "designated": gettext_noop("as the payer designated"),
    "decided": gettext_noop("as somebody decided"),
}

#: What may lie between a payment and the claim it closes.
DIFFERENCES: dict[str, str] = {
    "bank_fee": gettext_noop("bank fee"),
    "early_payment_discount": gettext_noop("early-payment discount"),
    "small_difference": gettext_noop("small difference"),
}

#: Why a customer paid less than it owes.
SHORTS: dict[str, str] = {
    "quality": gettext_noop("quality"),
    "price": gettext_noop("price"),
    "quantity": gettext_noop("quantity"),
    "freight": gettext_noop("freight"),
    "retention": gettext_noop("retention kept back"),
    "discount": gettext_noop("discount not due"),
    "bank_fee": gettext_noop("bank fee"),
    "unknown": gettext_noop("cause not known yet"),
}

#: Of a payment that was sure, and then could not be applied.
REFUSED = gettext_noop("could not be applied: %(value)s")
