"""What each refusal, reason and warning of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "interest_rule_unreadable": gettext_noop(
        "“%(value)s” is no rule of interest. Write it like one of these: %(forms)s."
    ),
    "interest_base_unknown": gettext_noop("A year counts as 365 or 360 days, not %(value)s."),
    "interest_option_missing": gettext_noop("%(option)s is missing."),
    "interest_known_of_document": gettext_noop("The ledger knows this of a document; leave %(option)s out."),
    "interest_payment_unreadable": gettext_noop("“%(value)s” is no payment; write it like 2026-11-21=1000.00."),
    "interest_not_due": gettext_noop("On %(until)s nothing is late: the principal falls due on %(due)s."),
    "interest_overpaid": gettext_noop("More was paid than the principal of %(principal)s."),
    "interest_document_unknown": gettext_noop("There is no claim with the document number “%(document)s”."),
    "interest_document_shared": gettext_noop(
        "Several customers have a document “%(document)s”; name the item by its number."
    ),
    "interest_not_borne": gettext_noop(
        "Item %(item)s bears no late-payment interest: invoices, retentions and opening balances do, until reversed."
    ),
    "interest_ahead": gettext_noop("%(last)s lies ahead; today is %(today)s."),
    "interest_day_not_over": gettext_noop("%(last)s is not over: money may come until its end. Today is %(today)s."),
    "interest_nothing_to_claim": gettext_noop("Until %(until)s nothing is left to claim of item %(item)s."),
    "interest_money_waits": gettext_noop(
        "Money of this customer waits to be applied (%(item)s; %(count)s in all), and counts from the day it came:"
        " apply it first, then claim what is left."
    ),
    "interest_claim_right": gettext_noop("Claim %(claim)s demands no more than its days bear, or was taken back."),
    "interest_claim_short": gettext_noop(
        "The days of claim %(claim)s bear %(currency)s %(amount)s more than it demands: take it back and claim them"
        " anew. What is paid or waived of it has to be undone first."
    ),
    "interest_claimed_since": gettext_noop("Somebody claimed interest of item %(item)s meanwhile; look again."),
    "interest_claim_unknown": gettext_noop("There is no interest claim %(claim)s."),
    "interest_reason_missing": gettext_noop("Say why."),
    "interest_waiver_bad": gettext_noop("Of the claim %(currency)s %(open)s is open: waive more than 0 and no more."),
    "interest_without_rate": gettext_noop(
        "There is no rate from %(currency)s into %(into)s, the currency of the authority matrix; record one first."
    ),
    "interest_file_missing": gettext_noop("%(file)s is no file."),
    "interest_buyer_unknown": gettext_noop("“%(value)s” is no kind of buyer: %(known)s."),
    "lpr_invalid": gettext_noop("The table of the LPR cannot be read; see the places named."),
    "interest_rules_invalid": gettext_noop("The rules of late-payment interest cannot be read; see the places named."),
}

#: Why a rule governs, and what a reader is warned of: `value` and `threshold` fill the sentence.
REASONS: dict[str, str] = {
    "clause": gettext_noop("Agreed in the contract (Civil Code, article 585)."),
    "sme": gettext_noop(
        "Nothing agreed; the buyer is bound by the Regulation on Payments to SMEs and the seller declared itself one"
        " at signing: 0.05%% a day (article 17)."
    ),
    "law": gettext_noop(
        "Nothing agreed: LPR at the time of breach and 30 to 50%% more (Interpretation on Sales Contracts,"
        " article 18)."
    ),
    "bankruptcy": gettext_noop(
        "Bankruptcy was accepted on %(value)s: interest stops (Enterprise Bankruptcy Law, article 46)."
    ),
    "rule_before": gettext_noop("The days before %(value)s count by the rule of then: %(threshold)s."),
    "plan_original": gettext_noop("Instalment plan #%(value)s: days count from the original due dates."),
    "plan_plan": gettext_noop("Instalment plan #%(value)s: days count from its instalments."),
    "plan_waived": gettext_noop("Instalment plan #%(value)s: none while it is kept."),
    "plan_original_broken": gettext_noop(
        "Instalment plan #%(value)s, broken on %(threshold)s: days count from the original due dates."
    ),
    "plan_plan_broken": gettext_noop(
        "Instalment plan #%(value)s, broken on %(threshold)s: days count from the dates agreed for that."
    ),
    "plan_waived_broken": gettext_noop(
        "Instalment plan #%(value)s, broken on %(threshold)s: its waiver fell, days count from the original due dates."
    ),
    "over_cap": gettext_noop(
        "%(value)s a year is over %(threshold)s, the yardstick of private lending: a court may cut it (Civil Code 585;"
        " Provisions on Private Lending 25)."
    ),
    "under_lpr": gettext_noop(
        "%(value)s a year is under %(threshold)s, the LPR at signing: the Regulation on Payments to SMEs lets nobody"
        " agree on less (article 17)."
    ),
    "lpr_is_cny": gettext_noop("The LPR is a rate for renminbi; this claim is in %(value)s."),
    "lpr_stale": gettext_noop("The table of the LPR ends on %(value)s: look up what was published since and add it."),
}

#: Who the buyer is.
BUYERS: dict[str, str] = {
    "government": gettext_noop("Government body"),
    "public_institution": gettext_noop("Public institution"),
    "large_enterprise": gettext_noop("Large enterprise"),
    "other": gettext_noop("None of these"),
}

#: What became of a claim.
CLAIM_STATES: dict[str, str] = {
    "open": gettext_noop("Claimed and open"),
    "settled": gettext_noop("Nothing open"),
    "withdrawn": gettext_noop("Taken back"),
}
