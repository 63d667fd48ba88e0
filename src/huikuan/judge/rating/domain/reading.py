"""A scorecard document read into a `Scorecards`, or everything that is wrong with it, each with its place.

Numbers that need not be whole are written as text ("0.95"): documents hold no floats.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from huikuan.judge.rating.domain.factors import FACTORS, Factor
from huikuan.judge.rating.domain.scorecard import Band, Bin, Card, Choice, Cut, KnockOut, Line, Scorecards

_WHOLE = 100
_MOST_MONTHS = 120
_STATUSES = ("customer", "prospect")
_VALUE_CLASSES = ("key", "strategic", "ordinary", "")
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong where: `code` names the sentence, `fix` is what would do."""

    place: str
    code: str
    value: str = ""
    fix: str = ""


@dataclass(slots=True)
class _Notes:
    problems: list[Problem] = field(default_factory=list)

    def add(self, place: str, code: str, value: object = "", fix: str = "") -> None:
        self.problems.append(Problem(place, code, str(value), fix))


def read(document: Mapping[str, Any]) -> Scorecards:
    """The policy of a document without problems."""
    found, problems = _read(document)
    if problems:
        raise ValueError(f"{problems[0].place}: {problems[0].code}")  # a policy is checked before it is drafted
    return found


def problems(document: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with a document, in its order."""
    return _read(document)[1]


def _read(document: Mapping[str, Any]) -> tuple[Scorecards, list[Problem]]:
    notes = _Notes()
    _fields("", document, {"grades", "choice", "cards"}, set(), notes)
    bands = _bands(_list(document, "grades", "grades", notes), notes)
    grades = [band.grade for band in bands]
    cards: dict[str, Card] = {}
    given = document.get("cards")
    if not isinstance(given, Mapping) or not given:
        notes.add("cards", "section_missing")
        given = {}
    for name, body in given.items():
        cards[name] = _card(f"cards.{name}", name, body, grades, notes)
    choices = _choices(_list(document, "choice", "choice", notes), cards, notes)
    return Scorecards(cards, tuple(choices), tuple(bands)), notes.problems


# Grades ---------------------------------------------------------------------------------------------


def _bands(rows: Sequence[Any], notes: _Notes) -> list[Band]:
    """Best first. Together they have to hold every score from 0 to 100 once."""
    bands = []
    before = len(notes.problems)
    for place, row in _numbered("grades", rows, notes):
        _fields(place, row, {"grade", "from", "to", "review_months"}, set(), notes)
        grade = _name(row, "grade", place, notes)
        low, high = (_whole(row, name, place, (0, _WHOLE), notes) for name in ("from", "to"))
        months = _whole(row, "review_months", place, (1, _MOST_MONTHS), notes)
        bands.append(Band(grade, low, high, months))
    bands.sort(key=lambda band: (-band.low, -band.high))
    _once("grades", [band.grade for band in bands], notes)
    if bands and len(notes.problems) == before:
        edges = [(band.low, band.high) for band in reversed(bands)]
        if edges[0][0] != 0 or edges[-1][1] != _WHOLE:
            notes.add("grades", "bands_do_not_reach", f"{edges[0][0]} … {edges[-1][1]}", "0 … 100")
        for (low, high), (after, _) in pairwise(edges):
            if after != high + 1 or high < low:
                code = "bands_overlap" if after <= high else "bands_gap"
                notes.add("grades", code, f"{high} … {after}", f"{high} … {high + 1}")
    return bands


# Which card for whom --------------------------------------------------------------------------------


def _choices(rows: Sequence[Any], cards: Mapping[str, Card], notes: _Notes) -> list[Choice]:
    choices = []
    for place, row in _numbered("choice", rows, notes):
        _fields(place, row, {"card"}, {"status", "value_class"}, notes)
        card = str(row.get("card"))
        if card not in cards:
            notes.add(f"{place}.card", "card_unknown", card, ", ".join(cards))
        statuses = _among(row, "status", place, _STATUSES, notes)
        classes = _among(row, "value_class", place, _VALUE_CLASSES, notes)
        choices.append(Choice(card, statuses, classes))
    for number, choice in enumerate(choices[:-1], 1):
        if not (choice.statuses or choice.value_classes):
            notes.add(f"choice[{number}]", "choice_hides_the_next", choice.card)
    if choices and (choices[-1].statuses or choices[-1].value_classes):
        notes.add(f"choice[{len(choices)}]", "choice_leaves_some_out", choices[-1].card)
    return choices


# Cards ----------------------------------------------------------------------------------------------


def _card(place: str, name: str, body: Any, grades: Sequence[str], notes: _Notes) -> Card:
    if not isinstance(body, Mapping):
        notes.add(place, "section_missing")
        return Card(name, (), (), 0)
    _fields(place, body, {"factors", "needs"}, {"knock_outs"}, notes)
    if not name or len(name) > _LONGEST_NAME:
        notes.add(place, "name_bad", name)
    lines = [
        _line(at, row, notes)
        for at, row in _numbered(f"{place}.factors", _list(body, "factors", f"{place}.factors", notes), notes)
    ]
    _once(f"{place}.factors", [line.factor for line in lines], notes)
    weight = sum(line.most for line in lines)
    if lines and weight != _WHOLE:
        notes.add(f"{place}.factors", "weights_sum", weight, str(_WHOLE))
    rows = body.get("knock_outs", [])
    knock_outs = [_knock_out(at, row, grades, notes) for at, row in _numbered(f"{place}.knock_outs", rows, notes)]
    return Card(name, tuple(lines), tuple(knock_outs), _whole(body, "needs", place, (0, _WHOLE), notes))


def _line(place: str, row: Mapping[str, Any], notes: _Notes) -> Line:
    _fields(place, row, {"factor", "points", "bins"}, {"missing", "months"}, notes)
    factor = _factor(row, place, notes)
    most = _whole(row, "points", place, (1, _WHOLE), notes)
    missing = None if row.get("missing") is None else _whole(row, "missing", place, (0, most), notes)
    bins = []
    for at, one in _numbered(f"{place}.bins", _list(row, "bins", f"{place}.bins", notes), notes):
        _fields(at, one, {"points"}, {"from", "to", "is"}, notes)
        bins.append(Bin(_cut(at, one, factor, notes), _whole(one, "points", at, (0, most), notes)))
    if factor and bins:
        _cover(f"{place}.bins", factor, [one.cut for one in bins], notes)
    if bins and max(one.points for one in bins) != most:
        notes.add(f"{place}.bins", "points_never_full", max(one.points for one in bins), str(most))
    return Line(factor.name if factor else "", most, tuple(bins), missing, _months(row, place, notes))


def _knock_out(place: str, row: Mapping[str, Any], grades: Sequence[str], notes: _Notes) -> KnockOut:
    _fields(place, row, {"factor", "grade"}, {"from", "to", "is", "months"}, notes)
    factor = _factor(row, place, notes)
    cut = _cut(place, row, factor, notes)
    if cut == Cut():
        notes.add(place, "knock_out_always")
    grade = str(row.get("grade"))
    if grade not in grades:
        notes.add(f"{place}.grade", "grade_unknown", grade, ", ".join(grades))
    return KnockOut(factor.name if factor else "", cut, grade, _months(row, place, notes))


def _cut(place: str, row: Mapping[str, Any], factor: Factor | None, notes: _Notes) -> Cut:
    if factor and factor.choices:
        for name in {"from", "to"} & set(row):
            notes.add(f"{place}.{name}", "choices_not_numbers", factor.name, ", ".join(factor.choices))
        return Cut(choices=_among(row, "is", place, factor.choices, notes))
    if "is" in row:
        notes.add(f"{place}.is", "numbers_not_choices", factor.name if factor else "")
    low, high = (_decimal(row, name, place, notes) for name in ("from", "to"))
    if low is not None and high is not None and low >= high:
        notes.add(place, "cut_empty", f"{low} … {high}")
    return Cut(low, high)


def _cover(place: str, factor: Factor, cuts: Sequence[Cut], notes: _Notes) -> None:
    """Every value has to fall into exactly one bin. A gap, or an overlap, stands against the lower edge of the bin
    above it."""
    if factor.choices:
        named = [choice for cut in cuts for choice in sorted(cut.choices)]
        _once(place, named, notes, code="bins_overlap")
        for choice in factor.choices:
            if choice not in named:
                notes.add(place, "bins_gap", choice)
        return
    first, last = Decimal("-Infinity"), Decimal("Infinity")
    edges = sorted(
        (first if cut.low is None else cut.low, last if cut.high is None else cut.high, f"{place}[{number}]")
        for number, cut in enumerate(cuts, 1)
    )
    for (_, high, before), (low, _, at) in pairwise([(first, first, ""), *edges, (last, last, "")]):
        if low != high:
            code = "bins_gap" if low > high else "bins_overlap"
            notes.add(f"{at}.from" if at else f"{before}.to", code, f"{_edge(high)} … {_edge(low)}")


# Fields ---------------------------------------------------------------------------------------------


def _fields(place: str, row: Mapping[str, Any], needed: set[str], more: set[str], notes: _Notes) -> None:
    for name in sorted(needed - set(row)):
        notes.add(_inside(place, name), "field_missing")
    for name in sorted(set(row) - needed - more):
        notes.add(_inside(place, name), "field_unknown", fix=", ".join(sorted(needed | more)))


def _list(row: Mapping[str, Any], name: str, place: str, notes: _Notes) -> list[Any]:
    value = row.get(name)
    if isinstance(value, list) and value:
        return value
    if name in row:
        notes.add(place, "list_needed")
    return []


def _numbered(place: str, rows: Any, notes: _Notes) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each row with its place, counted from 1 as people do."""
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        at = f"{place}[{number}]"
        if isinstance(row, Mapping):
            yield at, row
        else:
            notes.add(at, "section_missing")


def _whole(row: Mapping[str, Any], name: str, place: str, within: tuple[int, int], notes: _Notes) -> int:
    value = row.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and within[0] <= value <= within[1]:
        return value
    if name in row:
        notes.add(_inside(place, name), "whole_number_needed", value, f"{within[0]} … {within[1]}")
    return within[0]


def _decimal(row: Mapping[str, Any], name: str, place: str, notes: _Notes) -> Decimal | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    try:
        number = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        notes.add(_inside(place, name), "number_needed", value, '"0.95"')
        return None
    return number


def _months(row: Mapping[str, Any], place: str, notes: _Notes) -> int | None:
    return None if row.get("months") is None else _whole(row, "months", place, (1, _MOST_MONTHS), notes)


def _factor(row: Mapping[str, Any], place: str, notes: _Notes) -> Factor | None:
    name = row.get("factor")
    if isinstance(name, str) and name in FACTORS:
        return FACTORS[name]
    if "factor" in row:
        notes.add(f"{place}.factor", "factor_unknown", name, ", ".join(FACTORS))
    return None


def _among(row: Mapping[str, Any], name: str, place: str, known: Sequence[str], notes: _Notes) -> frozenset[str]:
    given = row.get(name, [])
    values = given if isinstance(given, list) else [given]
    for value in values:
        if value not in known:
            notes.add(f"{place}.{name}", "choice_unknown", value, ", ".join(filter(None, known)))
    return frozenset(value for value in values if isinstance(value, str))


def _name(row: Mapping[str, Any], name: str, place: str, notes: _Notes) -> str:
    value = row.get(name)
    if isinstance(value, str) and 0 < len(value) <= 10:
        return value
    if name in row:
        notes.add(f"{place}.{name}", "name_bad", value, "A")
    return ""


def _once(place: str, names: Sequence[str], notes: _Notes, code: str = "named_twice") -> None:
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        notes.add(place, code, name)


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _edge(value: Decimal) -> str:
    return f"{value:f}" if value.is_finite() else ("∞" if value > 0 else "−∞")
