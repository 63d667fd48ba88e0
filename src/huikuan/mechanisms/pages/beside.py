"""What a context above says on a page of a context below: it registers how, the page asks without knowing whom.

`say_beside("contracts.order", panel)` at start-up; `beside("contracts.order", request, number)` in the view.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.http import HttpRequest
from django.utils.safestring import SafeString

#: Of what the page is about, by its number, as the reader of the request sees it; '' where there is nothing to say.
Panel = Callable[[HttpRequest, int], SafeString]

#: The same of a list of many, by their numbers; one without anything to say is left out. Asked once for all of them.
Marks = Callable[[HttpRequest, Sequence[int]], Mapping[int, SafeString]]

_PANELS: dict[str, list[Panel]] = {}
_MARKS: dict[str, list[Marks]] = {}


def say_beside(page: str, panel: Panel) -> None:
    """Have the page show the panel, after those that were registered before."""
    if panel not in _PANELS.setdefault(page, []):
        _PANELS[page].append(panel)


def beside(page: str, request: HttpRequest, number: int) -> list[SafeString]:
    """The panels of the page that have something to say of this one."""
    return [said for panel in _PANELS.get(page, ()) if (said := panel(request, number))]


def say_beside_each(page: str, marks: Marks) -> None:
    """Have every row of the page's list show its mark, after those that were registered before."""
    if marks not in _MARKS.setdefault(page, []):
        _MARKS[page].append(marks)


def beside_each(page: str, request: HttpRequest, numbers: Sequence[int]) -> dict[int, list[SafeString]]:
    """What each of these has said beside it, [] where nobody has something to say."""
    said = [marks(request, numbers) for marks in _MARKS.get(page, ())]
    return {number: [those[number] for those in said if number in those] for number in numbers}
