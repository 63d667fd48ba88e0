"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "collection_tiers_invalid": gettext_noop("This is no matrix of collection tiers."),
    "plan_agree_own": gettext_noop("Line %(line)s was edited by you; another agrees it."),
    "plan_amount_bad": gettext_noop("A planned amount is not below zero."),
    "plan_changed_since": gettext_noop(
        "Line %(line)s of the plan was changed meanwhile. Nothing was written; look at it again."
    ),
    "plan_day_outside": gettext_noop("%(day)s lies outside %(month)s, the month of the plan."),
    "plan_drafted_meanwhile": gettext_noop("Somebody drafted this month at the same moment. Look at it again."),
    "plan_line_unknown": gettext_noop("There is no line %(line)s of a plan."),
    "plan_method_unknown": gettext_noop("“%(value)s” is no way to pay; known are %(known)s."),
    "plan_month_bad": gettext_noop("%(month)s is over, or no month; a plan is drafted for this month or a later one."),
    "plan_slip_unknown": gettext_noop("“%(value)s” is no cause of a delay; known are %(known)s."),
    "plan_words_missing": gettext_noop("Say in words why it did not come as planned."),
}

METHODS: dict[str, str] = {
    "transfer": gettext_noop("Bank transfer"),
    "bill": gettext_noop("By bill"),
    "cash": gettext_noop("In notes"),
    "offset": gettext_noop("Offset against what we owe"),
    "goods": gettext_noop("In goods"),
}

STATES: dict[str, str] = {
    "drafted": gettext_noop("Drafted"),
    "edited": gettext_noop("Edited"),
    "agreed": gettext_noop("Agreed by a manager"),
}

SLIPS: dict[str, str] = {
    "dispute": gettext_noop("The claim is disputed"),
    "cash_strain": gettext_noop("Customer is short of cash"),
    "papers_missing": gettext_noop("Invoice or papers are missing"),
    "our_delay": gettext_noop("Our own delivery is late"),
    "bank_delay": gettext_noop("Under way at the bank"),
    "bad_faith": gettext_noop("Customer puts it off on purpose"),
    "renegotiated": gettext_noop("Agreed for later"),
    "other": gettext_noop("Other cause"),
}
