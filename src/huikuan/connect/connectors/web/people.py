"""Drafts of files about people: their cells are shown to whoever may see personal data, to others their beginnings."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

from huikuan.connect.connectors.domain.rows import PERSONAL
from huikuan.connect.connectors.models import ImportDraft
from huikuan.mechanisms.identity import masking
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may_for


def sees_cells(request: HttpRequest, draft: ImportDraft) -> bool:
    """Whether the reader may see what the cells of the draft say."""
    return draft.kind not in PERSONAL or may_for(request, Permission.VIEW_PERSONAL, draft.company_id)


def shown(cells: Iterable[str], *, clear: bool) -> list[str]:
    """The cells as they are, or each one's first character: which column holds what is for the reader to say, so
    every one may be a person's."""
    return [cell if clear else masking.person(cell) for cell in cells]
