"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "affiliation_too_long": gettext_noop("An affiliation takes at most %(longest)s characters."),
    "customer_changed_since": gettext_noop(
        "Customer %(customer)s was changed meanwhile: you read version %(seen)s, now it is %(now)s."
        " Nothing was written."
    ),
    "customer_code_taken": gettext_noop("Customer code %(customer)s is taken."),
    "customer_field_missing": gettext_noop("A customer needs its %(field)s."),
    "customer_field_too_long": gettext_noop("The %(field)s of a customer takes at most %(longest)s characters."),
    "customer_status_unknown": gettext_noop("“%(value)s” is not a customer status; say customer or prospect."),
    "customer_twice": gettext_noop("The file names a customer code more than once. Nothing was written."),
    "customer_unknown": gettext_noop("No customer has the code %(customer)s."),
    "customers_changed_meanwhile": gettext_noop(
        "Someone created one of these customers at the same moment. Nothing was written; try again."
    ),
    "dimension_unknown": gettext_noop("“%(value)s” is not a kind of affiliation; known are %(known)s."),
    "group_code_taken": gettext_noop("Group code %(group)s is taken."),
    "group_unknown": gettext_noop("No customer group has the code %(group)s."),
    "parent_cycle": gettext_noop("These customers would stand above themselves: %(codes)s. Nothing was written."),
    "parent_unknown": gettext_noop("A parent company named is no customer. Nothing was written."),
    "uscc_doubtful": gettext_noop(
        "Unified Social Credit Code %(uscc)s fails its check (%(problem)s); correct it or give a reason to keep it."
    ),
}
