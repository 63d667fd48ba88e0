"""What to say on the telephone: texts by grade and days late, with a closed list of placeholders and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

#: What a text may name, written like {customer}; all plain words made before. `document`, `amount`, `days` and `due`
#: are the oldest line's, `count` and `total` those of all that is asked for.
PLACEHOLDERS = ("customer", "contact", "document", "amount", "days", "due", "count", "total", "company")
LANGUAGES = ("zh-hans", "en")
LONGEST = 1_000
#: What a document may say of a script besides.
THREATENS = "threatens_supply"
_NAMED = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Script:
    """A text for customers of `grades` (none named: of any) whose oldest line is `from_days` to `until_days` late.
    `threatens_supply`: it says that supply will stop, which is nothing to say where it has stopped."""

    grades: tuple[str, ...]
    from_days: int
    until_days: int
    texts: Mapping[str, str]
    threatens_supply: bool = False


def scripts_of(document: Mapping[str, Any]) -> list[Script]:
    """Those of a document that passed the check."""
    return [
        Script(
            tuple(one["grades"]), one["from_days"], one["until_days"], {name: one[name] for name in LANGUAGES},
            one.get(THREATENS, False),
        )
        for one in document["scripts"]
    ]  # fmt: skip


def script_for(scripts: Iterable[Script], *, grade: str, days: int, supplied: bool = True) -> Script | None:
    """The first that is for this grade and so many days; whoever is not `supplied` any more is not threatened with
    it."""
    return next(
        (one for one in scripts
         if one.from_days <= days <= one.until_days and (not one.grades or grade in one.grades)
         and (supplied or not one.threatens_supply)),
        None,
    )  # fmt: skip


def unknown_placeholders(text: str) -> list[str]:
    """What a text names and nobody fills in; a lone brace is one, too."""
    rest = _NAMED.sub("", text)
    lone = ["{" if "{" in rest else "}"] if "{" in rest or "}" in rest else []
    return sorted({name for name in _NAMED.findall(text) if name not in PLACEHOLDERS}) + lone


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in, once: what a value holds is words, whatever it looks like. One without
    a value stays as a dash."""
    return _NAMED.sub(lambda found: values.get(found[1]) or "–", text)
