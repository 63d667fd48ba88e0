"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "beyond_authority": gettext_noop(
        "%(amount)s is more than %(actor)s may grant. The lowest role that may: %(least)s."
    ),
    "delivery_blocked": gettext_noop("Nothing of order %(number)s is delivered now. %(why)s"),
    "dry_run_days_bad": gettext_noop("%(days)s days are not between 0 and %(most)s."),
    "dry_run_limits_bad": gettext_noop("The file of limits cannot be used as it is. Nothing was replayed."),
    "dry_run_method_unknown": gettext_noop("“%(method)s” is no way to propose limits: %(known)s."),
    "dry_run_period_bad": gettext_noop(
        "%(since)s to %(until)s is no period to replay: it begins before it ends, ends today at the latest, and is"
        " %(longest)s days long at most."
    ),
    "dry_run_rule_bad": gettext_noop("“%(rule)s” changes no rule: write name=value, for example block_over=120."),
    "dry_run_unknown": gettext_noop("There is no dry run no. %(run)s."),
    "exposure_without_rate": gettext_noop(
        "Part of the exposure is in %(currency)s, and no rate into %(into)s is known on %(day)s. Add one:"
        " huikuan rates add."
    ),
    "limit_amount_bad": gettext_noop("%(value)s is no amount of a limit."),
    "limit_backwards": gettext_noop("A limit begins on %(today)s at the earliest, not on %(day)s."),
    "limit_currencies_differ": gettext_noop(
        "A temporary limit in %(currency)s cannot be added to a limit in %(standing)s."
    ),
    "limit_days_unreadable": gettext_noop("“%(value)s” is no number of days."),
    "limit_ends_early": gettext_noop("The limit would end on %(until)s, before it begins (%(day)s)."),
    "limit_field_missing": gettext_noop("This is needed."),
    "limit_kind_unknown": gettext_noop("“%(value)s” is no kind of limit: standing or temporary."),
    "limit_of_nobody": gettext_noop("A limit is for one customer, or for one group."),
    "limit_over_already": gettext_noop("The limit would have ended on %(until)s. Ask for it anew."),
    "limit_prepaid_bad": gettext_noop("%(value)s is no share in percent that is paid ahead: 0 to 100."),
    "limit_reason_missing": gettext_noop("Say why, please."),
    "limit_request_unknown": gettext_noop("There is no request no. %(request)s for a limit."),
    "limit_sales_bad": gettext_noop("Sales, days and VAT are not negative, and the peak is 1 at least."),
    "limit_share_bad": gettext_noop("%(share)s of net worth is not between 5 %% and 20 %%."),
    "limit_sheet_without_ratio": gettext_noop(
        "Without current liabilities, or without net worth, the ratios of this method mean nothing."
    ),
    "limit_temporary_endless": gettext_noop("A temporary limit says its last day, at most %(longest)s days ahead."),
    "limit_term_bad": gettext_noop("%(days)s days are no payment term: 0 to %(longest)s."),
    "limit_without_method": gettext_noop("Choose at least one method."),
    "order_does_not_wait": gettext_noop("Order %(number)s does not wait for a release."),
    "order_release_ended": gettext_noop("The release of order %(number)s ended on %(until)s. Ask for it anew."),
    "order_waits": gettext_noop(
        "Order %(number)s waits for a release, so nothing of it is delivered. Its page says why and what helps."
    ),
    "proposal_line_missing": gettext_noop(
        "The statements do not give %(figure)s: state its lines, or tick that blank lines mean nil."
    ),
    "proposal_none": gettext_noop("No method of the policy can be worked out. Say an amount."),
    "proposal_statements_old": gettext_noop("The latest statements are older than the policy lets count."),
    "proposal_without_rate": gettext_noop("Part of it is in a currency without a rate on the day."),
    "proposal_without_sales": gettext_noop("Nothing was sold on credit in the year before the day."),
    "proposal_without_score": gettext_noop("The customer has no score."),
    "proposal_without_statements": gettext_noop("No financial statements were handed in."),
    "release_without_rate": gettext_noop(
        "Part of the exposure is in a currency without a rate, so nobody can say how much would stand. Add the rate."
    ),
    "own_limit": gettext_noop("%(actor)s drew this up; somebody else has to approve it."),
}

#: The components of exposure, in the order they are shown.
COMPONENTS: dict[str, str] = {
    "open_claims": gettext_noop("Receivables not yet paid"),
    "delivered_not_invoiced": gettext_noop("Delivered, not invoiced"),
    "released_orders": gettext_noop("Released orders"),
    "bills": gettext_noop("Bills not yet paid"),
    "recourse": gettext_noop("Bills passed on with recourse"),
    "cash_held": gettext_noop("Cash held as deposit"),
    "unapplied": gettext_noop("Unapplied cash and credits"),
    "advances": gettext_noop("Advances on the same contract"),
    "cover": gettext_noop("Cover"),
}

