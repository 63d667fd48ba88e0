"""Kinds of work that notices give people: what nobody knows whether it went out, and what did not arrive."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.notices.domain.lifecycle import BOUNCED, IN_DOUBT, REFUSED
from huikuan.mechanisms.notices.messages import CHANNEL_TITLES, REASON_TITLES
from huikuan.mechanisms.notices.models import Notice
from huikuan.mechanisms.work.kinds import About, WorkKind, register
from huikuan.mechanisms.work.operations import Wanted, cancel_items, open_item


def _doubt(about: About) -> str:
    return _("By %(channel)s. Did it go out? Say so, or have it sent again.") % {"channel": _channel(about)}


def _undelivered(about: About) -> str:
    reason = str(about.shown.get("reason", ""))
    told = _(REASON_TITLES[reason]) if reason in REASON_TITLES else _("the other side did not take it")
    return _("By %(channel)s: %(reason)s. Mend the address, or find another way.") % {
        "channel": _channel(about), "reason": told,
    }  # fmt: skip


def _channel(about: About) -> str:
    name = str(about.shown["channel"])
    return _(CHANNEL_TITLES[name]) if name in CHANNEL_TITLES else name


def _address(about: About) -> str:
    return reverse("notices:notice", args=[int(about.shown["notice"])])


DOUBT = register(
    WorkKind(
        "notices.in_doubt",
        gettext_noop("Notice in doubt"),
        role="collector",
        escalates_to="finance_manager",
        days=1,
        describe=_doubt,
        address=_address,
    )
)
UNDELIVERED = register(
    WorkKind(
        "notices.undelivered",
        gettext_noop("Notice not delivered"),
        role="collector",
        escalates_to="finance_manager",
        days=3,
        describe=_undelivered,
        address=_address,
    )
)
_KINDS = {IN_DOUBT: DOUBT, REFUSED: UNDELIVERED, BOUNCED: UNDELIVERED}


def follow(notice: Notice, before: str, state: str, *, reason: str, actor: str, at: datetime) -> None:
    """Have open what the notice's new state asks of people, and nothing its old one asked."""
    key = f"notice:{notice.pk}"
    old, new = _KINDS.get(before), _KINDS.get(state)
    if old is not None and old is not new:
        cancel_items(kind=old.name, keys=[key], because=state, actor=actor, at=at)
    if new is not None and old is not new:
        shown = {"notice": notice.pk, "channel": notice.channel, "reason": reason}
        open_item(kind=new.name, wanted=Wanted(key, notice.company_id, notice.customer_id, shown), actor=actor, at=at)
