"""Addresses that are only posted to: the page that says a refusal stands there, and so do the links of its frame."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect, QueryDict, UnreadablePostError
from django.http.response import HttpResponseBase
from django.urls import reverse

_LONGEST_VALUE, _LONGEST_QUERY = 1_000, 10_000

_View = Callable[..., HttpResponseBase]


def posted_from(page: str, *names: str, **query: str) -> Callable[[_View], _View]:
    """A view that takes a POST alone. Whoever opens its address instead, by a link of the page that a refusal shows or
    by a bookmark, is led to `page` with all that was asked. `names`: what of the address the page's own has, in order;
    `query`: the page's parameter → the name it has in the address, where nothing else is asked for it. Other methods
    are not allowed."""

    def declare(view: _View) -> _View:
        @wraps(view)
        def either(request: HttpRequest, **places: Any) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD", "POST"):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            own = reverse(page, args=[places[name] for name in names])
            stands_at(request, own, **{parameter: str(places[name]) for parameter, name in query.items()})
            if request.method == "POST":
                return view(request, **places)
            return HttpResponseRedirect(shown_at(request))

        return either

    return declare


def stands_at(request: HttpRequest, path: str, **query: str) -> None:
    """Say that what this address shows, if a refusal has it show a page, is the page of `path`; `query`: what its
    address asks for where nothing else is."""
    request._stands_at = path, query  # type: ignore[attr-defined]


def shown_at(request: HttpRequest, without: Collection[str] = (), **changes: str) -> str:
    """The address of the page that is shown, its query `without` some names and with some changed: the request's own,
    or the one it `stands_at`."""
    path, _own = _standing(request)
    query = asked_of(request)
    for name in (*without, *changes):
        query.pop(name, None)
    query.update(changes)
    return f"{path}?{query.urlencode()}" if query else str(path)


def asked_of(request: HttpRequest) -> QueryDict:
    """The query of the page that is shown; of one that a refusal shows, as the form that was sent said it (`back`)."""
    _path, own = _standing(request)
    query = query_sent(request) if "back" in request.POST else request.GET.copy()
    for name, value in own.items():
        query.setdefault(name, value)
    return query


def query_sent(request: HttpRequest) -> QueryDict:
    """The query of the page a form was sent from, as the form says it (`back`)."""
    return QueryDict(request.POST.get("back", ""), mutable=True)


def check_sent(request: HttpRequest) -> None:
    """`check_query` of the query a form says it was sent from; endless ones, too: each link of a page repeats it."""
    try:
        sent = request.POST
    except UnreadablePostError:
        raise BadRequest from None
    if len(sent.get("back", "")) > _LONGEST_QUERY:
        raise BadRequest
    check_query(query_sent(request))


def check_query(query: QueryDict) -> None:
    """Answers 400 to what no page of ours asks: NUL characters, endless values."""
    for name, several in query.lists():
        if any("\0" in text or len(text) > _LONGEST_VALUE for text in (name, *several)):
            raise BadRequest


def _standing(request: HttpRequest) -> tuple[str, dict[str, str]]:
    found: tuple[str, dict[str, str]] = getattr(request, "_stands_at", (request.path, {}))
    return found
