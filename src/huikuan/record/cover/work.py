"""The kind of work cover gives people: a piece that ends soon."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.pages.figures import amounts_apart
from huikuan.mechanisms.work.kinds import About, WorkKind, register


def _ends(about: About) -> str:
    return _("%(reference)s of %(provider)s over %(amount)s ends on %(until)s") % amounts_apart(about.shown)


def _page(about: About) -> str:
    return reverse("cover:piece", args=[about.shown["number"]])


#: Renewed, released or over, the item goes by itself.
ENDS = register(
    WorkKind(
        "cover.ends",
        gettext_noop("Cover ends"),
        role="credit_analyst",
        escalates_to="credit_manager",
        days=14,
        describe=_ends,
        address=_page,
        results={"renewal_asked": gettext_noop("renewal asked for"), "let_end": gettext_noop("let end")},
    )
)
