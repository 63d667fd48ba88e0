"""Kinds of work that credit gives people: thresholds crossed, limits that end."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.pages.figures import grouped, percent_up
from huikuan.mechanisms.work.kinds import About, WorkKind, register


def _utilised(about: About) -> str:
    """What is used; where only an order that waits brings it over, also what is used without it."""
    shown = about.shown
    words = {
        "currency": shown["currency"],
        "used": grouped(shown["used"]),
        "limit": grouped(shown["limit"]),
        "percent": percent_up(shown["utilisation_e4"]),
        "warn_over": shown["warn_over"],
    }
    # Items from before the two were told apart say only the one.
    if shown.get("out", shown["used"]) == shown["used"]:
        said = _("%(currency)s %(used)s of %(limit)s used (%(percent)s %%), over %(warn_over)s %%")
    else:
        words |= {"out": grouped(shown["out"]), "out_percent": percent_up(shown["out_e4"])}
        said = _(
            "%(currency)s %(out)s of %(limit)s used (%(out_percent)s %%), %(used)s (%(percent)s %%) with an order that"
            " waits to be released, over %(warn_over)s %%"
        )
    return _of_group(shown["group"], said % words)


def _over(about: About) -> str:
    return gettext_noop("Over the limit") if about.shown["utilisation_e4"] > 10_000 else ""


def _warned_over(about: About) -> str:
    return gettext_noop("Warning: over the limit") if about.shown["utilisation_e4"] > 10_000 else ""


def _ends(about: About) -> str:
    shown = about.shown
    words = {"amount": f"{shown['currency']} {grouped(shown['limit'])}", "until": shown["until_on"]}
    standing = shown["kind"] == "standing"
    said = _("The limit of %(amount)s ends on %(until)s") if standing else _("%(amount)s on top ends on %(until)s")
    return _of_group(shown["group"], said % words)


def _review(about: About) -> str:
    return _("To be reviewed by %(day)s, as the policy in force says") % {"day": about.shown["review_on"]}


def _of_group(code: str, said: str) -> str:
    if not code:
        return said
    return _("Group %(group)s: %(said)s") % {"group": code, "said": said}


def _policies(_about: About) -> str:
    return reverse("shell:policies")


def _page(about: About) -> str:
    """The customer's exposure and limits; of a group, its page."""
    if about.customer_id is None:
        return f"{reverse('credit:group')}?{urlencode({'group': about.shown['group']})}"
    return reverse("credit:customer", args=[about.customer_id])


#: For finance: one per crossing.
CROSSING = register(
    WorkKind(
        "credit.crossing",
        gettext_noop("Limit nearly used up"),
        role="finance_manager",
        escalates_to="management",
        days=2,
        describe=_utilised,
        address=_page,
        results={
            "collected": gettext_noop("payment agreed"),
            "limit_asked": gettext_noop("higher limit asked for"),
            "stopped": gettext_noop("supply stopped"),
        },
        called=_over,
    )
)
#: For the owner of the customer; where the owner is no user here, for the sales manager.
WARNING = register(
    WorkKind(
        "credit.warning",
        gettext_noop("Warning: limit nearly used up"),
        role="sales_manager",
        escalates_to="sales_manager",
        days=2,
        describe=_utilised,
        address=_page,
        results={"told": gettext_noop("customer told"), "collected": gettext_noop("payment agreed")},
        called=_warned_over,
    )
)
LIMIT_ENDS = register(
    WorkKind(
        "credit.limit_ends",
        gettext_noop("Limit ends"),
        role="credit_analyst",
        escalates_to="credit_manager",
        days=5,
        describe=_ends,
        address=_page,
        results={"limit_asked": gettext_noop("new limit asked for"), "left": gettext_noop("left to end")},
    )
)
#: The credit policy in force says when it is to be looked at again.
POLICY_REVIEW = register(
    WorkKind(
        "credit.policy_review",
        gettext_noop("Credit policy to review"),
        role="credit_manager",
        escalates_to="finance_manager",
        days=14,
        describe=_review,
        address=_policies,
        results={"kept": gettext_noop("policy stands"), "drafted": gettext_noop("new version drafted")},
    )
)
