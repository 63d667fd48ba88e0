"""What people change about lists: views kept and forgotten, columns chosen."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.pages.access import LOGGED_IN, needs, scope_of
from huikuan.mechanisms.pages.lists import (
    LISTINGS,
    Listing,
    choose_columns,
    drop_view,
    save_view,
    sharable_company,
)
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.shell.messages import sentence
from huikuan.shell.web.acting import act
from huikuan.shell.web.proving import own_page


@needs(LOGGED_IN)
@require_POST
def keep(request: HttpRequest, name: str) -> HttpResponse:
    """Keep a list's conditions as a view, for oneself or for the company's people; then show it."""
    listing, user = _listing(name), _user(request)
    query = QueryDict(request.POST.get("query", "")).dict()
    company = sharable_company(request, reading_of(request)) if request.POST.get("shared") else None
    try:
        view = save_view(listing, user=user, title=request.POST.get("title", ""), query=query, company_id=company)
    except Refusal as refusal:
        messages.error(request, sentence(refusal.code, refusal.params))
        return HttpResponseRedirect(_back(request))
    messages.success(request, _("The view “%(title)s” was kept.") % {"title": view.title})
    return HttpResponseRedirect(address(reverse(listing.place), reading_of(request), **view.query))


@needs(LOGGED_IN)
@require_POST
def forget(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget a view of one's own, or of a company seen whole."""
    user, scope = _user(request), scope_of(request)
    return act(
        request,
        lambda: drop_view(view_id, user=user, scope=scope),
        done=_("The view was removed."),
        then=_back(request),
    )


@needs(LOGGED_IN)
@require_POST
def columns(request: HttpRequest, name: str) -> HttpResponse:
    """Show these columns of a list; the conditions stay as they are."""
    choose_columns(_listing(name), user=_user(request), shown=request.POST.getlist("shown"))
    return HttpResponseRedirect(_back(request))


def _listing(name: str) -> Listing:
    if name not in LISTINGS:
        raise Http404
    return LISTINGS[name]


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("the page is for those logged in")
    return request.user


def _back(request: HttpRequest) -> str:
    return own_page(request, request.POST.get("next", ""))
