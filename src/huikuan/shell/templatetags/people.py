"""Roles, reaches, areas of tokens and browsers, as pages name them."""

from __future__ import annotations

from django import template
from django.template.context import Context
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.identity.actors import GUEST, is_operator, operator_title
from huikuan.mechanisms.identity.domain.areas import WRITE
from huikuan.mechanisms.identity.domain.scope import Reach
from huikuan.mechanisms.identity.messages import REACH_TITLES, ROLE_TITLES
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.identity.queries import GrantRow
from huikuan.mechanisms.pages.access import sees_machinery

register = template.Library()

AREA_TITLES = {
    "customers": gettext_noop("Customers"),
    "contracts": gettext_noop("Contracts"),
    "orders": gettext_noop("Orders"),
    "ledger": gettext_noop("Ledger"),
    "collection": gettext_noop("Collection"),
    "bank": gettext_noop("Bank money"),
    "imports": gettext_noop("Imports"),
    "statements": gettext_noop("Statements"),
    "webhooks": gettext_noop("Webhooks"),
    "approvals": gettext_noop("Approvals"),
    "audit": gettext_noop("Audit trail"),
}
#: What a browser's own description contains, the telling ones first.
_BROWSERS = {"Edg/": "Edge", "MicroMessenger": "WeChat", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome",
             "Safari/": "Safari"}  # fmt: skip
_SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS X": "macOS",
            "Linux": "Linux"}  # fmt: skip


@register.simple_tag(takes_context=True)
def who(context: Context, actor: str) -> str:
    """Who did something, by the name people know them by; a command on the machine is told exactly to those who see
    the machinery, to others as what it is."""
    if actor.startswith(GUEST):
        return _("the customer, online")
    request = context.get("request")
    if is_operator(actor) and not (request is not None and sees_machinery(request)):
        return operator_title(actor)
    if request is None:
        return actor
    if not hasattr(request, "_people"):
        named = User.objects.exclude(display_name="").values_list("username", "display_name")
        request._people = dict(named)
    return str(request._people.get(actor, actor))


@register.simple_tag
def role_title(role: str) -> str:
    """A role's name."""
    return _(ROLE_TITLES.get(role, role))


@register.simple_tag
def reach_title(reach: str) -> str:
    """On whose rows."""
    return _(REACH_TITLES[reach])


@register.simple_tag
def grant_told(grant: GrantRow) -> str:
    """销售经理 (MAIN, 本团队的客户): the role, and where and how far where that is not everything."""
    narrowed = [grant.company] if grant.company else []
    if grant.reach in (Reach.OWN, Reach.TEAM):
        narrowed.append(_(REACH_TITLES[grant.reach]))
    if not narrowed:
        return role_title(grant.role)
    return _("%(role)s (%(narrowed)s)") % {"role": role_title(grant.role), "narrowed": " · ".join(narrowed)}


@register.simple_tag
def area_name(choice: str) -> str:
    """ "ledger:write" → 台账 读写."""
    area, _colon, verb = choice.partition(":")
    done = _("read and write") if verb == WRITE else _("read")
    return f"{_(AREA_TITLES[area])} {done}"


@register.filter
def browser_name(agent: str) -> str:
    """A browser's description of itself, in two words."""
    words = [next((name for mark, name in kinds.items() if mark in agent), "") for kinds in (_BROWSERS, _SYSTEMS)]
    return " · ".join(word for word in words if word) or _("unknown")
