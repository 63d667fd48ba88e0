"""Addresses that are only posted to: the page that says a refusal stands there, and so do the links of its frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from huikuan.mechanisms.pages.reading import address, reading_of

_View = Callable[..., HttpResponseBase]


def posted_from(page: str, *names: str, **query: str) -> Callable[[_View], _View]:
    """A view that takes a POST alone. Whoever opens its address instead, by a link of the page that a refusal shows or
    by a bookmark, is led to `page`, of the same reading. `names`: what of the address the page's own has, in order;
    `query`: the page's parameter → the name it has in the address. Other methods are not allowed."""

    def declare(view: _View) -> _View:
        @wraps(view)
        def either(request: HttpRequest, **places: Any) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, **places)
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
            own = reverse(page, args=[places[name] for name in names])
            more = {parameter: places[name] for parameter, name in query.items()}
            return HttpResponseRedirect(address(own, reading_of(request), **more))

        return either

    return declare
