"""Rows as lines: every value in a form that is the same on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from huikuan.mechanisms.identity.models import OpenSession
from huikuan.mechanisms.store.models import Epoch, Fact, IdCounter

_CHUNK = 2000

#: Counters are not copied but set anew, above everything restored.
_SET_ANEW = (Epoch, IdCounter)
#: Whoever is logged in is so here and not where a backup is restored; and a backup opens no session.
_LEFT_OUT = (OpenSession,)


def tables() -> list[type[models.Model]]:
    """Every table of the product, those referred to before those that refer to them."""
    ours = [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("huikuan.")
        for model in config.get_models()
        if model._meta.managed and not model._meta.proxy and model not in (*_SET_ANEW, *_LEFT_OUT)
    ]
    return sorted(ours, key=lambda model: str(model._meta.db_table))


def fact_tables() -> list[type[Fact]]:
    return [model for model in tables() if issubclass(model, Fact)]


def fields_of(model: type[models.Model]) -> list[Any]:
    return list(model._meta.concrete_fields)


def lines(model: type[models.Model]) -> Iterator[bytes]:
    """The rows of a table by primary key, a line each; streams inside the caller's snapshot."""
    names = [field.attname for field in fields_of(model)]
    rows = model._base_manager.order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=_CHUNK):
        yield json.dumps([_plain(value) for value in row], ensure_ascii=False, sort_keys=True).encode() + b"\n"


def instances(model: type[models.Model], columns: Sequence[str], source: Iterator[bytes]) -> Iterator[models.Model]:
    """The rows that `lines` wrote, as instances to be inserted."""
    fields = {field.attname: field for field in fields_of(model)}
    chosen = [fields[column] for column in columns]
    for line in source:
        values = zip(chosen, json.loads(line), strict=True)
        yield model(**{field.attname: _value(field, value) for field, value in values})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return str(value) if isinstance(value, UUID) else value


def _value(field: Any, value: Any) -> Any:
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, models.DateTimeField):
        return datetime.fromisoformat(value)
    if isinstance(field, models.DateField):
        return date.fromisoformat(value)
    if isinstance(field, models.BinaryField):
        return bytes.fromhex(value)
    return UUID(value) if isinstance(field, models.UUIDField) else value
