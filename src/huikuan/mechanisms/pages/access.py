"""Which page needs which permission, and whose books a reader may see on it.

Every view says what it needs with `needs`; the shell's middleware refuses a view that says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest
from django.utils import timezone

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company, User
from huikuan.mechanisms.identity.queries import companies_with

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


def may(request: HttpRequest, permission: Permission | str | None) -> bool:
    """Whether the reader may do this for some company."""
    return permission == LOGGED_IN or (
        isinstance(permission, Permission) and _companies(request, permission) != frozenset()
    )


def visible_companies(request: HttpRequest) -> frozenset[int] | None:
    """The companies of which the reader may see anything on this page; None: every one."""
    return _companies(request, _of_page(request))


def _companies(request: HttpRequest, permission: Permission) -> frozenset[int] | None:
    """Asked once per request and permission."""
    known: dict[Permission, frozenset[int] | None] = request.__dict__.setdefault("_companies", {})
    if permission not in known:
        user = request.user
        signed_in = isinstance(user, User)
        known[permission] = companies_with(user.username, permission, at=timezone.now()) if signed_in else frozenset()
    return known[permission]


def companies_offered(request: HttpRequest) -> list[Company]:
    """The same as rows, by code."""
    visible = visible_companies(request)
    companies = Company.objects.order_by("code")
    return list(companies if visible is None else companies.filter(pk__in=visible))


def may_see(request: HttpRequest, company_id: int) -> bool:
    """Whether the reader may see this company's ledger; what is not theirs is answered as not there."""
    visible = visible_companies(request)
    return visible is None or company_id in visible


def _of_page(request: HttpRequest) -> Permission:
    """What the page needs; on pages for anybody logged in the frame goes by the ledger."""
    match = request.resolver_match
    declared = needed(match.func, request.method or "GET") if match else None
    return declared if isinstance(declared, Permission) else Permission.VIEW_LEDGER


def permitted_companies(request: HttpRequest, permission: Permission) -> frozenset[int] | None:
    """The companies for which the reader may do this; None: every one."""
    return _companies(request, permission)


def may_for(request: HttpRequest, permission: Permission, company_id: int) -> bool:
    """Whether the reader may do this for the company."""
    companies = permitted_companies(request, permission)
    return companies is None or company_id in companies
