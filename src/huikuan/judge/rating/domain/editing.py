"""A scorecard document as fields of a form, read back, and the few deeds that change its rows.

A field is named by its place in the document, as its problems are: `factors[2].bins[1].from`. Shares are shown in per
cent. What cannot be read stays as it was typed; `domain.reading` then says what is wrong with it, at the same place.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from huikuan.judge.rating.domain.factors import FACTORS

Body = dict[str, Any]

#: Whole numbers by their field's name; `from` and `to` of grades are, those of bins are not.
_WHOLE = frozenset({"points", "missing", "months", "needs", "review_months"})
_EDGES = ("from", "to")
#: Fields that are lists of answers, each a box to tick; '-' stands for the empty answer.
_LISTS = ("is", "status", "value_class")
_NONE = "-"
_TICKED = "on"
_STEP = re.compile(r"([a-z_]+)(?:\[(\d{1,3})\])?")
_PLACE = re.compile(r"^(?:(?P<within>.*)\.)?(?P<name>[a-z_]+)\[(?P<number>\d{1,3})\]$")
#: A line that was just added: nobody has weighed it yet.
_WEIGHT = 5
_PERCENT = Decimal(100)


# Document → fields --------------------------------------------------------------------------------


def fields_of(body: Mapping[str, Any]) -> dict[str, str]:
    """Field → text, of a card, or of the grades and choices."""
    return dict(_flat(_one_answer_a_bin(body), "", ""))


def _flat(value: Any, place: str, factor: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        factor = str(value.get("factor", factor))
        for name, inner in value.items():
            yield from _flat(inner, f"{place}.{name}" if place else str(name), factor)
    elif isinstance(value, list):
        ticks = place.rpartition(".")[2] in _LISTS
        for number, inner in enumerate(value, 1):
            if ticks:
                yield f"{place}.{inner or _NONE}", _TICKED
            else:
                yield from _flat(inner, f"{place}[{number}]", factor)
    elif value is not None:
        edge = place.rpartition(".")[2] in _EDGES
        yield place, _in_percent(value) if edge and _share(factor) else str(value)


def _one_answer_a_bin(body: Mapping[str, Any]) -> Body:
    """Bins of answers one by one, every answer once: of those no bin holds the points are not stated."""
    found = copy.deepcopy(dict(body))
    for line in _rows(found, "factors"):
        factor = FACTORS.get(str(line.get("factor")))
        if factor is None or not factor.choices:
            continue
        points = {answer: one.get("points") for one in _rows(line, "bins") for answer in _answers(one)}
        line["bins"] = [{"is": [answer], "points": points.get(answer)} for answer in factor.choices]
    return found


def _answers(row: Mapping[str, Any]) -> list[str]:
    given = row.get("is", [])
    return [str(one) for one in given] if isinstance(given, list) else [str(given)]


# Fields → document --------------------------------------------------------------------------------


def body_of(typed: Mapping[str, str]) -> Body:
    """The document of these fields, rows in the order of their numbers; empty fields are not stated."""
    tree: Body = {}
    for name, text in typed.items():
        steps = _steps(name)
        if steps and text != "":
            _put(tree, steps, unicodedata.normalize("NFKC", text).strip())
    return {name: _read(value, name, "") for name, value in tree.items()}


def _steps(name: str) -> list[str | int] | None:
    """`factors[2].bins[1].from` → factors, 2, bins, 1, from; None for a field that is none of the document's."""
    found: list[str | int] = []
    for part in name.split("."):
        one = _STEP.fullmatch(part)
        if one is None and part != _NONE:
            return None
        found.append(one[1] if one else part)
        if one and one[2]:
            found.append(int(one[2]))
    return found


def _put(tree: Body, steps: list[str | int], text: str) -> None:
    here: Any = tree
    for step in steps[:-1]:
        here = here.setdefault(step, {})
        if not isinstance(here, dict):
            return
    here[steps[-1]] = text


def _read(value: Any, name: str, factor: str) -> Any:
    if not isinstance(value, dict):
        return _leaf(value, name, factor)
    if name in _LISTS:
        return ["" if answer == _NONE else answer for answer in value]
    numbers = [key for key in value if isinstance(key, int)]
    if numbers:
        return [_read(value[key], "", factor) for key in sorted(numbers)]
    factor = str(value.get("factor", factor))
    return {inner: _read(one, str(inner), factor) for inner, one in value.items()}


