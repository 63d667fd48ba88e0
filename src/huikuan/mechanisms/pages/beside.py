"""What a context above says on a page of a context below: it registers how, the page asks without knowing whom.

`say_beside("contracts.order", panel)` at start-up; `beside("contracts.order", request, number)` in the view.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString

#: Of what the page is about, by its number, as the reader of the request sees it; '' where there is nothing to say.
Panel = Callable[[HttpRequest, int], SafeString]

_PANELS: dict[str, list[Panel]] = {}


def say_beside(page: str, panel: Panel) -> None:
    """Have the page show the panel, after those that were registered before."""
    if panel not in _PANELS.setdefault(page, []):
        _PANELS[page].append(panel)


def beside(page: str, request: HttpRequest, number: int) -> list[SafeString]:
    """The panels of the page that have something to say of this one."""
    return [said for panel in _PANELS.get(page, ()) if (said := panel(request, number))]
