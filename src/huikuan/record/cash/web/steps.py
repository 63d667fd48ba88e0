"""What somebody did on the workbench in this session, so that the last of it can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

#: In the session; the oldest are forgotten.
_NAME, _MOST = "cash_steps", 20


@dataclass(frozen=True, slots=True)
class Step:
    """Applications made (or uses set aside) by one press of the line, what was said of it, and what was suggested for
    its lines before; `step` counts from 1."""

    step: int
    line: int | None
    applications: tuple[int, ...]
    uses: tuple[int, ...]
    said: str
    suggested: tuple[dict[str, Any], ...]


def remember(
    request: HttpRequest,
    *,
    said: str,
    line: int | None = None,
    applications: Sequence[int] = (),
    uses: Sequence[int] = (),
    suggested: Sequence[dict[str, Any]] = (),
) -> None:
    """Note what was done."""
    steps = request.session.get(_NAME, [])
    number = steps[-1]["step"] + 1 if steps else 1
    steps.append(
        {
            **{"step": number, "line": line, "applications": list(applications), "uses": list(uses)},
            **{"said": said, "suggested": list(suggested)},
        }
    )
    request.session[_NAME] = steps[-_MOST:]


def last_step(request: HttpRequest) -> Step | None:
    """The last thing done and not taken back."""
    steps = request.session.get(_NAME, [])
    if not steps:
        return None
    last = steps[-1]
    return Step(
        last["step"], last["line"], tuple(last["applications"]), tuple(last["uses"]), last["said"],
        tuple(last["suggested"]),
    )  # fmt: skip


def forget_step(request: HttpRequest) -> None:
    """The last one was taken back."""
    request.session[_NAME] = request.session.get(_NAME, [])[:-1]
