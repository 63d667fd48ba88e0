"""Which page needs which permission, and whose rows a reader may see on it.

Every view says what it needs with `needs`; the shell's middleware refuses a view that says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils import timezone

from huikuan.mechanisms.identity.domain.rights import Rights
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.domain.scope import NOTHING, Scope
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.queries import held, scope_under

_View = TypeVar("_View", bound=Callable[..., Any])

#: For what anybody logged in may do: their own preferences, the front door, leaving.
LOGGED_IN = "logged_in"
#: Methods that only read.
_READING = ("GET", "HEAD", "OPTIONS")


def needs(permission: Permission | str, *, to_write: Permission | str | None = None) -> Callable[[_View], _View]:
    """Declare what a view needs: a permission, or LOGGED_IN; `to_write`: what other methods than reading need."""

    def declare(view: _View) -> _View:
        view.permission = permission  # type: ignore[attr-defined]
        view.permission_to_write = to_write or permission  # type: ignore[attr-defined]
        return view

    return declare


def needed(view: Callable[..., Any], method: str = "GET") -> Permission | str | None:
    """What the view declared; None: nothing, so nobody may open it."""
    declared: Permission | str | None = getattr(
        view, "permission" if method in _READING else "permission_to_write", None
    )
    return declared


def rights_of(request: HttpRequest) -> Rights:
    """What the reader holds. Asked once per request."""
    if not hasattr(request, "_rights"):
        user = request.user
        # Whoever is logged in is known and active: reading the user found that out.
        known = Rights(held(user.pk, at=timezone.now())) if isinstance(user, User) and user.is_active else Rights()
        request._rights = known  # type: ignore[attr-defined]
    found: Rights = request._rights  # type: ignore[attr-defined]
    return found


def may(request: HttpRequest, permission: Permission | str | None) -> bool:
    """Whether the reader may do this for some company."""
    return permission == LOGGED_IN or (permission is not None and permission in rights_of(request).anywhere())


def sees_machinery(request: HttpRequest) -> bool:
    """Whether the reader is told of jobs, roots and commands by their own names: who administers the system, and
    who audits the books without deciding anything in them. Others are told what it means."""
    return may(request, Permission.MANAGE_JOBS) or (
        may(request, Permission.VIEW_AUDIT) and not may(request, Permission.APPROVE_POLICY)
    )


def scope_of(request: HttpRequest, permission: Permission | None = None) -> Scope:
    """The rows the reader may see by this permission; by default the one the page needs."""
    wanted = permission or _of_page(request)
    known: dict[Permission, Scope] = request.__dict__.setdefault("_scopes", {})
    if wanted not in known:
        user = request.user
        known[wanted] = (
            scope_under(rights_of(request), user.username, wanted, at=timezone.now())
            if isinstance(user, User)
            else NOTHING
        )
    return known[wanted]


def visible_companies(request: HttpRequest) -> frozenset[int] | None:
    """The companies of which the reader may see anything on this page; None: every one."""
    return scope_of(request).companies


def companies_offered(request: HttpRequest) -> list[Company]:
    """The same as rows, by code. Asked once per request."""
    visible = visible_companies(request)
    known: dict[frozenset[int] | None, list[Company]] = request.__dict__.setdefault("_companies", {})
    if visible not in known:
        companies = Company.objects.order_by("code")
        known[visible] = list(companies if visible is None else companies.filter(pk__in=visible))
    return known[visible]


def company_preset(named: Company | None, offered: Sequence[Company]) -> Company | None:
    """What a form is about before its writer says so: the company the page is about (`named`), or the only one there
    is; None where there are several: nothing is ever written for the first one because nobody chose."""
    if named in offered:
        return named
    return offered[0] if len(offered) == 1 else None


def _of_page(request: HttpRequest) -> Permission:
    """What the page needs; on pages for anybody logged in the frame goes by the ledger."""
    match = request.resolver_match
    declared = needed(match.func, request.method or "GET") if match else None
    return declared if isinstance(declared, Permission) else Permission.VIEW_LEDGER


def permitted_companies(request: HttpRequest, permission: Permission) -> frozenset[int] | None:
    """The companies for which the reader may do this on whosoever's rows; None: every one."""
    return scope_of(request, permission).whole_companies


def may_for(request: HttpRequest, permission: Permission, company_id: int) -> bool:
    """Whether the reader may do this for the whole of the company."""
    return scope_of(request, permission).whole(company_id)
