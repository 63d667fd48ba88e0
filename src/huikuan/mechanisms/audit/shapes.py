"""The shape of a fact table: its columns, their kinds and their canonical order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models

from huikuan.mechanisms.audit.domain.canonical import OUTSIDE, PLAIN, canonical
from huikuan.mechanisms.store.models import Fact

_KINDS: dict[type[models.Field[Any, Any]], str] = {
    models.IntegerField: "integer",
    models.BooleanField: "boolean",
    models.CharField: "text",
    models.TextField: "text",
    models.DateTimeField: "instant",
    models.DateField: "date",
    models.BinaryField: "binary",
    models.UUIDField: "uuid",
    models.JSONField: "document",
}


@dataclass(frozen=True)
class Shape:
    """`kinds`: every database column in declaration order with its kind; `base` and `later`: the
    columns a digest covers, in canonical order; `personal`: names kept in the erasable table."""

    table: str
    kinds: dict[str, str]
    base: tuple[str, ...]
    later: tuple[str, ...]
    personal: tuple[str, ...]
    fields: dict[str, models.Field[Any, Any]]

    def canonical(self, row: dict[str, Any]) -> bytes:
        """The canonical bytes of a whole row (column → Python value)."""
        return canonical((self.plain(name, row) for name in self.base), (self.plain(name, row) for name in self.later))

    def plain(self, name: str, row: dict[str, Any]) -> Any:
        value = row[name]
        try:
            return None if value is None else PLAIN[self.kinds[name]](value)
        except (TypeError, ValueError) as error:
            raise TypeError(f"{self.table}.{name}: {error}") from error


@cache
def shape_of(model: type[Fact]) -> Shape:
    """The shape of `model`'s table."""
    fields = {str(field.column): field for field in model._meta.concrete_fields}
    covered = [name for name in fields if name not in OUTSIDE and name not in model.later]
    return Shape(
        table=model._meta.db_table,
        kinds={name: _kind(field) for name, field in fields.items()},
        base=tuple(sorted(covered)),
        later=tuple(model.later),
        personal=tuple(model.personal),
        fields=fields,
    )


def _kind(field: models.Field[Any, Any]) -> str:
    for known, kind in _KINDS.items():
        if isinstance(field, known):
            return kind
    raise TypeError(f"a fact cannot keep {field!r}: exact in both databases are integers, text, dates, bytes")
