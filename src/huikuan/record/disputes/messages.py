"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "dispute_amount_bad": gettext_noop("%(amount)s is no amount to dispute."),
    "dispute_changed_since": gettext_noop(
        "Dispute %(dispute)s was changed meanwhile. Nothing was written; look at it again."
    ),
    "dispute_day_bad": gettext_noop("%(day)s lies before the item was posted or after today."),
    "dispute_file_missing": gettext_noop("There is no file %(file)s."),
    "dispute_grant_bad": gettext_noop("%(amount)s cannot be granted; at most %(most)s can."),
    "dispute_grant_without_rate": gettext_noop(
        "%(currency)s cannot be compared with amounts of authority in %(into)s without a rate. Add one: huikuan rates"
        " add."
    ),
    "dispute_more_than_open": gettext_noop(
        "%(amount)s cannot be disputed: %(open)s is open, of which %(disputed)s is disputed already."
    ),
    "dispute_not_a_claim": gettext_noop("Item %(item)s is a credit; what we owe is not disputed here."),
    "dispute_not_there": gettext_noop("A dispute that is “%(state)s” cannot be “%(step)s”."),
    "dispute_note_missing": gettext_noop("Say why, in words."),
    "dispute_nothing_granted": gettext_noop("A dispute that ends so grants nothing; %(amount)s was said."),
    "dispute_outcome_unknown": gettext_noop("“%(value)s” is no way to end a dispute; known are %(known)s."),
    "dispute_over": gettext_noop("The dispute is resolved; open it again first."),
    "dispute_reason_missing": gettext_noop("Choose why it is disputed."),
    "dispute_reason_unknown": gettext_noop("“%(value)s” is no reason of a dispute; known are %(known)s."),
    "dispute_routing_invalid": gettext_noop("This is no routing of disputes."),
    "dispute_source_unknown": gettext_noop("“%(value)s” is no way a dispute comes in; known are %(known)s."),
    "dispute_too_many_files": gettext_noop("At most %(most)s files come with one step."),
    "dispute_unknown": gettext_noop("There is no dispute %(dispute)s."),
    "dispute_whose_missing": gettext_noop("Say to which department, and to which role or person."),
}

REASONS: dict[str, str] = {
    "quality": gettext_noop("Quality"),
    "delivery": gettext_noop("Delivery"),
    "price": gettext_noop("Price"),
    "invoice": gettext_noop("Invoice"),
    "return": gettext_noop("Returned goods"),
    "quantity": gettext_noop("Quantity"),
    "other": gettext_noop("Other cause"),
}

SOURCES: dict[str, str] = {
    "call": gettext_noop("Telephone"),
    "portal": gettext_noop("Customer's page"),
    "letter": gettext_noop("Letter or mail"),
    "form": gettext_noop("Form"),
    "api": gettext_noop("Program"),
}

STATES: dict[str, str] = {
    "waiting": gettext_noop("With the department"),
    "answered": gettext_noop("To be decided"),
    "resolved": gettext_noop("Resolved"),
}

STEPS: dict[str, str] = {
    "routed": gettext_noop("Put to the department"),
    "handed": gettext_noop("Handed on"),
    "answered": gettext_noop("Answered"),
    "evidence": gettext_noop("Evidence added"),
    "resolved": gettext_noop("Resolved"),
    "reopened": gettext_noop("Opened again"),
}

OUTCOMES: dict[str, str] = {
    "credit_note": gettext_noop("Credit note"),
    "rejected": gettext_noop("Not granted"),
    "discount": gettext_noop("Discount granted"),
    "agreed_other": gettext_noop("Agreed otherwise"),
    "withdrawn": gettext_noop("Withdrawn by the customer"),
}
