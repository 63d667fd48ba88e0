"""What letters refuse; what faults, elements and letters are called. Translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "call_results_bad": gettext_noop("The file of call results cannot be taken in; nothing of it counts."),
    "gateway_report_bad": gettext_noop("This is no report of a short message gateway."),
    "letter_unknown": gettext_noop("There is no letter “%(letter)s”. There are: %(known)s."),
    "letter_language_unknown": gettext_noop("Letters are written in zh-hans or en, not in “%(value)s”."),
    "letter_value_missing": gettext_noop("The letter cannot be written without “%(name)s”."),
    "letter_account_missing": gettext_noop(
        "Its letterhead names no bank account for %(currency)s: fill one in (policy “letterhead”)."
    ),
    "letter_value_too_long": gettext_noop("“%(name)s” is longer than %(most)s characters."),
    "letter_table_missing": gettext_noop("The letter has a table “%(name)s”, and nothing was given for it."),
    "letter_table_uneven": gettext_noop("The rows of the table “%(name)s” do not fit its heads."),
    "letter_too_many_rows": gettext_noop("A table of a letter has at most %(most)s rows; send a list beside it."),
    "letter_too_large": gettext_noop("The letter would be larger than %(most)s bytes; it was not written."),
    "letter_nothing_open": gettext_noop("Nothing of %(customer)s is open that a letter could ask for."),
    "letter_not_posted_so": gettext_noop("Notice %(notice)s is no letter that waits to be posted."),
    "letter_not_wanted": gettext_noop(
        "Letter %(notice)s is not wanted any more (%(reason)s): cancel it in the outbox."
    ),
    "letter_waits": gettext_noop("Letter %(notice)s is not to go out yet: it waits until %(until)s."),
    "letter_posting_bad": gettext_noop("A posted letter has a day up to today and the carrier's number."),
    "letter_posted_early": gettext_noop(
        "The letter was drawn up on %(written)s; it cannot have been posted before that, on %(posted)s."
    ),
    "letter_not_posted_yet": gettext_noop("Notice %(notice)s was not posted yet: say first when it was."),
    "letter_posting_day_missing": gettext_noop("Say the day on which it was posted."),
    "letter_arrival_day_missing": gettext_noop("Say the day on which it arrived or came back."),
    "letter_arrival_ahead": gettext_noop(
        "%(day)s lies ahead; today is %(today)s: nothing has arrived or come back on that day."
    ),
    "letter_arrived_early": gettext_noop(
        "The letter was posted on %(posted)s; it cannot have arrived or come back before that, on %(day)s."
    ),
    "letter_short_text_missing": gettext_noop("This letter has no text for %(channel)s."),
    "robot_bad": gettext_noop("“%(name)s” is no robot: it has a kind (%(known)s), a url and perhaps a secret."),
    "sms_address_bad": gettext_noop(
        "HUIKUAN_SMS_URL must be https://KEY:SECRET@host/?sign=…&zh-hans=TEMPLATE: approved signature and template."
    ),
    "sms_provider_unknown": gettext_noop("HUIKUAN_SMS_PROVIDER “%(provider)s” is unknown; known are: %(known)s."),
    "template_invalid": gettext_noop("The template cannot be used; what is wrong is listed."),
}

FAULTS: dict[str, str] = {
    "language_unknown": gettext_noop("A template has no such language."),
    "section_unknown": gettext_noop("A template has no such part."),
    "section_missing": gettext_noop("This part has no text."),
    "section_too_long": gettext_noop("This part is too long."),
    "subject_lines": gettext_noop("A subject is one line."),
    "braces_open": gettext_noop("Braces are opened here and no placeholder stands in them."),
    "placeholder_unknown": gettext_noop("This letter has no such placeholder."),
    "block_misplaced": gettext_noop("This placeholder is a table or a box; it cannot stand in this part."),
    "block_not_alone": gettext_noop("This placeholder is a table or a box; it stands alone, blank lines around it."),
}

#: What a template misses, by the element's name.
ELEMENTS: dict[str, str] = {
    "sender": gettext_noop("It has to name who writes."),
    "sender_code": gettext_noop("It has to state our unified social credit code."),
    "recipient": gettext_noop("It has to name the customer."),
    "recipient_code": gettext_noop("It has to state the customer's unified social credit code."),
    "items": gettext_noop("It has to list the documents with their due dates and amounts."),
    "amount": gettext_noop("It has to state the amount."),
    "cut_off": gettext_noop("It has to state the day up to which it counts."),
    "account": gettext_noop("It has to state opening, invoiced, returned, paid and closing."),
    "contracts": gettext_noop("It has to name the contracts."),
    "bank": gettext_noop("It has to say where to pay."),
    "answer": gettext_noop(
        "It needs the boxes in which the customer confirms or contradicts, with seal, date and name."
    ),
    "reply_address": gettext_noop("It has to say where to reply."),
    "receipt": gettext_noop("It needs the receipt that proves its delivery."),
    "demand": gettext_noop("It has to demand payment explicitly."),
    "deadline": gettext_noop("It has to set a deadline."),
    "days_late": gettext_noop("It has to state how many days payment is late."),
    "interest_basis": gettext_noop("It has to state what interest rests on."),
    "interest": gettext_noop("It has to state the amount of interest."),
    "consequence": gettext_noop("It has to say what follows if nothing is paid."),
    "reservation": gettext_noop("It has to reserve our rights."),
    "admission": gettext_noop("It needs the sentence by which the customer admits the amount."),
    "no_dispute": gettext_noop("It needs the sentence that nothing of it is disputed."),
    "no_offset": gettext_noop("It needs the sentence that nothing is set off against it."),
    "promise": gettext_noop("It needs the customer's promise to pay."),
    "interest_reserved": gettext_noop("It has to reserve interest for late payment."),
    "firm": gettext_noop("It has to name the law firm."),
    "mandate": gettext_noop("It has to say on whose instruction the firm writes."),
    "law": gettext_noop("It has to name the law it rests on."),
    "lawyer": gettext_noop("It has to name the lawyer."),
    "lawyer_signature": gettext_noop("It needs the lawyer's signature and the firm's seal."),
    "assignor": gettext_noop("It has to name who assigns."),
    "assignee": gettext_noop("It has to name the assignee."),
    "assignee_account": gettext_noop("It has to state the assignee's account."),
    "assignee_identity": gettext_noop("It has to show who the assignee is: its unified social credit code."),
    "irrevocable": gettext_noop("It has to say that it cannot be revoked."),
    "evidence": gettext_noop("It has to name the evidence of the assignment."),
    "document": gettext_noop("It has to name the document."),
    "principal": gettext_noop("It has to state the principal."),
    "due_date": gettext_noop("It has to state the due date."),
    "until": gettext_noop("It has to state the day until which interest is computed."),
    "rule": gettext_noop("It has to state the rate."),
    "day_count": gettext_noop("It has to state how days are counted."),
    "segments": gettext_noop("It has to show the computation, segment by segment."),
    "opt_out": gettext_noop("A text message has to say how to have no more of them."),
}

TITLES: dict[str, str] = {
    "reminder": gettext_noop("Payment reminder"),
    "statement": gettext_noop("Statement of account"),
    "account_confirmation": gettext_noop("Account confirmation"),
    "demand": gettext_noop("Demand for payment"),
    "lawyers_letter": gettext_noop("Lawyer's letter"),
    "assignment_notice": gettext_noop("Notice of assignment"),
    "interest_sheet": gettext_noop("Computation of interest"),
}

SECTIONS: dict[str, str] = {
    "subject": gettext_noop("Subject line"),
    "mail": gettext_noop("Text of the e-mail"),
    "letter": gettext_noop("Text of the letter"),
    "sms": gettext_noop("Short message"),
    "im": gettext_noop("Instant message"),
}

STATES: dict[str, str] = {
    "draft": gettext_noop("drafted"),
    "submitted": gettext_noop("waits for approval"),
    "approved": gettext_noop("approved"),
    "returned": gettext_noop("returned"),
    "in_force": gettext_noop("in force"),
    "retired": gettext_noop("retired"),
}
