"""What each refusal of a bank file says: what was found, where, and how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext_noop

READING: dict[str, str] = {
    "statement_unreadable": gettext_noop(
        "The file is no bank statement known here: neither camt XML, MT940 nor a table with rows and columns."
    ),
    "statement_layout_unknown": gettext_noop(
        "No known bank writes these columns: %(seen)s. Say with a mapping which of them is what."
    ),
    "statement_columns_missing": gettext_noop(
        "The mapping names columns the file does not have: %(wanted)s. It has: %(seen)s."
    ),
    "statement_mapping_bad": gettext_noop("The mapping cannot be used: %(field)s: %(problem)s."),
    "statement_amount_unreadable": gettext_noop(
        "“%(value)s” is not an amount (row %(row)s, column %(column)s; %(count)s such cells). Export the file again."
    ),
    "statement_amount_too_fine": gettext_noop(
        "“%(value)s” has more decimals than %(currency)s knows (row %(row)s, column %(column)s)."
    ),
    "statement_amount_too_large": gettext_noop(
        "“%(value)s” is larger than the ledger takes (row %(row)s, column %(column)s)."
    ),
    "statement_date_unreadable": gettext_noop(
        "“%(value)s” is not a date (row %(row)s, column %(column)s; %(count)s such cells)."
    ),
    "statement_date_impossible": gettext_noop(
        "“%(value)s” is no day of the calendar (row %(row)s, column %(column)s)."
    ),
    "statement_date_out_of_range": gettext_noop(
        "“%(value)s” lies outside the years taken here (row %(row)s, column %(column)s)."
    ),
    "statement_date_order_unknown": gettext_noop(
        "The dates can be read as day-month or as month-day and nothing in the file shows which. Say it in a mapping"
        " (date_order: mdy or dmy)."
    ),
    "statement_day_to_come": gettext_noop(
        "A line is booked on %(value)s, which is yet to come (row %(row)s): are day and month in the right order?"
    ),
    "statement_currency_unknown": gettext_noop("“%(value)s” is no currency known here (row %(row)s)."),
    "statement_direction_unknown": gettext_noop(
        "“%(value)s” does not say whether money came in or went out (row %(row)s, column %(column)s)."
    ),
    "statement_direction_unproven": gettext_noop(
        "The file has one column of amounts (%(column)s) and nothing that proves whether a positive amount came in or"
        " went out. Say it in a mapping (signs: in or out)."
    ),
    "statement_flag_unknown": gettext_noop(
        "“%(value)s” does not say whether the line takes an earlier one back (row %(row)s, column %(column)s)."
    ),
    "statement_state_unknown": gettext_noop(
        "The state “%(value)s” is not known here: did money move or not? (row %(row)s, column %(column)s)"
    ),
    "statement_two_amounts": gettext_noop(
        "Row %(row)s has an amount in and an amount out (%(value)s): only one can be."
    ),
    "statement_balance_broken": gettext_noop(
        "The running balance breaks at row %(row)s: %(currency)s %(expected)s was to be expected, the file says"
        " %(found)s (difference %(difference)s). Lines are missing or were changed. Export the whole list; if it was"
        " filtered on purpose, take it as a part."
    ),
    "statement_opening_differs": gettext_noop(
        "The opening balance is %(currency)s %(said)s by the file and %(found)s by its lines (difference"
        " %(difference)s). Export the whole list; if it was filtered on purpose, take it as a part."
    ),
    "statement_closing_differs": gettext_noop(
        "The closing balance is %(currency)s %(said)s by the file and %(found)s by its lines (difference"
        " %(difference)s). Export the whole list; if it was filtered on purpose, take it as a part."
    ),
    "statement_totals_differ": gettext_noop(
        "Row %(row)s says the sum of %(column)s is %(currency)s %(said)s; the lines add up to %(found)s (difference"
        " %(difference)s). Export the whole list; if it was filtered on purpose, take it as a part."
    ),
    "statement_sums_differ": gettext_noop(
        "Opening %(currency)s %(opening)s and lines of %(moved)s do not make the closing balance %(closing)s of"
        " account %(account)s (difference %(difference)s). Ask the bank for the statement again."
    ),
    "statement_xml_broken": gettext_noop(
        "The XML is damaged or cut off at line %(row)s (%(problem)s). Fetch the file from the bank again."
    ),
    "statement_xml_doctype": gettext_noop(
        "The file carries a document type, an entity or an inclusion (line %(row)s), which no bank sends. Nothing of"
        " it was read."
    ),
    "statement_xml_too_large": gettext_noop(
        "The XML is too deep or too large at line %(row)s. Nothing of it was read."
    ),
    "statement_xml_unknown": gettext_noop(
        "The XML is no bank statement (%(found)s): camt.052, camt.053 and camt.054 are read."
    ),
    "statement_without_currency": gettext_noop("The statement at line %(row)s names no currency."),
    "statement_currencies_differ": gettext_noop(
        "The account is kept in %(currency)s and line %(row)s says %(value)s. Ask the bank for the statement again."
    ),
    "mt940_incomplete": gettext_noop(
        "The message at line %(row)s lacks %(missing)s: it is cut off or only a piece. Fetch it from the bank again."
    ),
    "mt940_out_of_place": gettext_noop(
        "%(column)s stands at line %(row)s where it cannot (“%(value)s”). Fetch the file from the bank again."
    ),
    "mt940_entry_unreadable": gettext_noop("Line %(row)s is no movement of MT940: “%(value)s”."),
    "mt940_balance_unreadable": gettext_noop("%(column)s at line %(row)s is no balance of MT940: “%(value)s”."),
    "archive_of_others": gettext_noop(
        "The archive holds “%(inner)s”, which is %(found)s. Only texts of banks are read from an archive."
    ),
}
