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


def needs(permission: Permission | str) -> Callable[[_View], _View]:
    """Declare what a view needs: a permission, or LOGGED_IN."""

    def declare(view: _View) -> _View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def needed(view: Callable[..., Any]) -> Permission | str | None:
    """What the view declared; None: nothing, so nobody may open it."""
    declared: Permission | str | None = getattr(view, "permission", None)
    return declared


def visible_companies(request: HttpRequest) -> frozenset[int] | None:
    """The companies whose ledger the reader may see; None: every one. Asked once per request."""
    if not hasattr(request, "_visible"):
        request._visible = _companies(request.user, Permission.VIEW_LEDGER)  # type: ignore[attr-defined]
    found: frozenset[int] | None = request._visible  # type: ignore[attr-defined]
    return found


def permitted_companies(request: HttpRequest, permission: Permission) -> frozenset[int] | None:
    """The companies for which the reader may do this; None: every one. Asked once per request."""
    if permission == Permission.VIEW_LEDGER:
        return visible_companies(request)
    if not hasattr(request, "_permitted"):
        request._permitted = {}  # type: ignore[attr-defined]
    known: dict[Permission, frozenset[int] | None] = request._permitted  # type: ignore[attr-defined]
    if permission not in known:
        known[permission] = _companies(request.user, permission)
    return known[permission]


def may_for(request: HttpRequest, permission: Permission, company_id: int) -> bool:
    """Whether the reader may do this for the company."""
    companies = permitted_companies(request, permission)
    return companies is None or company_id in companies


def companies_offered(request: HttpRequest) -> list[Company]:
    """The same as rows, by code."""
    visible = visible_companies(request)
    companies = Company.objects.order_by("code")
    return list(companies if visible is None else companies.filter(pk__in=visible))


def may_see(request: HttpRequest, company_id: int) -> bool:
    """Whether the reader may see this company's ledger; what is not theirs is answered as not there."""
    visible = visible_companies(request)
    return visible is None or company_id in visible


def _companies(user: Any, permission: Permission) -> frozenset[int] | None:
    if not isinstance(user, User):
        return frozenset()
    return companies_with(user.username, permission, at=timezone.now())
