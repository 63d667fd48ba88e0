"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.record.financials.messages import RATIOS

SENTENCES: dict[str, str] = {
    "agency_elsewhere": gettext_noop(
        "An agency says something of third_party_rating with --source third_party alone."
    ),
    "agency_grade_unknown": gettext_noop(
        "The table of %(agency)s says nothing of “%(grade)s”. It knows: %(known)s (* stands for anything)."
    ),
    "agency_unknown": gettext_noop("There is no table for the agency “%(agency)s”. Known are: %(known)s."),
    "assess_one_or_all": gettext_noop("Name one customer, or say --all."),
    "assess_record_in_force": gettext_noop(
        "Only what the scorecards in force say of a customer can be recorded: leave --policy and --card away."
    ),
    "assessment_from_future": gettext_noop("%(as_of)s is still to come; nobody is assessed by what has not happened."),
    "customer_not_assessed": gettext_noop(
        "Customer %(customer)s was never assessed; there is no grade to depart from."
    ),
    "factor_choice_unknown": gettext_noop("“%(value)s” is no answer for %(factor)s. Known are: %(known)s."),
    "factor_computed": gettext_noop("%(factor)s is computed; nobody states it."),
    "factor_source_unknown": gettext_noop("There is no source “%(source)s”. Known are: %(known)s."),
    "factor_unknown": gettext_noop("There is no factor “%(factor)s”. Known are: %(known)s."),
    "factor_value_unreadable": gettext_noop("“%(value)s” is no value of %(factor)s."),
    "grade_unknown": gettext_noop("There is no grade “%(grade)s”. Known are: %(known)s."),
    "information_from_future": gettext_noop("%(on)s is still to come; a value is known on a day that has been."),
    "override_not_standing": gettext_noop(
        "Grade override %(override)s does not stand today; there is nothing to end."
    ),
    "override_over": gettext_noop("The override would have ended on %(until)s. Draw it up anew."),
    "override_reason_missing": gettext_noop("Say why the grade should be another, please."),
    "override_unknown": gettext_noop("There is no grade override %(override)s."),
    "override_until_bad": gettext_noop(
        "A grade override ends between %(earliest)s and %(latest)s, the review of the grade; not on %(until)s."
    ),
    "scorecard_card_unknown": gettext_noop("There is no card “%(card)s”. Known are: %(known)s."),
    "scorecard_draft_changed": gettext_noop(
        "%(by)s has changed this draft since you opened it."
        " What you typed stands here; kept again, it replaces theirs."
    ),
    "registry_busy": gettext_noop("The company register asks to wait %(seconds)s seconds. Nothing was recorded."),
    "registry_denied": gettext_noop(
        "The company register does not answer us (%(status)s): key, secret or allowance. Nothing was recorded."
    ),
    "registry_mismatch": gettext_noop(
        "The register tells of another company: %(theirs)s, not %(ours)s. Nothing was recorded."
    ),
    "registry_off": gettext_noop("No company register is set up: HUIKUAN_REGISTRY_URL, _KEY and _SECRET say which."),
    "registry_unknown": gettext_noop("The company register has nobody like %(wanted)s."),
    "registry_unreachable": gettext_noop("The company register could not be reached (%(why)s). Nothing was recorded."),
    "registry_unreadable": gettext_noop(
        "The company register's answer cannot be read (%(field)s). Nothing was recorded."
    ),
    "scorecard_card_name_bad": gettext_noop("A card needs a name of its own: small letters, digits and _."),
    "scorecard_draft_handed_in": gettext_noop("This draft was handed in; it does not change any more."),
    "scorecard_draft_unknown": gettext_noop("There is no draft %(draft)s."),
    "scorecard_invalid": gettext_noop("This scorecard cannot be used."),
}