LIMIT_KINDS: dict[str, str] = {
    "standing": gettext_noop("Limit"),
    "temporary": gettext_noop("Temporary limit"),
}

LIMIT_STATES: dict[str, str] = {
    "none": gettext_noop("not assessed, counts as 0"),
    "granted": gettext_noop("granted"),
    "expired": gettext_noop("ended, counts as 0"),
}

#: How far a limit that holds is used.
USES: dict[str, str] = {
    "within": gettext_noop("within the limit"),
    "near": gettext_noop("over %(percent)s %% of the limit"),
    "over": gettext_noop("beyond the limit"),
}

#: What became of a request; '' while it waits.
STEPS: dict[str, str] = {
    "": gettext_noop("waits for approval"),
    "approved": gettext_noop("approved"),
    "returned": gettext_noop("returned"),
    "withdrawn": gettext_noop("withdrawn"),
    "expired": gettext_noop("expired"),
    "void": gettext_noop("void"),
}

DECISIONS: dict[str, str] = {
    "approve": gettext_noop("Approved"),
    "warn": gettext_noop("Warning"),
    "hold": gettext_noop("Hold"),
}

#: How a limit is worked out.
METHODS: dict[str, str] = {
    "sales_based": gettext_noop("By sales"),
    "net_worth": gettext_noop("By net worth"),
    "working_capital": gettext_noop("By working capital"),
    "points": gettext_noop("By score"),
    "members": gettext_noop("By what its members are given"),
}

#: The figures methods take, and the steps they go through.
FIGURES: dict[str, str] = {
    "annual_sales": gettext_noop("A year's sales, without VAT"),
    "annual_sales_with_vat": gettext_noop("Sales of the year before the day, with VAT"),
    "tangible_net_worth": gettext_noop("Tangible net worth"),
    "current_assets": gettext_noop("Current assets"),
    "current_liabilities": gettext_noop("Current liabilities"),
    "inventory": gettext_noop("Inventory"),
    "net_worth": gettext_noop("Net worth"),
    "total_liabilities": gettext_noop("All liabilities"),
    "score": gettext_noop("Score"),
    "vat": gettext_noop("VAT"),
    "daily_sales": gettext_noop("Sales a day"),
    "days": gettext_noop("Days of term and tolerance"),
    "peak": gettext_noop("Peak factor"),
    "evaluation": gettext_noop("Evaluation of four ratios"),
    "working_assets": gettext_noop("Mean of working capital and net worth"),
    "share": gettext_noop("Share by the policy"),
    "score_from": gettext_noop("Its line begins at score"),
    "part": gettext_noop("What counts without statements"),
    "grade_factor": gettext_noop("Factor of the grade"),
    "collateral": gettext_noop("Collateral"),
    "insured": gettext_noop("Of it insured"),
    "cap": gettext_noop("Cap of the policy"),
    "sum_of_members": gettext_noop("What its members are given together"),
    "group_share": gettext_noop("Share for groups"),
}

#: Where a figure comes from.
SOURCES: dict[str, str] = {
    "ledger": gettext_noop("own ledger"),
    "statements": gettext_noop("financial statements"),
    "stated": gettext_noop("as stated"),
    "rating": gettext_noop("assessment"),
}

#: In what a request goes beyond the policy.
DEPARTURES: dict[str, str] = {
    "amount": gettext_noop("more than the policy gives"),
    "no_proposal": gettext_noop("an amount where the policy cannot work one out"),
    "currency": gettext_noop("in another currency"),
    "term": gettext_noop("a longer term"),
    "prepaid": gettext_noop("less paid ahead"),
    "until": gettext_noop("for longer"),
}

#: What is to be seen to about a limit.
SIGNS: dict[str, str] = {
    "over": gettext_noop("above the policy"),
    "under": gettext_noop("below the policy"),
    "expired": gettext_noop("ended"),
    "expiring": gettext_noop("ends soon"),
    "grade_dropped": gettext_noop("grade fell"),
    "without_limit": gettext_noop("no limit"),
    "not_proposed": gettext_noop("cannot be worked out"),
    "without_rate": gettext_noop("no rate"),
    "below_use": gettext_noop("more is used"),
}

PAYMENT_METHODS: dict[str, str] = {
    "transfer": gettext_noop("bank transfer"),
    "bank_bill": gettext_noop("bank's acceptance bill"),
    "commercial_bill": gettext_noop("commercial acceptance bill"),
    "cheque": gettext_noop("cheque"),
    "letter_of_credit": gettext_noop("letter of credit"),
    "cash": gettext_noop("cash"),
}

#: What became of an order.
STATES: dict[str, str] = {
    "released": gettext_noop("Released"),
    "paused": gettext_noop("Waits for a sales manager"),
    "held": gettext_noop("Held"),
    "cancelled": gettext_noop("Cancelled"),
}