def _leaf(text: str, name: str, factor: str) -> Any:
    if name in _WHOLE or (name in _EDGES and not factor):
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
    if name in _EDGES and _share(factor):
        return _from_percent(text)
    return text


def _share(factor: str) -> bool:
    return factor in FACTORS and FACTORS[factor].unit == "share"


def _in_percent(value: Any) -> str:
    number = _number(str(value))
    return str(value) if number is None else _plain(number * _PERCENT)


def _from_percent(text: str) -> str:
    number = _number(text.removesuffix("%"))
    return text if number is None else _plain(number / _PERCENT)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal("1e15") else None


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


# Deeds --------------------------------------------------------------------------------------------


def edited(body: Mapping[str, Any], deed: str, place: str, name: str = "") -> Body:
    """The document after a deed: `drop` a row, move it `up` or `down`, or `add` one to the list at `place` (of factors
    and knock-outs the one called `name`). What cannot be done changes nothing."""
    found = copy.deepcopy(dict(body))
    if deed == "add":
        _add(found, place, name)
        return found
    one = _PLACE.match(place)
    owner = _at(found, one["within"] or "") if one else None
    if one is None or not isinstance(owner, dict):
        return found
    rows, at = _rows(owner, one["name"]), int(one["number"]) - 1
    if not 0 <= at < len(rows):
        return found
    if deed == "drop":
        _drop(rows, at, bins=one["name"] == "bins")
    elif deed in ("up", "down"):
        other = at - 1 if deed == "up" else at + 1
        if 0 <= other < len(rows):
            rows[at], rows[other] = rows[other], rows[at]
    return found


def _add(body: Body, place: str, name: str) -> None:
    within, _, rows = place.rpartition(".")
    owner = _at(body, within)
    if not isinstance(owner, dict):
        return
    row = _begun(rows, name, owner)
    if row is not None and isinstance(owner.setdefault(rows, []), list):
        owner[rows].append(row)


def _begun(rows: str, name: str, owner: Body) -> Body | None:
    """A new row of its kind; None where there is none."""
    if rows == "bins":
        return _next_bin(owner)
    if rows == "grades":
        return {}
    if rows == "choice":
        return {"card": name}
    if name not in FACTORS or rows not in ("factors", "knock_outs"):
        return None
    return _line(name) if rows == "factors" else {"factor": name}


def _line(name: str) -> Body:
    """A factor's line that waits to be weighed: full points for the first answer, or whatever the number."""
    bins: list[Body] = [{"is": [one], "points": 0} for one in FACTORS[name].choices] or [{"points": 0}]
    bins[0]["points"] = _WEIGHT
    return {"factor": name, "points": _WEIGHT, "missing": 0, "bins": bins}


def _next_bin(line: Body) -> Body:
    """It takes over the upper end of the last one, whose own upper edge then has to be said."""
    rows = _rows(line, "bins")
    upper = rows[-1].pop("to", None) if rows else None
    return {"points": 0} if upper is None else {"to": upper, "points": 0}


def _drop(rows: list[Body], at: int, *, bins: bool) -> None:
    """A bin's values fall to the next one, those of the last bin to the one before."""
    gone = rows.pop(at)
    if not bins or not rows:
        return
    edge, heir = ("from", rows[at]) if at < len(rows) else ("to", rows[-1])
    heir.pop(edge, None)
    if gone.get(edge) is not None:
        heir[edge] = gone[edge]


def _at(body: Body, place: str) -> Any:
    """What stands at the place; None: nothing does."""
    here: Any = body
    for step in _steps(place) or [] if place else []:
        if isinstance(step, int):
            here = here[step - 1] if isinstance(here, list) and 0 < step <= len(here) else None
        else:
            here = here.get(step) if isinstance(here, dict) else None
    return here


def _rows(owner: Body, name: str) -> list[Body]:
    """The rows of a list; what is none has none."""
    rows = owner.get(name)
    return rows if isinstance(rows, list) and all(isinstance(row, dict) for row in rows) else []
