"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "barter_amount_bad": gettext_noop("The goods are worth something above 0; no sum is below."),
    "barter_day_bad": gettext_noop("%(day)s is no day of delivery: it lies before %(agreed_on)s or ahead."),
    "barter_field_missing": gettext_noop("A settlement in kind needs its %(field)s."),
    "barter_method_unknown": gettext_noop("“%(value)s” is no way to value goods; known are %(known)s."),
    "barter_not_due": gettext_noop(
        "Not so much of item %(item)s is due: goods that would become ours before are no settlement (contracts, 28)."
    ),
    "barter_over": gettext_noop("Settlement in kind %(barter)s is over: the goods came, or failed."),
    "barter_unknown": gettext_noop("There is no settlement in kind %(barter)s."),
    "barter_valued_ahead": gettext_noop("%(day)s lies ahead; today is %(today)s."),
    "freeze_kind_unknown": gettext_noop("“%(value)s” cannot be frozen; known are %(known)s."),
    "freeze_over": gettext_noop("Freeze %(freeze)s is over already."),
    "freeze_stands": gettext_noop("The customer is frozen so already: freeze %(freeze)s."),
    "freeze_unknown": gettext_noop("There is no freeze %(freeze)s."),
    "plan_amount_missing": gettext_noop("This instalment needs an amount."),
    "plan_claims_missing": gettext_noop("Tick the claims the plan is about."),
    "plan_days_do_not_rise": gettext_noop(
        "Instalment %(line)s, on %(day)s, does not fall due after the one before, on %(before)s."
    ),
    "plan_grace_bad": gettext_noop("%(value)s days of grace are none; 0 to 31 are taken."),
    "plan_item_taken": gettext_noop("Item %(item)s stands in a plan already."),
    "plan_lines_bad": gettext_noop("A plan has instalments above 0, %(most)s at most."),
    "plan_parts_bad": gettext_noop("Say in how many equal parts: 1 to %(most)s."),
    "plan_sum_differs": gettext_noop(
        "The instalments come to %(currency)s %(sum)s and have to come to exactly what is open of the claims,"
        " %(debt)s: the difference is %(difference)s."
    ),
    "plan_term_unknown": gettext_noop("“%(value)s” is no choice; known are %(known)s."),
    "plan_unknown": gettext_noop("There is no plan %(plan)s."),
    "promise_amount_bad": gettext_noop("Of item %(item)s an amount above 0 has to be promised."),
    "promise_claim_unfit": gettext_noop("Item %(item)s is no open claim on this customer."),
    "promise_claims_missing": gettext_noop("Say which claims are promised, each once."),
    "promise_currencies": gettext_noop("One promise is in one currency; these claims are in %(currencies)s."),
    "promise_day_far": gettext_noop("%(day)s lies too far ahead: a promise reaches to %(latest)s, a plan further."),
    "promise_day_over": gettext_noop("%(day)s is over; today is %(today)s."),
    "promise_file_missing": gettext_noop("There is no file %(file)s."),
    "promise_more_than_open": gettext_noop("Of item %(item)s less is open than what is promised."),
    "promise_not_open": gettext_noop("Promise %(promise)s is not open: what was kept or broken stays so."),
    "promise_reason_missing": gettext_noop("Say why."),
    "promise_rules_invalid": gettext_noop("The rules of promises cannot be read; see the places named."),
    "promise_said_already": gettext_noop("This is promise %(promise)s already."),
    "promise_source_unknown": gettext_noop("“%(value)s” is not how a promise is heard; known are %(known)s."),
    "promise_unknown": gettext_noop("There is no promise %(promise)s."),
}

SENTENCES |= {
    "promise_without_rate": gettext_noop(
        "Authority is compared in %(into)s; add the rate of %(currency)s before you ask."
    ),
}

#: What a promise is on a day.
STATES: dict[str, str] = {
    "open": gettext_noop("still to be kept"),
    "kept": gettext_noop("kept"),
    "partly": gettext_noop("kept in part"),
    "broken": gettext_noop("broken"),
    "lapsed": gettext_noop("nothing left to pay"),
    "replaced": gettext_noop("replaced"),
    "withdrawn": gettext_noop("withdrawn"),
}

#: How it was heard.
SOURCES: dict[str, str] = {
    "phone": gettext_noop("by telephone"),
    "email": gettext_noop("by e-mail"),
    "im": gettext_noop("by message"),
    "sms": gettext_noop("by text message"),
    "visit": gettext_noop("on a visit"),
    "meeting": gettext_noop("in a meeting"),
    "letter": gettext_noop("by letter"),
    "portal": gettext_noop("in the portal"),
    "other": gettext_noop("otherwise"),
}

#: What a plan is on a day.
PLAN_STATES: dict[str, str] = {
    "running": gettext_noop("plan runs"),
    "paid": gettext_noop("paid in full"),
    "missed": gettext_noop("instalment missed"),
    "broken": gettext_noop("plan broken"),
}

#: What a missed instalment does.
ON_MISS: dict[str, str] = {
    "accelerate": gettext_noop("the rest falls due at once"),
    "original": gettext_noop("back to the original dates"),
}

#: From when late interest runs while a plan holds.
INTERESTS: dict[str, str] = {
    "original": gettext_noop("from the original dates"),
    "plan": gettext_noop("from the plan's dates"),
    "waived": gettext_noop("none if the plan is kept"),
}

#: What is frozen.
FREEZES: dict[str, str] = {
    "supply": gettext_noop("supply: nothing is delivered"),
    "account": gettext_noop("account: nothing is sold on credit"),
}

#: The same beside a customer's name.
FROZEN: dict[str, str] = {
    "supply": gettext_noop("no deliveries since %(day)s"),
    "account": gettext_noop("no credit sales since %(day)s"),
}

#: What a settlement in kind is on a day.
BARTER_STATES: dict[str, str] = {
    "agreed": gettext_noop("goods agreed"),
    "late": gettext_noop("goods late"),
    "delivered": gettext_noop("goods delivered"),
    "failed": gettext_noop("goods failed"),
}

#: How goods are valued.
METHODS: dict[str, str] = {
    "appraisal": gettext_noop("by an appraiser"),
    "market": gettext_noop("by market prices"),
    "auction": gettext_noop("by auction"),
    "cost": gettext_noop("by cost"),
    "agreed": gettext_noop("between the parties"),
}

#: Accounts of the voucher of a delivery.
ACCOUNTS: dict[str, str] = {
    "inventory": gettext_noop("Goods in stock"),
    "input_tax": gettext_noop("Input tax"),
    "allowance": gettext_noop("Allowance for bad debt"),
    "investment_income": gettext_noop("Investment income"),
    "receivables": gettext_noop("Accounts receivable"),
}
