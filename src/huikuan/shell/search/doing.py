"""Actions and places: found by their titles in either language, and by how the Chinese ones read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.kernel.pinyin import readings
from huikuan.mechanisms.pages.access import may, needed
from huikuan.mechanisms.pages.reading import Reading, address
from huikuan.record.customers.domain.search_words import folded
from huikuan.record.customers.queries import CustomerRow
from huikuan.shell.search.asked import Asked
from huikuan.shell.search.rows import Answer, lit
from huikuan.shell.web.places import places

#: How many of a customer's actions are offered: for the first found.
_FEW = 8


@dataclass(frozen=True, slots=True)
class Action:
    """Something one does: the page where, with its query; `writes`: not on a past day."""

    title: str
    icon: str
    name: str
    query: str = ""
    writes: bool = False


ACTIONS = (
    Action(gettext_noop("Import a file"), "upload", "connectors:new", writes=True),
    Action(gettext_noop("Issue statements"), "file-text", "statements:accounts", writes=True),
    Action(gettext_noop("Look at what is overdue"), "alert-circle", "receivables:items", "overdue"),
    Action(gettext_noop("Look at credits and unapplied cash"), "cash", "receivables:items", "credit"),
    Action(gettext_noop("Look at the register of statements"), "list-details", "statements:issued"),
    Action(gettext_noop("Change my password"), "key", "shell:account"),
)
_QUERIES = {"": {}, "overdue": {"side": "debit", "slot": "overdue"}, "credit": {"side": "credit"}}


def actions(request: HttpRequest, asked: Asked, reading: Reading) -> list[Answer]:
    """What one may do whose title has the words; all of it where nothing is typed behind >."""
    found = []
    for action in ACTIONS:
        title = _(action.title)
        if action.writes and reading.is_past:
            continue
        if not _meant(title, action.title, asked) or not _opens(request, action.name):
            continue
        url = address(reverse(action.name), reading, **_QUERIES[action.query])
        found.append(Answer(url, action.icon, lit(title, asked.words)))
    return found[:_FEW]


def actions_on(request: HttpRequest, customer: CustomerRow, asked: Asked, reading: Reading) -> Iterator[Answer]:
    """What one may do about a customer that was found."""
    name = customer.short_name or customer.name
    if _opens(request, "receivables:items"):
        url = address(reverse("receivables:items"), reading, customer=customer.code)
        yield Answer(url, "list-details", lit(_("Open items of %(name)s") % {"name": name}, asked.words))
        url = address(reverse("statements:statement", args=[customer.id]), reading)
        yield Answer(
            url,
            "file-text",
            lit(_("Statement of %(name)s") % {"name": name}, asked.words),
            _("as of %(day)s") % {"day": reading.as_of.isoformat()},
        )
    if _opens(request, "contracts:contracts"):
        url = address(reverse("contracts:contracts"), reading, customer=customer.code)
        yield Answer(url, "book-2", lit(_("Contracts of %(name)s") % {"name": name}, asked.words))


def destinations(request: HttpRequest, asked: Asked, reading: Reading) -> list[Answer]:
    """The pages of the side bar whose title has the words."""
    found = []
    for place in places(request, reading):
        for child in place.children or (place,):
            if child.url and _meant(child.title, "", asked):
                above = place.title if place.children else ""
                found.append(Answer(child.url, place.icon, lit(child.title, asked.words), above))
    return found[:_FEW]


def _meant(title: str, english: str, asked: Asked) -> bool:
    known = "\n".join(folded(one) for one in (title, english, *readings(title)))
    return all(word in known for word in (*asked.words, *asked.numbers))


def _opens(request: HttpRequest, name: str) -> bool:
    args = [1] if name == "statements:statement" else []
    return may(request, needed(resolve(reverse(name, args=args)).func))
