"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "delegate_duties_conflict": gettext_noop(
        "%(delegate)s cannot decide as %(role)s: it does not go with %(held)s, which they hold."
    ),
    "delegate_unsuitable": gettext_noop(
        "%(delegate)s cannot decide for others: they administer the system, come from outside, or have no role here."
    ),
    "delegation_not_yours": gettext_noop("%(giver)s lends their own right themselves; nobody does it for them."),
    "delegation_over": gettext_noop("Delegation %(delegation)s is over already."),
    "delegation_span_bad": gettext_noop("A delegation ends after it begins, and lasts %(days)s days at the longest."),
    "delegation_to_oneself": gettext_noop("Choose somebody else to decide for you."),
    "delegation_unknown": gettext_noop("There is no delegation %(delegation)s of yours."),
    "request_amount_negative": gettext_noop("The amount that is asked for cannot be negative."),
    "request_busy": gettext_noop("Somebody else is asking for the same at this moment. Try again."),
    "request_concerns_you": gettext_noop("This concerns you, %(actor)s; somebody else has to decide."),
    "request_decided": gettext_noop("Request %(request)s waits no longer: it is “%(state)s”."),
    "request_decided_by_you": gettext_noop(
        "%(actor)s decided at an earlier stop of this request; somebody else has to decide here."
    ),
    "request_decided_meanwhile": gettext_noop(
        "Somebody decided request %(request)s at this very moment. Look at it again."
    ),
    "request_delegate_conflict": gettext_noop(
        "%(actor)s and %(other)s decide for one another, so one does not decide what the other had a hand in."
    ),
    "request_kind_unknown": gettext_noop("There is no kind of request “%(kind)s”. Known are: %(known)s."),
    "request_not_as_shown": gettext_noop("Request %(request)s is not what you were shown. Look at it again."),
    "request_not_made_by_you": gettext_noop("Only who made a request takes it back; %(actor)s did not."),
    "request_not_measured": gettext_noop(
        "%(currency)s cannot be compared with the amounts of authority in %(authority)s without a rate."
    ),
    "request_not_yours": gettext_noop("%(actor)s may not decide this. It needs: %(roles)s."),
    "request_own": gettext_noop("%(actor)s made this request; somebody else has to decide."),
    "request_reason_missing": gettext_noop("Say why, please."),
    "request_replaces_another": gettext_noop("Request %(request)s cannot be asked anew this way."),
    "request_shown_has_changed": gettext_noop(
        "What request %(request)s is about has changed since it was made. Have it asked anew."
    ),
    "request_unknown": gettext_noop("There is no request %(request)s."),
    "request_waits_already": gettext_noop("Request %(request)s about the same waits already. Withdraw it first."),
}

STATE_TITLES: dict[str, str] = {
    "pending": gettext_noop("waits for a decision"),
    "approved": gettext_noop("approved and done"),
    "returned": gettext_noop("returned to its maker"),
    "withdrawn": gettext_noop("withdrawn by its maker"),
    "expired": gettext_noop("expired: nobody decided"),
    "void": gettext_noop("void: what it is about has changed"),
}

STEP_TITLES: dict[str, str] = {
    **STATE_TITLES,
    "agreed": gettext_noop("agreed at a stop"),
    "escalated": gettext_noop("put to the role above"),
}
