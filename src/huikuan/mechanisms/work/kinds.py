"""The register of kinds of work. The mechanism knows items, owners and deadlines; kinds live in contexts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Refusal

#: Every kind can end so; the other results say more.
DONE = "done"
DONE_TITLE = gettext_noop("done")


@dataclass(frozen=True, slots=True)
class About:
    """An item as its context is told of it."""

    kind: str
    key: str
    company_id: int | None
    customer_id: int | None
    shown: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WorkKind:
    """One kind of work.

    `role`: whose it is where no person is named; `escalates_to`: the role above, '' none; `days`: how long it may
    take where no day is named. `results`: code → title, besides `done`. `describe(about)` says in the reader's
    language why it waits, `address(about)` is the page where it is worked on. `called(about)`: the title
    (not translated) of an item that is more than the kind's says; '' where it is not.
    """

    name: str
    title: str
    role: str
    escalates_to: str
    days: int
    describe: Callable[[About], str]
    address: Callable[[About], str] | None = None
    results: Mapping[str, str] | None = None
    called: Callable[[About], str] | None = None

    def title_of(self, about: About) -> str:
        """What the item is called (not translated)."""
        return (self.called(about) if self.called else "") or self.title

    def result_titles(self) -> dict[str, str]:
        """Code → title (not translated) of every way to finish it, `done` first."""
        return {DONE: DONE_TITLE, **(self.results or {})}


_KINDS: dict[str, WorkKind] = {}


def register(kind: WorkKind) -> WorkKind:
    """Make `kind` known; a context calls this once at import of its `work` module."""
    _KINDS[kind.name] = kind
    return kind


def kind_named(name: str) -> WorkKind:
    """The kind of this name; refuses an unknown one."""
    if name not in _KINDS:
        raise Refusal("work_kind_unknown", kind=name, known=", ".join(sorted(_KINDS)))
    return _KINDS[name]


def kinds() -> list[WorkKind]:
    return sorted(_KINDS.values(), key=lambda kind: kind.name)
