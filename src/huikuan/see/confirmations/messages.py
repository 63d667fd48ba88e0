"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "confirmation_accepted_missing": gettext_noop("Say the amount you accept."),
    "confirmation_accepted_range": gettext_noop("What is accepted lies between nothing and less than what is open."),
    "confirmation_account_differs": gettext_noop(
        "The account is not what it was when it was sent. Nothing was recorded; have the ledger checked."
    ),
    "confirmation_account_empty": gettext_noop("Nothing was owed and nothing moved: there is nothing to confirm."),
    "confirmation_account_missing": gettext_noop("Say which statement or account is to be confirmed."),
    "confirmation_answered": gettext_noop("This account was answered already. Nothing was recorded again."),
    "confirmation_channel_unknown": gettext_noop("Links go out by %(known)s, not by “%(value)s”."),
    "confirmation_contact_changed": gettext_noop(
        "The address of this person has changed since they were asked. Take the invitation back and ask them again."
    ),
    "confirmation_contact_gone": gettext_noop("This person is not there any more. Choose another one."),
    "confirmation_contact_refused": gettext_noop("This person does not want to be written to. Choose another one."),
    "confirmation_contact_unreachable": gettext_noop(
        "The person has no address for this (%(channel)s); codes could not be sent to them either."
    ),
    "confirmation_copy_one": gettext_noop("A link to pass on is made for one customer at a time."),
    "confirmation_days": gettext_noop("A link lives for %(least)s to %(most)s days, not %(days)s."),
    "confirmation_file_lost": gettext_noop("A file that was sent along is not here any more. Send it again."),
    "confirmation_files_many": gettext_noop("At most five files belong to one line."),
    "confirmation_incomplete": gettext_noop("%(count)s lines are not answered yet. Nothing was sent."),
    "confirmation_line_unanswered": gettext_noop("Say whether this line is correct."),
    "confirmation_line_unknown": gettext_noop("That is no line of this account. Nothing was recorded."),
    "confirmation_name_missing": gettext_noop("Say who you are."),
    "confirmation_none_chosen": gettext_noop("Choose statements of one company that are to be confirmed."),
    "confirmation_note_missing": gettext_noop("Say what is wrong, in at most 1,000 characters."),
    "confirmation_promise_day": gettext_noop("The day lies between %(first)s and %(last)s."),
    "confirmation_promise_nothing": gettext_noop("Only what you accept to owe can be promised."),
    "confirmation_reason_missing": gettext_noop("Choose a reason."),
    "confirmation_reminded_since": gettext_noop("Somebody else has just sent a reminder."),
    "confirmation_replaced": gettext_noop("This statement was replaced by a later one. Send that one."),
    "confirmation_revoked": gettext_noop("The invitation was taken back."),
    "confirmation_run_unknown": gettext_noop("There is no run %(run)s."),
    "confirmation_unknown": gettext_noop("There is no invitation %(invitation)s."),
    "list_cells_bad": gettext_noop("%(count)s cells cannot be read. Nothing was compared."),
    "list_changed_since": gettext_noop("Somebody else has worked on this difference since. Look again."),
    "list_columns_missing": gettext_noop(
        "No row names a column of documents and one of amounts. Say below which column says what."
    ),
    "list_columns_unsaid": gettext_noop("Say which column has the document's number and which the amount."),
    "list_column_twice": gettext_noop("Two columns are said to be the same: %(field)s. Choose one of them."),
    "list_empty": gettext_noop("The list has no line with an amount."),
    "list_many": gettext_noop("%(most)s lists were compared for this account; that is all."),
    "list_state_unknown": gettext_noop("“%(value)s” is no state of a difference."),
    "portal_code_nobody": gettext_noop(
        "No code can be sent to you there any more. Ask whoever sent you the link for another one."
    ),
    "portal_code_paused": gettext_noop("Too many wrong codes. Ask whoever sent you the link for help."),
    "portal_code_wait": gettext_noop("A code has just been sent. Another one can be sent in %(seconds)s seconds."),
    "portal_code_waits": gettext_noop(
        "The message with the code has not gone out, so no code is taken. Wait until it is there, or ask whoever sent"
        " you the link."
    ),
    "portal_code_wrong": gettext_noop("The code is wrong or too old. Have another one sent."),
    "portal_file_kind": gettext_noop("Files of the kind “%(suffix)s” are not taken; these are: %(known)s."),
    "portal_files_enough": gettext_noop(
        "No more files are taken for this account: at most %(most)s files of %(megabytes)s MB together. Send what is"
        " missing to whoever sent you the link."
    ),
    "portal_link_dead": gettext_noop("This link opens nothing. Ask whoever sent it for another one."),
    "portal_paused": gettext_noop("Too many tries from here. Wait %(minutes)s minutes."),
}
