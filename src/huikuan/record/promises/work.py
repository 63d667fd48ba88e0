"""The kinds of work promises give people."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.pages.figures import amounts_apart
from huikuan.mechanisms.work.kinds import About, WorkKind, register
from huikuan.record.promises.domain.instalments import ACCELERATE


def key_of(promise_id: int) -> str:
    """The key of the work a promise gives."""
    return f"promise:{promise_id}"


def freeze_key(company_id: int, customer_id: int) -> str:
    """The key of the question whether to freeze a customer."""
    return f"freeze:{company_id}:{customer_id}"


def barter_key(barter_id: int) -> str:
    """The key of the work goods give that did not come."""
    return f"barter:{barter_id}"


def _goods_late(about: About) -> str:
    said = _("%(customer)s was to deliver %(asset)s for %(amount)s by %(by)s: delivered, or failed?")
    return said % amounts_apart(about.shown)


def _to_freeze(about: About) -> str:
    said = _("%(customer)s broke %(count)s promises within %(days)s days: freeze supply or account?")
    return said % about.shown


def _broken(about: About) -> str:
    return _("%(customer)s promised %(amount)s by %(by)s and paid %(paid)s: ask why") % amounts_apart(about.shown)


def _plan_broken(about: About) -> str:
    said = _("%(customer)s did not pay instalment %(line)s of %(amount)s, due on %(due_on)s: %(then)s")
    then = _("the rest is due at once") if about.shown["on_miss"] == ACCELERATE else _("the original dates hold again")
    return said % {**amounts_apart(about.shown), "then": then}


def _promise_page(about: About) -> str:
    return reverse("promises:promise", args=[about.shown["promise"]])


def _plan_page(about: About) -> str:
    return reverse("promises:plan", args=[about.shown["plan"]])


def _goods_page(about: About) -> str:
    return reverse("promises:barter", args=[about.shown["barter"]])


def _freeze_page(about: About) -> str:
    return f"{reverse('promises:freezes')}?customer={about.shown['code']}"


#: Kept late or promised anew, the item goes by itself.
BROKEN_PROMISE = register(
    WorkKind(
        "promises.broken",
        gettext_noop("Broken promise"),
        role="collector",
        escalates_to="finance_manager",
        days=1,
        describe=_broken,
        address=_promise_page,
    )
)
#: What follows is a decision: pursue, or agree on another plan.
BROKEN_PLAN = register(
    WorkKind(
        "promises.plan_broken",
        gettext_noop("Broken instalment plan"),
        role="collector",
        escalates_to="finance_manager",
        days=1,
        describe=_plan_broken,
        address=_plan_page,
        results={"pursued": gettext_noop("is pursued"), "planned_anew": gettext_noop("planned anew")},
    )
)
#: Proposed, never done by itself; frozen, the item goes.
TO_FREEZE = register(
    WorkKind(
        "promises.to_freeze",
        gettext_noop("Customer to freeze"),
        role="credit_manager",
        escalates_to="finance_manager",
        days=3,
        describe=_to_freeze,
        address=_freeze_page,
        results={"left": gettext_noop("not frozen")},
    )
)
#: Delivered or failed, the item goes by itself.
GOODS_LATE = register(
    WorkKind(
        "promises.goods_late",
        gettext_noop("Goods that did not come"),
        role="collector",
        escalates_to="finance_manager",
        days=3,
        describe=_goods_late,
        address=_goods_page,
    )
)
