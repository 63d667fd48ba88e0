"""Kinds of work that ratings give people: a review that comes, one that has passed, one that something calls for."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.judge.rating.telling import told_call
from huikuan.mechanisms.work.kinds import About, WorkKind, register


def _comes(about: About) -> str:
    return _("Grade %(grade)s, to be reviewed by %(day)s") % _words(about)


def _passed(about: About) -> str:
    return _("Grade %(grade)s, expired on %(day)s") % _words(about)


def _calls(about: About) -> str:
    return _("; ").join(told_call(one["cause"], one["detail"]) for one in about.shown["calls"])


def _words(about: About) -> dict[str, str]:
    return {"grade": about.shown["grade"] or "–", "day": about.shown["review_on"]}


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
#: Something happened since the customer was assessed.
CALLED = register(
    WorkKind(
        "rating.called",
        gettext_noop("Customer to rate again"),
        role="credit_analyst",
        escalates_to="credit_manager",
        days=5,
        describe=_calls,
        address=_page,
        results={"asked": gettext_noop("information asked for")},
    )
)
