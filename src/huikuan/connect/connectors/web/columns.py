"""The columns page: each column of the file with its first cells, what it was taken for, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from huikuan.connect.connectors.domain.choosing import Choice, fields_of
from huikuan.connect.connectors.domain.guessing import missing_fields
from huikuan.connect.connectors.domain.sheets import letter_of
from huikuan.connect.connectors.models import ImportDraft
from huikuan.connect.connectors.operations.drafts import choice_of
from huikuan.connect.connectors.presets import presets_of
from huikuan.connect.connectors.reasons import field_label
from huikuan.connect.connectors.web.people import shown
from huikuan.connect.connectors.web.telling import WHY, Told
from huikuan.mechanisms.identity.models import Company

#: From this confidence on a guess counts as sure.
_SURE = 0.9
_COLUMN = "column-"


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of the file. `tone`: sure, guessed, or none; `letter` as a spreadsheet program shows it."""

    place: int
    letter: str
    header: str
    field: str
    tone: str
    percent: int
    why: str
    is_key: bool


def choice_in(request: HttpRequest) -> Choice:
    """What the form says."""
    posted = request.POST
    headers = posted.getlist("header")
    chosen = {header: posted.get(f"{_COLUMN}{place}", "") for place, header in enumerate(headers)}
    keys = {int(place) for place in posted.getlist("key") if place.isascii() and place.isdigit() and len(place) < 5}
    return Choice(
        fields={header: field for header, field in chosen.items() if field},
        key=tuple(header for place, header in enumerate(headers) if place in keys),
        currency=posted.get("currency", "").strip(),
        terms=posted.get("terms", "").strip(),
        date_order=posted.get("date_order", "ymd"),
        unit=posted.get("unit", "1"),
    )


def page_of(
    draft: ImportDraft, choice: Choice | None = None, problem: Told | None = None, *, clear: bool
) -> dict[str, Any]:
    """Everything the page shows: the draft as it is, or a choice that was refused and why. `clear` false: of each
    cell no more than its beginning."""
    choice = choice or choice_of(draft)
    sample = draft.sample
    given = {
        *choice.fields.values(),
        *(["due_date"] if choice.terms else []),
        *(["document_number"] * bool(choice.key)),
    }
    company = Company.objects.get(pk=draft.company_id)
    rows = [_row(draft, choice, place, header) for place, header in enumerate(sample["headers"])]
    return {
        "draft": draft,
        "draft_company": company,
        "problem": problem,
        "choice": choice,
        "columns": rows,
        "lines": [(line[0], shown(line[1:], clear=clear)) for line in sample["lines"]],
        "fields": [(name, field_label(name)) for name in fields_of(draft.kind)],
        "missing": [field_label(name) for name in missing_fields(draft.kind, given)],
        "sure": sum(row.tone == "sure" for row in rows),
        "guessed": sum(row.tone == "guessed" for row in rows),
        "unused": sum(row.tone == "none" for row in rows),
        "presets": _presets(draft, company),
        "has_items": draft.kind not in ("customers", "contacts"),
        "has_dates": draft.kind != "customers",
        "wants_terms": draft.kind in ("items", "open-items"),
        "date_orders": _date_orders(),
        "day": draft.as_of.isoformat() if draft.as_of else "",
    }


def _row(draft: ImportDraft, choice: Choice, place: int, header: str) -> ColumnRow:
    field = choice.fields.get(header, "")
    guessed = draft.sample.get("guessed", {}).get(header)
    by_guess = bool(guessed and guessed[0] == field)
    sure = not by_guess or guessed[1] >= _SURE
    why = _("chosen") if field else ""
    if by_guess and field:
        why = _(WHY[guessed[2]])
    elif field and draft.sample.get("preset"):
        why = _("by the preset")
    return ColumnRow(
        place=place,
        letter=letter_of(place),
        header=header,
        field=field,
        tone="none" if not field else "sure" if sure else "guessed",
        percent=round(guessed[1] * 100) if by_guess else 100,
        why=why,
        is_key=header in choice.key,
    )


def _presets(draft: ImportDraft, company: Company) -> list[tuple[str, str]]:
    """Presets for this kind of file: (name, title), the company's own first."""
    found = [*presets_of(company.code), *presets_of("")]
    return [(preset.name, preset.title) for preset in found if draft.kind in preset.kinds]


def _date_orders() -> list[tuple[str, str]]:
    return [
        ("ymd", _("year first, or unmistakable")),
        ("mdy", _("month first: 11/21/2026")),
        ("dmy", _("day first: 21/11/2026")),
    ]
