"""Kinds of work that ratings give people: a review that comes, one that has passed."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.work.kinds import About, WorkKind, register


def _comes(about: About) -> str:
    return _graded(about) % {"day": about.shown["review_on"], "said": _("to be reviewed by")}


def _passed(about: About) -> str:
    return _graded(about) % {"day": about.shown["review_on"], "said": _("expired on")}


def _graded(about: About) -> str:
    grade = about.shown["grade"]
    return (_("Grade %(grade)s") % {"grade": grade} if grade else _("No grade")) + ", %(said)s %(day)s"


def _page(about: About) -> str:
    return reverse("dossiers:customer", args=[about.customer_id])


#: The review comes; assessed again, the item goes by itself.
REVIEW = register(
    WorkKind(
        "rating.review",
        gettext_noop("Rating to review"),
        role="credit_analyst",
        escalates_to="credit_manager",
        days=14,
        describe=_comes,
        address=_page,
        results={"asked": gettext_noop("information asked for")},
    )
)
#: The review has passed and nobody assessed the customer again.
EXPIRED = register(
    WorkKind(
        "rating.expired",
        gettext_noop("Rating expired"),
        role="credit_analyst",
        escalates_to="credit_manager",
        days=3,
        describe=_passed,
        address=_page,
        results={"asked": gettext_noop("information asked for")},
    )
)
