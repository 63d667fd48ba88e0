"""One canonical form, however it is computed: row by row, over a frame, from the database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huikuan.mechanisms.audit import frames
from huikuan.mechanisms.audit.domain.canonical import canonical, document
from huikuan.mechanisms.audit.shapes import Shape

KINDS = {
    "id": "integer",
    "tx": "integer",
    "recorded_at": "instant",
    "amount": "integer",
    "day": "date",
    "flag": "boolean",
    "name": "text",
    "payload": "document",
    "print": "binary",
    "when": "instant",
    "added": "text",
    "newest": "integer",
}
SHAPE = Shape(
    table="example",
    kinds=KINDS,
    base=("amount", "day", "flag", "name", "payload", "print", "recorded_at", "when"),
    later=("added", "newest"),
    personal=(),
    fields={},
)
AT = datetime(2026, 11, 20, 2, 14, 0, 5, tzinfo=UTC)
EARLIEST, LATEST = (datetime.combine(day, time()) for day in (date(1, 1, 2), date(9999, 12, 30)))

texts = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ['"', "\\", "\x00", "\x1f", "\x7f", "\u2028", "null", "", " ", "，\n\t", "🙂", "'", "\\u0041", "a|b"]
)
instants = st.datetimes(min_value=EARLIEST, max_value=LATEST, timezones=st.just(UTC))
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
rows = st.fixed_dictionaries(
    {
        "id": st.integers(1, 2**63 - 1),
        "amount": st.none() | st.integers(-(2**63), 2**63 - 1),
        "day": st.none() | st.dates(),
        "flag": st.none() | st.booleans(),
        "name": st.none() | texts,
        "payload": st.none() | documents,
        "print": st.none() | st.binary(max_size=40),
        "when": st.none() | instants,
        "added": st.none() | texts,
        "newest": st.none() | st.integers(-5, 5),
    }
)


def frame_of(many: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            name: pl.Series(
                [
                    None if row[name] is None else document(row[name]) if kind == "document" else row[name]
                    for row in many
                ],
                dtype=frames.DTYPES[kind],
            )
            for name, kind in KINDS.items()
            if name not in ("tx", "recorded_at")
        }
    )


@given(st.lists(rows, min_size=1, max_size=6) | rows.map(lambda row: [row] * 3))
def test_a_frame_digests_as_its_rows_do(many: list[dict[str, Any]]) -> None:
    for row in many:
        row["recorded_at"] = AT
    facts = frames.complete(SHAPE, frame_of(many), AT)
    assert [text.encode() for text in frames.canonical_texts(SHAPE, facts)] == [SHAPE.canonical(row) for row in many]


@given(rows, rows)
def test_different_rows_have_different_forms(left: dict[str, Any], right: dict[str, Any]) -> None:
    left["recorded_at"] = right["recorded_at"] = AT
    # A document compares as JSON: in Python True equals 1.
    same = all(
        document(left[name]) == document(right[name]) if KINDS[name] == "document" else left[name] == right[name]
        for name in (*SHAPE.base, *SHAPE.later)
    )
    assert (SHAPE.canonical(left) == SHAPE.canonical(right)) is same


def test_the_form_is_what_the_documentation_says() -> None:
    row = {
        "amount": -1, "day": date(2026, 1, 2), "flag": True, "name": '华"澈', "payload": {"b": [1], "a": None},
        "print": b"\x00\xff", "recorded_at": AT, "when": None, "added": None, "newest": None,
    }  # fmt: skip
    assert (
        SHAPE.canonical(row).decode()
        == '[-1,"2026-01-02",true,"华\\"澈",{"a":null,"b":[1]},"00ff","2026-11-20T02:14:00.000005Z",null]'
    )


def test_a_later_column_counts_only_once_it_says_something() -> None:
    assert canonical([1], [None, None]) == canonical([1]) == b"[1]"
    assert canonical([1], [None, 2]) == b"[1,null,2]"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", 1.0), ("amount", True), ("day", AT), ("when", LATEST), ("name", 7),
        ("flag", 1), ("payload", {"rate": 0.1}), ("payload", {1: "x"}),
    ],
)  # fmt: skip
def test_what_two_databases_would_keep_differently_is_refused(name: str, value: object) -> None:
    with pytest.raises(TypeError, match=f"example.{name}"):
        SHAPE.plain(name, {name: value})
