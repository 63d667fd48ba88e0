"""What collecting tells of a customer, in the words its own desk has for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from huikuan.act.collection.web.desk_words import told
from huikuan.mechanisms.identity.queries import shown_names
from huikuan.see.dossiers.queries.timeline import Event


def in_words(events: Sequence[Event], *, machinery: bool) -> list[Event]:
    """The events; of those of collecting the fact is how the entry is told. Who did it is asked once for all;
    `machinery`: whether the reader is told commands by their own names."""
    collecting = [one for one in events if one.kind == "collecting"]
    names = shown_names({one.actor for one in collecting}, machinery=machinery) if collecting else {}
    worded = iter(told([one.fact for one in collecting], names))
    return [replace(one, fact=next(worded)) if one.kind == "collecting" else one for one in events]
