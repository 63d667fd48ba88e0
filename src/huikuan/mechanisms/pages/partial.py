"""A page and its part: the same question answered whole, or as the piece that the page exchanges in place."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def is_partial(request: HttpRequest) -> bool:
    """Whether a page that stands asks for a piece of itself (htmx says so in a header)."""
    return request.headers.get("HX-Request") == "true"


def render_either(
    request: HttpRequest, whole: str, part: str, page: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Template `part` for a page that exchanges a piece of itself, `whole` for everybody else."""
    return render(request, part if is_partial(request) else whole, page, status=status)
