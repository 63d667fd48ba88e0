"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.record.banking.reading_messages import READING

SENTENCES: dict[str, str] = {
    **READING,
    "bank_account_bad": gettext_noop("“%(number)s” is no number of a bank account. Give it whole, without stars."),
    "bank_account_differs": gettext_noop(
        "The file is of account %(told)s, not of %(wanted)s. Nothing was read in; choose the account it is of."
    ),
    "bank_account_known": gettext_noop("Account %(number)s is here already."),
    "bank_account_new": gettext_noop(
        "The company has no account %(numbers)s here yet. Nothing was read in; open it first, or say that it is to be"
        " opened."
    ),
    "bank_account_of_another": gettext_noop("Account %(number)s belongs to another company. Nothing was read in."),
    "bank_account_unclear": gettext_noop(
        "%(number)s may be any of these accounts: %(known)s. Say which one the file is of."
    ),
    "bank_account_unknown": gettext_noop(
        "The company has no bank account %(number)s. `huikuan bank accounts` shows them."
    ),
    "bank_account_unsaid": gettext_noop("The file does not say which account it is of. Choose the account."),
    "bank_currency_differs": gettext_noop(
        "Account %(number)s is kept in %(currency)s; the file says %(told)s. Nothing was read in."
    ),
    "bank_field_too_long": gettext_noop("This is longer than the %(longest)s characters any bank uses here."),
    "bank_file_missing": gettext_noop("There is no file %(file)s."),
    "bank_mapping_unreadable": gettext_noop("%(file)s is no mapping: %(problem)s"),
    "bank_preset_name_bad": gettext_noop(
        "“%(name)s” cannot be a preset's name: up to 60 letters, digits, Chinese characters, spaces, - _ or . please."
    ),
    "bank_preset_unknown": gettext_noop("There is no preset “%(name)s”. Known are: %(known)s."),
    "bank_files_missing": gettext_noop("Choose one file or several, up to %(most)s at once."),
    "bank_upload_read": gettext_noop("%(name)s was read in already."),
    "lines_do_not_cancel": gettext_noop(
        "Bank line %(line)s does not take back line %(original)s: they are not of one account, or do not cancel out."
    ),
    "line_unknown": gettext_noop("There is no bank line %(line)s."),
    "line_used_up": gettext_noop(
        "Bank line %(line)s has %(currency)s %(left)s left; %(asked)s cannot be used of it. Nothing was written."
    ),
    "use_freed": gettext_noop("This use of a bank line was taken back already."),
    "use_unknown": gettext_noop("There is no use %(use)s of a bank line."),
}

#: What a line was used for, as people call it.
PURPOSES: dict[str, str] = {
    "receipt": gettext_noop("Receipt"),
    "refund": gettext_noop("Refund"),
    "bounced": gettext_noop("Taken back by"),
    "set_aside": gettext_noop("No customer's money"),
}
