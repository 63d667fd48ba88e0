"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "already_reversed": gettext_noop("No. %(item)s is reversed already."),
    "amount_not_positive": gettext_noop("The amount must be a whole number of minor units above zero, not %(value)s."),
    "amounts_differ": gettext_noop("In one currency both sides clear the same amount, not %(credit)s and %(debit)s."),
    "companies_differ": gettext_noop("Items %(credit)s and %(debit)s belong to different companies."),
    "currency_unknown": gettext_noop("“%(value)s” is not a currency code like CNY."),
    "customer_code_unknown": gettext_noop("There is no customer with the code “%(customer)s”."),
    "customers_differ": gettext_noop(
        "Items %(credit)s and %(debit)s belong to different customers; give the reason third_party if this is meant."
    ),
    "debit_amount_needed": gettext_noop("%(credit)s clears %(debit)s: say how much of each."),
    "due_or_awaits": gettext_noop("Say either the due date or the event the item awaits."),
    "effective_too_early": gettext_noop("%(day)s is too early for item %(item)s: the earliest day is %(earliest)s."),
    "item_has_settlements": gettext_noop("Item %(item)s cannot be reversed while settlements stand on it."),
    "invoicing_not_posted": gettext_noop(
        "Under %(document)s orders say %(invoiced)s was invoiced, the ledger has %(posted)s: post the invoice first,"
        " or say when it falls due, and it is posted with the order."
    ),
    "invoicing_without_document": gettext_noop("Say the number of the invoice: it has to stand in the ledger."),
    "item_not_open": gettext_noop("Nothing of item %(item)s is open."),
    "item_unknown": gettext_noop("There is no item %(item)s."),
    "origin_reserved": gettext_noop(
        "The origin “%(system)s” is the ledger's own. Name the system the item comes from, or none."
    ),
    "kind_unknown": gettext_noop("“%(kind)s” is not a kind of item."),
    "milestone_has_dependants": gettext_noop(
        "%(count)s facts rest on the due dates that event no. %(event)s gave. Nothing was taken back."
    ),
    "more_than_open": gettext_noop("Of item %(item)s only %(open)s is open, less than %(amount)s (minor units)."),
    "net_tax_differ": gettext_noop("Net %(net)s and tax %(tax)s do not make %(amount)s."),
    "not_a_credit": gettext_noop("Item %(item)s is not a credit."),
    "not_a_debit": gettext_noop("Item %(item)s is not a debit."),
    "nothing_awaits": gettext_noop("Nothing of the item awaits “%(event)s”."),
    "obligation_needed": gettext_noop("Instalments need the number of the debt they share."),
    "origin_taken": gettext_noop("The origin key “%(key)s” is in the ledger already."),
    "period_already_locked": gettext_noop("The period is locked through %(locked_through)s already."),
    "period_locked": gettext_noop("%(day)s lies in a period that is locked through %(locked_through)s."),
    "period_not_locked": gettext_noop(
        "The period is locked through %(locked_through)s only; there is nothing to undo."
    ),
    "rate_of_itself": gettext_noop("%(currency)s needs no rate against itself."),
    "reason_needed": gettext_noop("Say why."),
    "recognition_unknown": gettext_noop("“%(recognition)s” is not a way to recognise an item."),
    "reversal_is_final": gettext_noop("No. %(item)s is part of a reversal, which is final; post anew instead."),
    "schedule_sum_differs": gettext_noop("The lines sum to %(total)s, the item to %(amount)s (minor units)."),
    "settlement_unknown": gettext_noop("There is no settlement %(settlement)s."),
    "side_contradicts_kind": gettext_noop("An item of kind %(kind)s cannot stand on the %(side)s side."),
    "side_needed": gettext_noop("Say on which side an item of kind %(kind)s stands."),
    "weights_not_positive": gettext_noop("Every instalment needs a share above zero."),
    "aging_basis_unknown": gettext_noop("Age has no basis “%(value)s”; choose one of %(choices)s."),
    "aging_buckets_invalid": gettext_noop("These bucket edges cannot be used."),
    "aging_buckets_unknown": gettext_noop("The bucket policy has no list “%(value)s”; choose one of %(choices)s."),
    "aging_key_unknown": gettext_noop("Aging cannot be grouped by “%(value)s”; choose one of %(choices)s."),
    "aging_needs_file": gettext_noop("A spreadsheet needs a file; add --out FILE."),
    "item_slot_unknown": gettext_noop("“%(value)s” is not a part of aging."),
    "page_unknown": gettext_noop("“%(value)s” is not a place in this list."),
}
