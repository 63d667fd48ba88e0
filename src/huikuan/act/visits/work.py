"""The kinds of work visits give people: to go there, and to see to what came of it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.work.kinds import About, WorkKind, register


def visit_key(visit_id: int) -> str:
    """The key of what waits about a visit."""
    return f"visit:{visit_id}"


def _visit(about: About) -> str:
    return _("Visit %(customer)s") % about.shown


def _follow_up(about: About) -> str:
    return _("See to what was agreed at the visit to %(customer)s") % about.shown


def _mention(about: About) -> str:
    return _("%(by)s about %(customer)s: %(says)s") % about.shown


def _take_over(about: About) -> str:
    if about.shown["says"]:
        return _("%(by)s asks you to contact %(customer)s: %(says)s") % about.shown
    return _("%(by)s asks you to contact %(customer)s") % about.shown


def _bench(about: About) -> str:
    return f"{reverse('collection:desk')}?customer={about.customer_id}"


def _page(about: About) -> str:
    return reverse("visits:visit", args=[about.shown["visit"]])


#: Ended, the item goes by itself.
VISIT = register(
    WorkKind(
        "visits.visit",
        gettext_noop("Visit to a customer"),
        role="collector",
        escalates_to="sales_manager",
        days=7,
        describe=_visit,
        address=_page,
    )
)
FOLLOW_UP = register(
    WorkKind(
        "visits.follow_up",
        gettext_noop("Follow-up of a visit"),
        role="collector",
        escalates_to="sales_manager",
        days=7,
        describe=_follow_up,
        address=_page,
    )
)
#: What a colleague said of a customer; read, it is done.
MENTION = register(
    WorkKind(
        "visits.mention",
        gettext_noop("A colleague's word about a customer"),
        role="collector",
        escalates_to="",
        days=3,
        describe=_mention,
        address=_bench,
    )
)
TAKE_OVER = register(
    WorkKind(
        "visits.take_over",
        gettext_noop("Customer to contact"),
        role="collector",
        escalates_to="sales_manager",
        days=2,
        describe=_take_over,
        address=_bench,
    )
)
