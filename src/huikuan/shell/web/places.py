"""Where a reader may go: the entries of the side bar, and which of them they land on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from django.http import HttpRequest
from django.urls import resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import may, needed
from huikuan.mechanisms.pages.reading import Reading, address, path_of


@dataclass(frozen=True, slots=True)
class Place:
    """One entry. `name` is its address's, `go` the letter that follows G on the keyboard; no `name`: a group's head.
    `covers`: addresses by name that belong to it though their paths lie elsewhere. `url` and `here` are filled in for
    a request."""

    title: str
    name: str = ""
    icon: str = ""
    go: str = ""
    children: tuple[Place, ...] = ()
    covers: tuple[str, ...] = ()
    url: str = ""
    here: bool = False


#: In the order money travels; what a role may not use is absent, not grey.
PLACES = (
    Place(gettext_noop("Today's work"), "shell:today", icon="sun", go="j"),
    Place(gettext_noop("Inbox"), "shell:work", icon="list-details", go="w"),
    Place(gettext_noop("Approvals"), "shell:approvals", icon="check", go="p"),
    Place(
        gettext_noop("Receivables"),
        icon="book-2",
        children=(
            Place(gettext_noop("Overview"), "cockpit:overview", go="y"),
            Place(gettext_noop("Checkup"), "cockpit:findings", go="f"),
            Place(gettext_noop("Indicators"), "cockpit:indicators"),
            Place(gettext_noop("Open items"), "receivables:items", go="l"),
            Place(gettext_noop("Statements"), "statements:accounts", go="d"),
            Place(gettext_noop("Confirmations"), "confirmations:invitations"),
        ),
    ),
    Place(
        gettext_noop("Cash"),
        icon="cash",
        children=(
            Place(gettext_noop("Cash workbench"), "cash:bench", go="h", covers=("cash:application",)),
            Place(gettext_noop("Read in statements"), "banking:import"),
            Place(gettext_noop("Bank lines"), "banking:lines", go="b", covers=("banking:accounts", "banking:account")),
            Place(gettext_noop("Unapplied cash"), "cash:unapplied"),
            Place(gettext_noop("Bills"), "bills:bills"),
            Place(gettext_noop("What matures when"), "bills:calendar"),
            Place(gettext_noop("Cash in notes"), "bills:cash"),
            Place(gettext_noop("Own accounts"), "bills:own-payments"),
            Place(gettext_noop("Aliases and habits"), "cash:payers"),
        ),
    ),
    Place(
        gettext_noop("Collection"),
        icon="phone-call",
        children=(
            Place(gettext_noop("Collection workbench"), "collection:desk", go="c"),
            Place(gettext_noop("Promises"), "promises:promises"),
            Place(gettext_noop("Instalment plans"), "promises:plans"),
            Place(gettext_noop("Settled in kind"), "promises:barters"),
            Place(gettext_noop("Freezes"), "promises:freezes"),
            Place(gettext_noop("Disputes"), "disputes:disputes"),
            Place(gettext_noop("Visits"), "visits:visits"),
            Place(gettext_noop("Collection plan"), "planning:plan"),
            Place(gettext_noop("Collection tiers"), "planning:tiers"),
            Place(
                gettext_noop("Collection strategy"),
                "collection:strategies",
                covers=("collection:preview", "collection:simulations", "collection:simulation", "collection:uplift"),
            ),
            Place(gettext_noop("Daily runs"), "collection:runs", covers=("collection:holds",)),
            Place(gettext_noop("Interest claims"), "interest:claims", covers=("interest:item",)),
            Place(gettext_noop("Limitation"), "limitation:claims", covers=("limitation:item",)),
            Place(gettext_noop("Notices"), "notices:notices", covers=("notices:notice",)),
            Place(gettext_noop("Letters"), "notices:letters", covers=("notices:posting", "notices:calls")),
        ),
    ),
    Place(
        gettext_noop("Customers"),
        icon="users",
        children=(
            Place(gettext_noop("Customers"), "dossiers:customers", go="k", covers=("credit:customer",)),
            Place(gettext_noop("Groups"), "dossiers:groups", covers=("credit:group",)),
            Place(gettext_noop("Papers that expire"), "customers:expiring"),
            Place(gettext_noop("Data quality"), "dossiers:quality"),
            Place(gettext_noop("Hand-overs"), "dossiers:hand-overs"),
        ),
    ),
    Place(
        gettext_noop("Credit control"),
        icon="shield-check",
        children=(
            Place(gettext_noop("Ratings"), "rating:ratings"),
            Place(gettext_noop("Scorecards"), "rating:drafts"),
            Place(gettext_noop("Orders that wait"), "credit:waiting"),
            Place(gettext_noop("Limits to decide"), "credit:requests"),
            Place(gettext_noop("Cover"), "cover:pieces"),
            Place(gettext_noop("Limits and policy"), "credit:drift"),
            Place(gettext_noop("Dry runs"), "credit:dry-runs"),
        ),
    ),
    Place(
        gettext_noop("Contracts"),
        icon="file-text",
        children=(
            Place(gettext_noop("Contracts"), "contracts:contracts", go="t"),
            Place(gettext_noop("Orders"), "contracts:orders", go="x"),
        ),
    ),
    Place(gettext_noop("Imports"), "connectors:imports", icon="database-import", go="i"),
    Place(
        gettext_noop("Administration"),
        icon="settings",
        children=(
            Place(gettext_noop("Users"), "shell:users", go="u"),
            Place(gettext_noop("Teams"), "shell:teams"),
            Place(gettext_noop("Programs"), "shell:programs"),
            Place(gettext_noop("Policies"), "shell:policies"),
            Place(gettext_noop("Duties kept apart"), "shell:duties"),
            Place(gettext_noop("Jobs"), "shell:jobs"),
            Place(gettext_noop("Erasing personal data"), "shell:erasure"),
        ),
    ),
)


def places(request: HttpRequest, reading: Reading) -> tuple[Place, ...]:
    """The entries the reader may open, with the reading carried along."""
    found = []
    here = _nearest(request)
    for place in PLACES:
        inside = tuple(_placed(child, here, reading) for child in place.children if _open(request, child))
        if inside or (place.name and _open(request, place)):
            found.append(replace(_placed(place, here, reading), children=inside))
    return tuple(found)


def landing(request: HttpRequest) -> str:
    """The address's name of the first page the reader may open; their own account if there is none."""
    return next((place.name for place in _all() if _open(request, place)), "shell:account")


def _all() -> Iterator[Place]:
    for place in PLACES:
        yield from place.children or (place,)


def _open(request: HttpRequest, place: Place) -> bool:
    return may(request, _needed(place.name))


@cache
def _needed(name: str) -> Permission | str | None:
    """What the page of an address's name takes."""
    return needed(resolve(path_of(name)).func)


def _nearest(request: HttpRequest) -> str:
    """The entry the page lies under: the one that covers it, or of several whose path begins its own the longest."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    for place in _all():
        if name in place.covers:
            return path_of(place.name)
    paths = [path_of(place.name) for place in _all() if request.path.startswith(path_of(place.name))]
    return max(paths, key=len, default="")


def _placed(place: Place, here: str, reading: Reading) -> Place:
    titled = replace(place, title=_(place.title))
    if not place.name:
        return titled
    path = path_of(place.name)
    return replace(titled, url=address(path, reading), here=path == here)
