"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "call_again_day_bad": gettext_noop("%(day)s is no day to call again: from today, %(today)s, within a year."),
    "call_again_undated": gettext_noop("Say when to call again."),
    "call_at_night": gettext_noop(
        "It is %(clock)s there: nobody is called from 22:00 to 8:00. If they called, say that they did."
    ),
    "call_note_too_long": gettext_noop("The note is longer than %(longest)s characters."),
    "call_result_missing": gettext_noop("Choose the result of the call."),
    "call_result_unknown": gettext_noop("“%(value)s” is no result of a call; known are %(known)s."),
    "call_too_many": gettext_noop(
        "This customer was reached %(most)s times today; that is enough for a day. If they called, say that they did."
    ),
    "mention_bad": gettext_noop("Say something, in at most %(longest)s characters."),
    "mention_unseen": gettext_noop("%(username)s does not see this customer."),
    "visit_checked_in": gettext_noop("Somebody was there already: say what came of it."),
    "visit_coordinates_bad": gettext_noop("These coordinates lie nowhere on earth."),
    "visit_day_bad": gettext_noop("%(day)s is no day for it: from today, %(today)s, within a year."),
    "visit_key_taken": gettext_noop("This form was sent before with something else in it. Open it again."),
    "visit_not_checked_in": gettext_noop("Check in first, or call the visit off."),
    "visit_note_too_long": gettext_noop("The note is longer than %(longest)s characters."),
    "visit_outcome_unknown": gettext_noop("“%(value)s” is no outcome of a visit; known are %(known)s."),
    "visit_over": gettext_noop("What came of visit %(visit)s was said already; plan another one."),
    "visit_person_unknown": gettext_noop("This person is none of the customer's."),
    "visit_photo_bad": gettext_noop("This is no picture; JPEG, PNG, WebP and HEIC are taken."),
    "visit_photo_missing": gettext_noop("There is no file “%(file)s”."),
    "visit_photo_too_large": gettext_noop("The picture is larger than %(most)s MB."),
    "visit_photos_enough": gettext_noop("A visit takes %(most)s pictures."),
    "visit_place_missing": gettext_noop("Say where you are, or let the telephone say it."),
    "visit_place_too_long": gettext_noop("The place is longer than %(longest)s characters."),
    "visit_purpose_unknown": gettext_noop("“%(value)s” is no purpose of a visit; known are %(known)s."),
    "visit_satisfaction_bad": gettext_noop("Satisfaction is a whole number from 1 to 5, not %(value)s."),
    "visit_sight_unknown": gettext_noop("“%(value)s” is nothing to tick; known are %(known)s."),
    "visit_unknown": gettext_noop("There is no visit %(visit)s."),
    "visit_visitor_unknown": gettext_noop("“%(username)s” is nobody with an account here."),
}

RESULTS = {
    "promised": gettext_noop("promised to pay"),
    "disputed": gettext_noop("disputes it"),
    "again": gettext_noop("call again"),
    "not_reached": gettext_noop("not reached"),
    "wrong_number": gettext_noop("wrong number"),
    "other": gettext_noop("something else"),
}
PURPOSES = {
    "collect": gettext_noop("ask for payment"),
    "reconcile": gettext_noop("compare the books"),
    "dispute": gettext_noop("settle a dispute"),
    "care": gettext_noop("keep in touch"),
    "return": gettext_noop("return visit"),
}
OUTCOMES = {
    "met": gettext_noop("met them"),
    "absent": gettext_noop("nobody was there"),
    "turned_away": gettext_noop("turned away"),
    "moved_out": gettext_noop("moved out"),
    "called_off": gettext_noop("called off"),
}
SIGHTS = {
    "running": gettext_noop("production runs"),
    "partly_stopped": gettext_noop("partly stopped"),
    "stopped": gettext_noop("production stopped"),
    "staff_changed": gettext_noop("people changed"),
    "stock_piled": gettext_noop("stock piles up"),
    "creditors": gettext_noop("other creditors there"),
}
STATES = {
    "planned": gettext_noop("planned"),
    "there": gettext_noop("on the spot"),
    "ended": gettext_noop("made"),
    "called_off": gettext_noop("called off"),
}
