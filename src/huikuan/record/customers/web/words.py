"""What the choices and fields of customers are called."""

from __future__ import annotations

from django.utils.translation import gettext_noop

STATUSES = {"customer": gettext_noop("Customer"), "prospect": gettext_noop("Prospect")}
VALUE_CLASSES = {
    "key": gettext_noop("Key account"),
    "strategic": gettext_noop("Strategic customer"),
    "ordinary": gettext_noop("Ordinary customer"),
}
LANGUAGES = {"zh": gettext_noop("Chinese"), "en": gettext_noop("English")}
CHANNELS = {
    "email": gettext_noop("E-mail"),
    "post": gettext_noop("Post"),
    "portal": gettext_noop("Customer portal"),
    "wechat": gettext_noop("WeChat"),
    "by_hand": gettext_noop("By hand"),
}
ROLES = {
    "payables": gettext_noop("Settles accounts"),
    "decides": gettext_noop("Decides"),
    "purchasing": gettext_noop("Purchasing"),
    "warehouse": gettext_noop("Warehouse"),
    "legal": gettext_noop("Legal affairs"),
    "other": gettext_noop("Other function"),
}
CONSENTS = {
    "given": gettext_noop("Agreed to be written to"),
    "refused": gettext_noop("Does not want to be written to"),
}
PAPERS = {
    "licence": gettext_noop("Business licence"),
    "statements": gettext_noop("Financial statements"),
    "bank_reference": gettext_noop("Bank reference"),
    "authorisation": gettext_noop("Power of attorney"),
    "agreement": gettext_noop("Framework agreement"),
    "other": gettext_noop("Other paper"),
}
VALIDITY = {
    "expired": (gettext_noop("Expired"), "bad"),
    "expiring": (gettext_noop("Expires soon"), "warn"),
    "valid": (gettext_noop("Valid"), "ok"),
    "unlimited": (gettext_noop("No expiry"), ""),
}
DIMENSIONS = {
    "owner": gettext_noop("Owner"),
    "group": gettext_noop("Group"),
    "region": gettext_noop("Region"),
    "business_type": gettext_noop("Business type"),
}
#: Field of a record → its name, as forms, conflicts and the timeline say it.
FIELDS = {
    "code": gettext_noop("Customer code"),
    "name": gettext_noop("Registered name"),
    "short_name": gettext_noop("Short name"),
    "english_name": gettext_noop("English name"),
    "former_names": gettext_noop("Former names"),
    "uscc": gettext_noop("Unified Social Credit Code"),
    "uscc_override_reason": gettext_noop("Why the code is kept"),
    "status": gettext_noop("Status"),
    "parent_code": gettext_noop("Parent company"),
    "industry": gettext_noop("Industry"),
    "value_class": gettext_noop("Value class"),
    "plan": gettext_noop("Account plan"),
    "statement_language": gettext_noop("Language of statements"),
    "channel": gettext_noop("Sent by"),
    "delivery_address": gettext_noop("Delivery address"),
    "position": gettext_noop("Position"),
    "role": gettext_noop("Function"),
    "phone": gettext_noop("Telephone"),
    "email": gettext_noop("E-mail"),
    "language": gettext_noop("Language"),
    "consent": gettext_noop("Consent"),
    "consent_on": gettext_noop("Since"),
    "active": gettext_noop("Still there"),
    "kind": gettext_noop("Paper"),
    "title": gettext_noop("Title or number"),
    "issued_on": gettext_noop("Issued on"),
    "expires_on": gettext_noop("Expires"),
    "note": gettext_noop("Note"),
    "file_name": gettext_noop("File"),
    **DIMENSIONS,
}
#: What a question of the completeness score asks for.
QUESTIONS = {
    "uscc": gettext_noop("Unified Social Credit Code"),
    "contact": gettext_noop("A contact"),
    "owner": gettext_noop("Owner"),
    "licence": gettext_noop("A licence that holds"),
    "industry": gettext_noop("Industry"),
    "region": gettext_noop("Region"),
    "value_class": gettext_noop("Value class"),
    "delivery": gettext_noop("Language and channel of statements"),
    "address": gettext_noop("Delivery address"),
}
USCC_PROBLEMS = {
    "length": gettext_noop("It has to have 18 characters."),
    "alphabet": gettext_noop("It holds a character that such codes never have, like I, O, S, V or Z."),
    "check_digit": gettext_noop("Its check character does not fit; one character is probably mistyped."),
}
#: Field → the words of its values, where it is a choice.
VALUES = {
    "status": STATUSES,
    "value_class": VALUE_CLASSES,
    "statement_language": LANGUAGES,
    "language": LANGUAGES,
    "channel": CHANNELS,
    "role": ROLES,
    "consent": CONSENTS,
}
