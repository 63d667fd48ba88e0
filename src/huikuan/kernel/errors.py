"""Refusals: the one error users see. A refusal says what, where and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where a refusal applies. `row` counts as the user's program shows it (header = row 1)."""

    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    reason: str = ""
    fix: str = ""

    def as_json(self) -> dict[str, str | int | None]:
        return {name: getattr(self, name) for name in ("file", "row", "column", "value", "reason", "fix")}


class Refusal(Exception):
    """A request that was understood and declined; nothing was written.

    `code` is a stable identifier (see huikuan.shell.messages for its sentence in each language),
    `params` fill the sentence, `where` lists the places at fault; `also` is what else the command's
    JSON says beside the error (plain values).
    """

    def __init__(self, code: str, *, where: Sequence[Place] = (), **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
        self.where = list(where)
        self.also: dict[str, object] = {}

    def __str__(self) -> str:
        given = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code}({given})" if given else self.code