#: What each rule says of the customer itself.
REASONS: dict[str, str] = {
    "within_limit": gettext_noop("%(value)s of the limit of %(threshold)s would be out: %(percent)s."),
    "over_threshold": gettext_noop(
        "%(value)s of the limit of %(threshold)s would be out: %(percent)s. Over %(warn_over)s %% new orders wait for"
        " a sales manager."
    ),
    "over_limit": gettext_noop("%(value)s would be out, %(over)s more than the limit of %(threshold)s (%(percent)s)."),
    "prepay_only": gettext_noop("The limit is 0, so nothing goes on credit; %(value)s would be out."),
    "not_assessed": gettext_noop("No limit was ever granted, which counts as 0; %(value)s would be out."),
    "limit_expired": gettext_noop("The limit has ended, which counts as 0; %(value)s would be out."),
    "overdue_days": gettext_noop(
        "The oldest claim is %(value)s days overdue beyond the grace; %(threshold)s are let pass."
    ),
    "overdue_amount": gettext_noop("%(value)s are overdue; %(threshold)s are let pass."),
    "missing_contract": gettext_noop("The order names no contract."),
    "review_overdue": gettext_noop(
        "The customer's grade should have been reviewed %(value)s days ago; %(threshold)s are let pass."
    ),
    "flagged": gettext_noop("The customer is held to pay late on purpose."),
    "frozen": gettext_noop("The customer is frozen: %(says)s"),
    "without_rate": gettext_noop("Part of the exposure is in a currency without a rate, so it cannot be compared."),
}

#: The same of a group: whoever sees one customer of it is told no amount of the others, nor a share: two of them give
#: the limit away.
GROUP_REASONS: dict[str, str] = {
    "over_threshold": gettext_noop("Group %(group)s would use more than %(warn_over)s %% of its limit."),
    "over_limit": gettext_noop("Group %(group)s would be over its limit."),
    "prepay_only": gettext_noop("The limit of group %(group)s is 0, so nothing goes on credit."),
    "limit_expired": gettext_noop("The limit of group %(group)s has ended, which counts as 0."),
}

WAYS_OUT: dict[str, str] = {
    "prepay": gettext_noop("Let the customer pay %(amount)s ahead"),
    "temporary_limit": gettext_noop("Ask for a temporary limit of %(amount)s more"),
    "limit_change": gettext_noop("Ask for a higher limit"),
    "assess": gettext_noop("Ask for a limit"),
    "collect_overdue": gettext_noop("Collect what is overdue"),
    "name_contract": gettext_noop("Name the contract on the order"),
    "add_rate": gettext_noop("Add the rate"),
    "review_grade": gettext_noop("Assess the customer anew"),
    "release_freeze": gettext_noop("Ask that the freeze end"),
    "release_by_sales_manager": gettext_noop("Have a sales manager release it, with a reason"),
    "release_by_authority": gettext_noop("Have it released by somebody whose authority reaches so far"),
    "stop_supply": gettext_noop("Stop supply"),
}

#: The same where the amount is a group's.
WAYS_OUT_OF_A_GROUP: dict[str, str] = {
    "prepay": gettext_noop("Let the customer pay ahead"),
    "temporary_limit": gettext_noop("Ask for a temporary limit"),
}

#: How limits are proposed in a dry run where none had been granted.
BASES: dict[str, str] = {
    "policy": gettext_noop("what the credit policy would have proposed"),
    "carried": gettext_noop("what the customer had out at most in the year before, by grade"),
}

#: The figures of a dry run.
OUTCOMES: dict[str, str] = {
    "held": gettext_noop("Orders held"),
    "warned": gettext_noop("Orders warned about"),
    "lost": gettext_noop("Held, and written off later"),
    "late": gettext_noop("Held, and paid late"),
    "at_risk": gettext_noop("Held, and paid in time"),
    "unknown": gettext_noop("Held, and not known yet"),
    "missed": gettext_noop("Let through, and paid late or written off"),
    "unjudged": gettext_noop("Not judged"),
    "all": gettext_noop("All orders"),
}

#: What a rule holds for, in a word or two.
RULES: dict[str, str] = {
    "over_limit": gettext_noop("over the limit"),
    "prepay_only": gettext_noop("limit of 0"),
    "not_assessed": gettext_noop("no limit"),
    "limit_expired": gettext_noop("limit ended"),
    "overdue_days": gettext_noop("overdue for too long"),
    "overdue_amount": gettext_noop("too much overdue"),
    "missing_contract": gettext_noop("no contract"),
    "review_overdue": gettext_noop("grade too old"),
    "flagged": gettext_noop("pays late on purpose"),
    "frozen": gettext_noop("frozen"),
    "without_rate": gettext_noop("no exchange rate"),
}
