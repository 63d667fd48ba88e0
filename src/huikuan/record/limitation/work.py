"""The kind of work limitation gives people: a claim whose period runs out."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.pages.figures import amounts_apart
from huikuan.mechanisms.work.kinds import About, WorkKind, register


def _runs_out(about: About) -> str:
    if "suspended" in about.shown:
        said = _(
            "%(document)s of %(customer)s, %(amount)s: does what keeps us from suing still last? Else say since when"
        )
        return said % amounts_apart(about.shown)
    said = _(
        "%(document)s of %(customer)s, %(amount)s: limitation runs out on %(safe_on)s; have a demand acknowledged"
    )
    return said % amounts_apart(about.shown)


def _page(about: About) -> str:
    return reverse("limitation:item", args=[about.shown["item"]])


#: The clock begun anew, the item goes by itself; the next threshold brings the next.
RUNS_OUT = register(
    WorkKind(
        "limitation.runs_out",
        gettext_noop("Limitation runs out"),
        role="legal",
        escalates_to="finance_manager",
        days=15,
        describe=_runs_out,
        address=_page,
        results={"demanded": gettext_noop("demanded, with proof"), "sued": gettext_noop("handed to the court")},
    )
)
