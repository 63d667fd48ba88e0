"""Two people at the same record: what the first changed is shown to the second, whose typing stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from huikuan.mechanisms.pages.forms import Form, group_of, merged, touched
from huikuan.record.contracts.queries.progress import OrderVersion
from huikuan.record.contracts.queries.terms import Amendment

#: Cells a row carries for the program.
_UNSEEN = ("-code", "-number")


@dataclass(frozen=True, slots=True)
class State:
    """A version of the record: its fields as they would be typed, and by group to be read."""

    typed: Mapping[str, str]
    told: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What others changed since the form was opened: the versions, and each group as it was, is, and was typed here
    (None: it was left alone here)."""

    by: Sequence[Amendment] | Sequence[OrderVersion]
    changed: Sequence[tuple[str, str, str, str | None]]


def version_opened(form: Form, now: int) -> int:
    """The version the form was opened at; what is none of ours counts as the one that stands."""
    text = form.text("version")
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
    return number if 1 <= number <= now else now


def carry_over(
    form: Form,
    before: State,
    now: State,
    *,
    titles: Mapping[str, str],
    by: Sequence[Amendment] | Sequence[OrderVersion],
) -> Meanwhile:
    """Carry the form over to the version that now stands, and say what others changed."""
    mine = touched(form.typed, before.typed)
    changed = [
        (_(title), before.told[group], now.told[group], _shown(form, group) if group in mine else None)
        for group, title in titles.items()
        if before.told[group] != now.told[group]
    ]
    form.typed = merged(form.typed, before.typed, now.typed) | {"version": str(by[-1].number)}
    return Meanwhile(by, changed)


def _shown(form: Form, group: str) -> str:
    """What was typed of a group, to be read: a row to a line."""
    rows: dict[str, list[str]] = {}
    for name, value in form.typed.items():
        if group_of(name) == group and value and not name.endswith(_UNSEEN):
            rows.setdefault(name.rpartition("-")[0], []).append(value)
    return "\n".join(" ".join(cells) for cells in rows.values())
