"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "body_too_large": gettext_noop("The body may have at most %(limit)s bytes. Nothing was written."),
    "body_unreadable": gettext_noop("The body is not a JSON object in UTF-8 without repeated names."),
    "confirmation_site_missing": gettext_noop("Set HUIKUAN_SITE first: it is what the link begins with."),
    "delivery_not_due": gettext_noop("A due date goes with an invoice, not with a delivery."),
    "idempotency_key_bad": gettext_noop("The Idempotency-Key has 1 to %(longest)s visible ASCII characters."),
    "idempotency_key_missing": gettext_noop("Send an Idempotency-Key with every write, a new one for each request."),
    "idempotency_key_reused": gettext_noop(
        "This Idempotency-Key was used for another request. Nothing was written; use a new key."
    ),
    "media_type_wrong": gettext_noop("Send the body as %(wanted)s."),
    "method_unknown": gettext_noop("This address takes %(allowed)s only."),
    "not_found": gettext_noop("There is nothing here, or nothing this token may see."),
    "precondition_failed": gettext_noop("It was changed since you read it. Read it again; nothing was written."),
    "precondition_missing": gettext_noop("Send If-Match with the ETag you read."),
    "rate_limited": gettext_noop("Too many requests with this token. Wait %(seconds)s seconds."),
    "request_failed": gettext_noop(
        "Something failed on our side; what had begun was undone. Send the same request with the same Idempotency-Key."
    ),
    "request_in_flight": gettext_noop("A request with this Idempotency-Key is being worked on. Ask again shortly."),
    "request_invalid": gettext_noop("The request is not as described; see the places listed. Nothing was written."),
    "request_unreadable": gettext_noop("The address or a header is not one this program reads."),
    "token_area_missing": gettext_noop("This token or its user may not do this (needs: %(permission)s)."),
    "token_invalid": gettext_noop("This token is unknown, revoked, expired, or its user may no longer use the API."),
    "token_missing": gettext_noop("Send “Authorization: Bearer …” with a token; log-ins of the browser do not count."),
    "replay_too_long": gettext_noop("More than %(most)s messages would be sent again. Begin later."),
    "webhook_disabled": gettext_noop("Webhook %(webhook)s is disabled or removed. Enable it first."),
    "webhook_kind_unknown": gettext_noop("Nobody is told of “%(kind)s”. Kinds begin with one of: %(known)s."),
    "webhook_unknown": gettext_noop("There is no webhook %(webhook)s."),
    "webhooks_too_many": gettext_noop("There are %(most)s webhooks already. Remove one first."),
}

#: Why a value is not as described.
FAULTS: dict[str, str] = {
    "field_missing": gettext_noop("It is missing."),
    "instant_naive": gettext_noop("The instant has no offset; add one, like +08:00."),
    "list_length": gettext_noop("The list has %(least)s to %(most)s entries."),
    "not_a_choice": gettext_noop("It is one of: %(choices)s."),
    "not_a_flag": gettext_noop("It is true or false."),
    "not_a_list": gettext_noop("It is a list."),
    "not_amount": gettext_noop("An amount is a decimal text like “1234.50”, not a number."),
    "not_probability": gettext_noop("It is a number from 0 to 1."),
    "not_an_object": gettext_noop("It is an object."),
    "not_day": gettext_noop("A date is written like 2026-11-21, in the years 1900 to 2200."),
    "not_instant": gettext_noop("An instant is written like 2026-11-21T08:00:00+08:00."),
    "not_text": gettext_noop("It is a text."),
    "not_whole": gettext_noop("It is a whole number from %(least)s to %(most)s."),
    "given_twice": gettext_noop("It is given more than once."),
    "text_length": gettext_noop("The text has %(shortest)s to %(longest)s characters."),
    "text_pattern": gettext_noop("The text has to fit %(pattern)s."),
    "text_unusable": gettext_noop("The text holds NUL or half a character."),
    "unknown_field": gettext_noop("Nothing by this name is known; known are: %(known)s."),
}
