"""What the checks of this context's policy documents have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_noop

from huikuan.kernel.errors import Place, Refusal
from huikuan.kernel.money import to_minor


def names(document: object, known: Sequence[str], inside: str) -> Iterable[Place]:
    """Names that lack, and names nobody knows; `inside` begins each place."""
    if not isinstance(document, dict):
        yield Place(column=inside, value=str(document), reason=gettext_noop("This has to be an object."))
        return
    for name in known:
        if name not in document:
            yield Place(column=f"{inside}{name}", reason=gettext_noop("This is missing."))
    for name in document:
        if name not in known:
            yield Place(column=f"{inside}{name}", reason=gettext_noop("Nobody knows this."), fix=", ".join(known))


def is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_amount(value: object) -> bool:
    """A decimal text, in hundredths at the finest, so that it fits every company's currency but a few."""
    if not isinstance(value, str):
        return False
    try:
        return to_minor(value, "CNY") >= 0
    except Refusal:
        return False