#: Why a scorecard cannot be used, by the code of domain.reading.
PROBLEMS: dict[str, str] = {
    "bands_do_not_reach": gettext_noop("The grades have to reach from 0 to 100."),
    "bands_gap": gettext_noop("Scores between two grades belong to neither."),
    "bands_overlap": gettext_noop("Two grades hold the same scores."),
    "bins_gap": gettext_noop("These values fall into no bin."),
    "bins_overlap": gettext_noop("These values fall into more than one bin."),
    "card_unknown": gettext_noop("There is no such card."),
    "choice_hides_the_next": gettext_noop("This choice fits everybody, so those after it are never reached."),
    "choice_leaves_some_out": gettext_noop("The last choice has to fit everybody: it names no status and no class."),
    "choice_unknown": gettext_noop("There is no such answer."),
    "choices_not_numbers": gettext_noop("This factor has answers, no numbers: say “is”."),
    "cut_empty": gettext_noop("The lower edge has to lie below the upper one."),
    "factor_unknown": gettext_noop("There is no such factor."),
    "field_missing": gettext_noop("This field is missing."),
    "field_unknown": gettext_noop("There is no such field."),
    "grade_unknown": gettext_noop("There is no such grade."),
    "knock_out_always": gettext_noop("A knock-out has to say for which values."),
    "list_needed": gettext_noop("A list with at least one entry is needed."),
    "name_bad": gettext_noop("A short name is needed."),
    "named_twice": gettext_noop("This is named twice."),
    "number_needed": gettext_noop("A number is needed, whole or as text."),
    "numbers_not_choices": gettext_noop("This factor has numbers, no answers: say “from” and “to”."),
    "points_never_full": gettext_noop("No bin gives the full points of the factor."),
    "section_missing": gettext_noop("A section with fields is needed."),
    "weights_sum": gettext_noop("The points of all factors have to add up to 100."),
    "whole_number_needed": gettext_noop("A whole number within the limits is needed."),
}

#: Factors by name; how a ratio stands in its industry is told by `telling.factor_title`.
FACTORS: dict[str, str] = {
    "paid_on_time_amount": gettext_noop("Paid on time, by amount"),
    "paid_on_time_count": gettext_noop("Paid on time, by number of claims"),
    "average_days_late": gettext_noop("Average days late"),
    "worst_days_late": gettext_noop("Worst days late"),
    "very_late_share": gettext_noop("Paid over 30 days late, by number of claims"),
    "days_late_change": gettext_noop("Change of days late"),
    "payment_cycle_change": gettext_noop("Change of the payment cycle"),
    "return_rate": gettext_noop("Return rate"),
    "disputes": gettext_noop("Disputes in a year"),
    "dispute_share": gettext_noop("Disputed of what was sold"),
    "promises_kept": gettext_noop("Promises to pay kept"),
    "overdue_share": gettext_noop("Overdue share of what is open"),
    "longest_overdue": gettext_noop("Longest overdue now"),
    "months_known": gettext_noop("Length of the relationship"),
    "invoices_a_month": gettext_noop("Invoices a month"),
    "invoices_change": gettext_noop("Change of buying frequency"),
    **RATIOS,
    "years_established": gettext_noop("Years since establishment"),
    "open_lawsuits": gettext_noop("Open lawsuits as defendant"),
    "registry_status": gettext_noop("Status in the register"),
    "dishonest_debtor": gettext_noop("Listed as a dishonest debtor"),
    "third_party_rating": gettext_noop("Third-party rating"),
    "bank_reference": gettext_noop("Reference of the bank"),
    "peer_reference": gettext_noop("Peers' reference"),
    "management_view": gettext_noop("View of the management"),
    "conduct": gettext_noop("Conduct"),
}

SOURCES: dict[str, str] = {
    "own_ledger": gettext_noop("own ledger"),
    "master_data": gettext_noop("master data"),
    "statements": gettext_noop("financial statements"),
    "bank": gettext_noop("bank"),
    "third_party": gettext_noop("rating agency"),
    "registry": gettext_noop("company register"),
    "peers": gettext_noop("peers"),
    "analyst": gettext_noop("analyst"),
}

#: Answers of factors that have no numbers.
ANSWERS: dict[str, str] = {
    "active": gettext_noop("in business"),
    "moved_out": gettext_noop("moved away"),
    "revoked": gettext_noop("licence revoked"),
    "cancelled": gettext_noop("deregistered"),
    "no": gettext_noop("no"),
    "yes": gettext_noop("yes"),
    "excellent": gettext_noop("excellent"),
    "good": gettext_noop("good"),
    "fair": gettext_noop("fair"),
    "poor": gettext_noop("poor"),
    "prompt": gettext_noop("pays promptly"),
    "slow": gettext_noop("pays slowly"),
    "bad": gettext_noop("pays badly"),
    "strong": gettext_noop("strong"),
    "sound": gettext_noop("sound"),
    "weak": gettext_noop("weak"),
    "ordinary": gettext_noop("ordinary"),
    "bad_faith": gettext_noop("withholds payment in bad faith"),
}

CARDS: dict[str, str] = {
    "small_firms": gettext_noop("small firms"),
    "key_accounts": gettext_noop("key accounts"),
    "prospects": gettext_noop("prospects"),
}

#: What calls for another look at a customer.
CALLS: dict[str, str] = {
    "overdue": gettext_noop("over %(detail)s days overdue"),
    "held": gettext_noop("an order was held"),
    "informed": gettext_noop("severe news"),
    "flagged": gettext_noop("flagged for withholding payment"),
}
