"""Scorecards as the editor shows them: fields by their place in the document, with what is wrong beside each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huikuan.judge.rating.domain.editing import body_of, fields_of
from huikuan.judge.rating.domain.factors import FACTORS, GROUPS
from huikuan.judge.rating.domain.reading import Problem
from huikuan.judge.rating.messages import PROBLEMS
from huikuan.judge.rating.queries.drafts import DraftRow
from huikuan.judge.rating.telling import card_title, factor_title
from huikuan.judge.rating.web import words
from huikuan.mechanisms.pages.forms import Form

_LONGEST_NUMBER = 9


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the form. `place`: of its fields; `wrong`: what is wrong with it as a whole."""

    place: str
    title: str = ""
    wrong: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    unit: str = ""
    rows: tuple[Row, ...] = ()

    @property
    def last(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Frame:
    """Grades and choices, each row with its fields; `cards`, `statuses` and `classes` are what a choice may name."""

    form: Form
    grades: tuple[Row, ...]
    choices: tuple[Row, ...]
    cards: tuple[tuple[str, str], ...]
    statuses: tuple[str, ...] = tuple(words.STATUSES)
    classes: tuple[str, ...] = tuple(words.CLASSES)


class Card:
    """A card in the list of a draft."""

    def __init__(self, name: str, body: Mapping[str, Any], draft: DraftRow) -> None:
        lines = _rows(body, "factors")
        self.name = name
        self.factors = len(lines)
        self.points = sum(one["points"] for one in lines if isinstance(one.get("points"), int))
        self.needs = body.get("needs") if isinstance(body, Mapping) else None
        self.problems = len(problems_within(draft, f"cards.{name}"))


@dataclass(frozen=True, slots=True)
class CardForm:
    """A card's fields: its lines with their bins, and its knock-outs."""

    form: Form
    lines: tuple[Row, ...]
    knock_outs: tuple[Row, ...]
    points: int
    wrong: tuple[str, ...]


def of_frame(document: Mapping[str, Any], wrong: Mapping[str, str]) -> Frame:
    body = {name: document.get(name, []) for name in ("grades", "choice")}
    grades, choices = (
        tuple(Row(f"{name}[{number}]") for number in range(1, len(_rows(body, name)) + 1)) for name in body
    )
    cards = tuple((name, card_title(name)) for name in document.get("cards", {}))
    return Frame(Form(fields_of(body), dict(wrong)), grades, choices, cards)


def of_card(body: Mapping[str, Any], wrong: Mapping[str, str]) -> CardForm:
    fields = fields_of(body)
    shown = body_of(fields)
    lines = [_line(f"factors[{number}]", one, wrong) for number, one in enumerate(_rows(shown, "factors"), 1)]
    outs = [_row(f"knock_outs[{number}]", one, wrong) for number, one in enumerate(_rows(shown, "knock_outs"), 1)]
    points = sum(one["points"] for one in _rows(shown, "factors") if isinstance(one.get("points"), int))
    return CardForm(Form(fields, dict(wrong)), tuple(lines), tuple(outs), points, _said(wrong, "factors"))


def _line(place: str, line: Mapping[str, Any], wrong: Mapping[str, str]) -> Row:
    row = _row(place, line, wrong)
    bins = []
    for number, one in enumerate(_rows(line, "bins"), 1):
        at = f"{place}.bins[{number}]"
        answers = one.get("is", [])
        bins.append(Row(at, answers[0] if answers and isinstance(answers, list) else "", _said(wrong, at)))
    wholes = (*row.wrong, *_said(wrong, f"{place}.bins"))
    return Row(place, row.title, wholes, row.choices, row.unit, tuple(bins))


def _row(place: str, row: Mapping[str, Any], wrong: Mapping[str, str]) -> Row:
    name = str(row.get("factor", ""))
    factor = FACTORS.get(name)
    unit = _(words.UNITS.get(factor.unit, "")) if factor and words.UNITS.get(factor.unit) else ""
    return Row(place, factor_title(name), _said(wrong, place), factor.choices if factor else (), unit)


def _said(wrong: Mapping[str, str], place: str) -> tuple[str, ...]:
    return (wrong[place],) if place in wrong else ()


def problems_within(draft: DraftRow, place: str) -> dict[str, str]:
    """Field → what is wrong with it, of the draft's part at `place` ('': all of it)."""
    return told(draft.problems, place)


def told(found: Sequence[Problem], place: str) -> dict[str, str]:
    """The same of these problems, the first of each field."""
    prefix = f"{place}." if place else ""
    said: dict[str, str] = {}
    for one in found:
        if one.place.startswith(prefix):
            rest = one.place.removeprefix(prefix)
            said.setdefault(rest, " ".join(filter(None, (_(PROBLEMS[one.code]), one.value and f"({one.value})"))))
        elif one.place == place:
            said.setdefault("", _(PROBLEMS[one.code]))
    return said


def stated(form: Form, names: Sequence[str]) -> dict[str, Any]:
    """The typed lists of the document; one without rows is empty."""
    body = body_of(form.typed)
    return {name: body[name] if isinstance(body.get(name), list) else [] for name in names}


def deed_of(form: Form) -> tuple[str, str, str]:
    """What the pressed button asks for: deed, place, and the name chosen beside an `add`."""
    deed, _colon, place = form.text("do").partition(":")
    return deed, place, form.text(f"add-{place}")


def groups() -> list[tuple[str, list[tuple[str, str]]]]:
    """The factors to choose from, by their kind of knowledge."""
    return [
        (_(words.GROUPS[group]), [(name, factor_title(name)) for name, one in FACTORS.items() if one.group == group])
        for group in GROUPS
    ]


def number_in(text: str) -> int:
    """A number of a form; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0


def _rows(owner: Any, name: str) -> list[Any]:
    rows = owner.get(name) if isinstance(owner, Mapping) else None
    return [one for one in rows if isinstance(one, Mapping)] if isinstance(rows, list) else []
