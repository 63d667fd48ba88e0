"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "collection_run_under_way": gettext_noop("A run of this company is under way; wait until it is over."),
    "collection_day_ahead": gettext_noop("%(day)s is not there yet (today is %(today)s); look ahead with a preview."),
    "collection_run_unknown": gettext_noop("There is no run %(run)s."),
    "collection_hold_over": gettext_noop("The hold would be over on %(until)s, before today (%(today)s)."),
    "collection_hold_unknown": gettext_noop("There is no hold %(hold)s."),
    "collection_hold_released": gettext_noop("The hold %(hold)s was released before."),
    "collection_cause_unknown": gettext_noop("Nobody knows the cause %(cause)s. Known: %(known)s."),
    "collection_reason_missing": gettext_noop("Say why."),
    "collection_nothing_left": gettext_noop(
        "%(customer)s: nothing of it may be asked for today: %(why)s. Drop it with a reason."
    ),
    "collection_nothing_ticked": gettext_noop("Tick what it is about."),
    "collection_reason_long": gettext_noop("The reason is longer than %(longest)s characters."),
    "collection_document_unknown": gettext_noop("The customer has no open document %(document)s."),
    "collection_approach_unknown": gettext_noop("There is no message or task %(approach)s that waits."),
    "collection_file_unreadable": gettext_noop("The file %(file)s is no strategy: %(why)s."),
    "collection_period_bad": gettext_noop("From %(since)s to %(until)s is no period of at most %(longest)s days."),
    "collection_simulation_under_way": gettext_noop("One is under way for this company; ask again when it is done."),
    "collection_strategy_unknown": gettext_noop("There is no strategy %(strategy)s to try."),
    "desk_amount_of_one": gettext_noop(
        "An amount in dispute is of one document: tick one, or leave it empty for all of each."
    ),
    "desk_amount_too_large": gettext_noop("This is more than is open of the documents ticked."),
    "desk_items_missing": gettext_noop("Tick the documents it is about."),
    "desk_mail_bad": gettext_noop(
        "A mail needs a subject of up to %(subject)s and a text of up to %(text)s characters."
    ),
    "desk_contact_unreachable": gettext_noop("The person chosen has no e-mail address, or wants no mail."),
    "desk_nobody_to_mail": gettext_noop("Nobody at this customer has an e-mail address in the register."),
}
