"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "affiliation_too_long": gettext_noop("An affiliation takes at most %(longest)s characters."),
    "care_choice_unknown": gettext_noop("“%(value)s” is none of the choices; known are %(known)s."),
    "conduct_flagged_already": gettext_noop("Customer %(customer)s is flagged as paying late on purpose already."),
    "conduct_not_flagged": gettext_noop("Customer %(customer)s is not flagged as paying late on purpose."),
    "conduct_reason_missing": gettext_noop("Say why: what shows that they could pay, and do not."),
    "contact_consent_undated": gettext_noop("Say on which day the person agreed or refused."),
    "contact_email_unreadable": gettext_noop("“%(value)s” is no e-mail address."),
    "contact_erasure_unsure": gettext_noop("Tick that you know this cannot be taken back. Nothing was erased."),
    "contact_erasure_reason": gettext_noop("Say why the person's data are erased."),
    "contact_name_missing": gettext_noop("A contact needs a name."),
    "contact_phone_unreadable": gettext_noop("“%(value)s” is no telephone number."),
    "contact_still_there": gettext_noop(
        "This contact is still in use. Mark them as gone first; then their data can be erased."
    ),
    "contact_unknown": gettext_noop("This customer has no contact number %(number)s."),
    "contacts_changed_meanwhile": gettext_noop(
        "Somebody changed these contacts at the same moment. Nothing was written; try again."
    ),
    "contacts_changed_since": gettext_noop(
        "%(count)s contacts of batch %(batch)s were changed since. Nothing was undone."
    ),
    "document_dates": gettext_noop("A paper issued on %(issued_on)s cannot expire on %(expires_on)s."),
    "document_kind_unknown": gettext_noop("“%(value)s” is no kind of paper; known are %(known)s."),
    "document_reason_missing": gettext_noop("Say why the paper is taken back."),
    "document_unknown": gettext_noop("This customer has no paper number %(number)s, or it was taken back."),
    "groups_of_everybody": gettext_noop("Groups are shared: whoever manages their own customers alone changes none."),
    "hand_over_before_another": gettext_noop(
        "An owner is said already from a later day than %(day)s on for these customers: %(codes)s."
        " Choose a later day, or leave them out."
    ),
    "hand_over_in_part": gettext_noop(
        "Some of these customers have items in companies where you may not hand over for %(owner)s."
        " Somebody who may in all of them draws this up."
    ),
    "hand_over_not_yours": gettext_noop(
        "You sign neither for %(owner)s nor as whoever may hand their customers over."
    ),
    "hand_over_of_nothing": gettext_noop("Choose the customers to hand over."),
    "hand_over_of_others": gettext_noop("On that day these customers are not %(owner)s's: %(codes)s."),
    "hand_over_one_hand": gettext_noop("%(actor)s signed the other side. Somebody else has to sign this one."),
    "hand_over_other_content": gettext_noop("This is not what was drawn up. Open the page again and read it."),
    "hand_over_owner_missing": gettext_noop("Say whose customers go to whom."),
    "hand_over_reason_missing": gettext_noop("Say why it is called off."),
    "hand_over_signed_already": gettext_noop("This was signed already, or it is no longer open."),
    "hand_over_to_oneself": gettext_noop("%(owner)s has these customers already."),
    "hand_over_twice": gettext_noop(
        "Hand-over %(number)s, which is still open, names one of these customers. Sign it or call it off first."
    ),
    "hand_over_unknown": gettext_noop("There is no hand-over %(number)s."),
    "customer_changed_since": gettext_noop(
        "Customer %(customer)s was changed meanwhile: you read version %(seen)s, now it is %(now)s."
        " Nothing was written."
    ),
    "customer_contact_added_since": gettext_noop(
        "A contact of customer %(customer)s was added since you opened the form, perhaps by your own second click."
        " Nothing was written: look at the contacts, then save again if this is another person."
    ),
    "customer_paper_added_since": gettext_noop(
        "A paper of customer %(customer)s was kept since you opened the form, perhaps by your own second click."
        " Nothing was written: look at the papers, then choose the file again if this is another one."
    ),
    "customer_code_taken": gettext_noop("Customer code %(customer)s is taken."),
    "customer_field_missing": gettext_noop("A customer needs its %(field)s."),
    "customer_field_too_long": gettext_noop("The %(field)s of a customer takes at most %(longest)s characters."),
    "customer_missing": gettext_noop("Name the customer."),
    "customer_owner_outside": gettext_noop("You may create customers of your own only; %(owner)s is not among yours."),
    "customer_status_unknown": gettext_noop("“%(value)s” is not a customer status; say customer or prospect."),
    "customer_twice": gettext_noop("The file names a customer code more than once. Nothing was written."),
    "customer_several": gettext_noop("“%(text)s” fits several customers: %(some)s. Give the code."),
    "customer_unknown": gettext_noop("There is no customer %(customer)s."),
    "customers_changed_meanwhile": gettext_noop(
        "Someone created one of these customers at the same moment. Nothing was written; try again."
    ),
    "dimension_unknown": gettext_noop("“%(value)s” is not a kind of affiliation; known are %(known)s."),
    "group_code_missing": gettext_noop("A group needs a code and a name."),
    "group_cycle": gettext_noop("Group %(group)s would stand above itself below %(parent)s. Nothing was changed."),
    "group_code_taken": gettext_noop("Group code %(group)s is taken."),
    "group_unknown": gettext_noop("No customer group has the code %(group)s."),
    "customer_merged": gettext_noop(
        "Customer %(customer)s is merged into %(into)s and is whose that one is. Say it of %(into)s."
    ),
    "merge_chain": gettext_noop(
        "%(customer)s stands for others (%(codes)s). Undo their merges, or merge the other way round."
    ),
    "merge_codes_differ": gettext_noop(
        "Both have a valid credit code, and not the same: %(customer)s and %(into)s. Look again; if they are one"
        " customer all the same, confirm it."
    ),
    "merge_elsewhere": gettext_noop("Customer %(customer)s is merged into %(into)s already. Nothing was written."),
    "merge_parent": gettext_noop(
        "Of %(customer)s and %(into)s one stands above the other as a parent company. Change that first."
    ),
    "merge_reason_missing": gettext_noop("Say why."),
    "merge_undone_already": gettext_noop("Merge %(number)s was undone already."),
    "merge_unknown": gettext_noop("There is no merge %(number)s."),
    "merge_with_itself": gettext_noop("%(customer)s is one customer already."),
    "owner_by_hand_over": gettext_noop(
        "The customer is %(owner)s's. Draw up a hand-over, which both sides sign; nothing was changed."
    ),
    "parent_cycle": gettext_noop("These customers would stand above themselves: %(codes)s. Nothing was written."),
    "parent_unknown": gettext_noop("A parent company named is no customer. Nothing was written."),
    "uscc_doubtful": gettext_noop(
        "Unified Social Credit Code %(uscc)s fails its check (%(problem)s); correct it or give a reason to keep it."
    ),
}
