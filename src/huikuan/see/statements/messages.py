"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "letterhead_invalid": gettext_noop("This letterhead cannot be used."),
    "statement_period": gettext_noop("The period ends on %(until)s, before it begins on %(since)s."),
    "statement_period_long": gettext_noop("The period is longer than %(years)s years. Ask for a shorter one."),
    "statement_currency_needed": gettext_noop(
        "%(customer)s has accounts in several currencies (%(currencies)s). Name one."
    ),
    "statement_empty": gettext_noop(
        "%(customer)s owed nothing in %(currency)s, and nothing moved, from %(since)s to %(until)s."
    ),
    "statement_all_issued": gettext_noop(
        "Each of these accounts has a statement from %(since)s to %(until)s. Say so to issue them once more."
    ),
    "statement_issued_already": gettext_noop(
        "No. %(number)s of %(day)s covers the same account and period. Say so to issue another in its place."
    ),
    "statement_language_unknown": gettext_noop("Statements are written in zh and en, not in “%(value)s”."),
    "statement_needs_file": gettext_noop("A PDF or a workbook goes into a file: name it with --out."),
    "statement_none_chosen": gettext_noop("None of the chosen customers owed anything, and nothing moved."),
    "statement_number_contended": gettext_noop("Others are issuing statements at this moment. Try again."),
    "statement_run_unfinished": gettext_noop("Run %(run)s did not finish: %(reason)s."),
    "statement_run_unknown": gettext_noop("There is no run %(run)s."),
    "statement_unknown": gettext_noop("There is no issued statement %(statement)s."),
}
