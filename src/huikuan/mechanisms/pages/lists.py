"""The list page's mechanism: views as tabs, columns to choose, picked rows. A list declares itself once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import User
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.models import ListLayout, SavedView
from huikuan.mechanisms.pages.reading import Reading, address

#: A partial update of this target asks for the tabs with their counts.
TABS = "tabs"
#: … and one of this target for the rows that follow.
MORE = "more"
#: A condition's word in an address that means "none given".
NONE = "-"
_LONGEST_NUMBER = 18
_LONGEST_TITLE = 40
#: Names and values together, in characters; a page's address carries them.
_LONGEST_QUERY = 2_000
#: Of one person above one list: each is counted when the list is opened.
_MOST_VIEWS = 30


@dataclass(frozen=True, slots=True)
class Column:
    """A column people may leave out; those always shown are not declared."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Preset:
    """A view that comes with the list."""

    title: str
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: its name for ever, where it stands (an address's name), the columns people may leave out, the
    names of its address that are conditions, and the views it comes with, the first being everything. `with_tabs`:
    conditions that say more of what those views choose between, and are dropped with them."""

    name: str
    place: str
    columns: tuple[Column, ...]
    conditions: tuple[str, ...]
    presets: tuple[Preset, ...]
    with_tabs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chip:
    """One condition in words, and the address's names that make it."""

    text: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """A view as a tab. `view_id` None: it comes with the list and stays; others their readers may remove.
    `count` None: not counted (yet)."""

    title: str
    url: str
    current: bool
    view_id: int | None = None
    shared: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What a page's template needs. `shows`: the columns shown; `query`: the conditions of this address."""

    listing: Listing
    tabs: Sequence[Tab]
    columns: Sequence[tuple[Column, bool]]
    shows: frozenset[str]
    query: Mapping[str, str]
    counted: bool
    may_share: bool
    kept: Sequence[Mapping[str, str]]

    @property
    def may_save(self) -> bool:
        """Whether there is something to keep that no tab stands for."""
        return bool(self.query) and self.query not in self.kept


LISTINGS: dict[str, Listing] = {}


def register(listing: Listing) -> Listing:
    """Make a list known to the forms that keep views and columns."""
    LISTINGS[listing.name] = listing
    return listing


def listed(
    request: HttpRequest, listing: Listing, reading: Reading, *, path: str, count: Callable[[Mapping[str, str]], int]
) -> Listed:
    """The list as this reader has it. A tab that comes with the list keeps the other conditions and counts with them;
    one of a kept view is all its conditions and no other. Where none of them is what is shown, one more says so: of
    the tabs one is always the current. Counting costs a question a view, so `count` is asked only by the partial
    update that fetches the tabs; a view whose conditions no longer hold is shown without a count."""
    query = conditions(listing, request.GET)
    shows = shown_columns(request, listing)
    counting = request.headers.get("HX-Target") == TABS
    views = list(views_of(request, listing))
    kept = [view.query for view in views]

    def tab(title: str, wanted: Mapping[str, str], current: bool, view: SavedView | None = None) -> Tab:
        known = _counted(count, wanted) if counting else None
        shared = view is not None and view.company_id is not None
        return Tab(
            title, _url(path, reading, wanted, listing, query), current, view.pk if view else None, shared, known
        )

    presets = [(preset, _beside(listing, query) | dict(preset.query)) for preset in listing.presets]
    tabs = [tab(_(preset.title), wanted, wanted == query and query not in kept) for preset, wanted in presets]
    tabs += [tab(view.title, view.query, view.query == query, view) for view in views]
    if tabs and not any(one.current for one in tabs):
        tabs.append(tab(_("These conditions"), query, current=True))
    return Listed(
        listing=listing,
        tabs=tabs,
        columns=[(column, column.name in shows) for column in listing.columns],
        shows=shows,
        query=query,
        counted=counting,
        may_share=sharable_company(request, reading) is not None,
        kept=[*kept, *(preset.query for preset in listing.presets)],
    )


def _beside(listing: Listing, query: Mapping[str, str]) -> dict[str, str]:
    """The conditions that a tab which comes with the list leaves as they are."""
    chosen = {name for preset in listing.presets for name in preset.query} | set(listing.with_tabs)
    return {name: value for name, value in query.items() if name not in chosen}


def conditions(listing: Listing, query: Mapping[str, str]) -> dict[str, str]:
    """Those names of an address that narrow the list."""
    return {name: query[name] for name in listing.conditions if query.get(name)}


def shown_columns(request: HttpRequest, listing: Listing) -> frozenset[str]:
    """The columns that may be left out and that this reader keeps."""
    kept = ListLayout.objects.filter(user_id=_reader(request), listing=listing.name).values_list("hidden", flat=True)
    return frozenset(column.name for column in listing.columns) - frozenset(kept.first() or ())


def views_of(request: HttpRequest, listing: Listing) -> QuerySet[SavedView]:
    """The reader's own views and those shared by people of companies the reader sees whole, by title."""
    reached = _reached(_reader(request), scope_of(request))
    return SavedView.objects.filter(reached, listing=listing.name).order_by("title", "pk")


def _reached(user_id: int, scope: Scope) -> Q:
    """The views that are somebody's own, and those shared by people of companies they see whole."""
    whole = scope.whole_companies
    return Q(user_id=user_id) | (Q(company__isnull=False) if whole is None else Q(company_id__in=whole))


def sharable_company(request: HttpRequest, reading: Reading) -> int | None:
    """The company whose people a view may be shared with: the page's one, seen whole; None: none."""
    return reading.company_id if reading.company_id and scope_of(request).whole(reading.company_id) else None


def value_asked(text: str) -> str | None:
    """What a condition of the address narrows to: '' where it must be empty, None where it does not narrow."""
    return "" if text == NONE else text or None


def picked(request: HttpRequest) -> frozenset[str] | None:
    """The rows a form names, by their keys; None: no form, so all the list has."""
    if request.method != "POST":
        return None
    return frozenset(key for key in request.POST.get("picked", "").split(",") if key)


def numbers_in(keys: Iterable[str]) -> frozenset[int]:
    """Picked rows by id; a key that is no id names none."""
    return frozenset(int(key) for key in keys if key.isascii() and key.isdigit() and len(key) <= _LONGEST_NUMBER)


def save_view(
    listing: Listing, *, user: User, title: str, query: Mapping[str, str], company_id: int | None
) -> SavedView:
    """Keep these conditions under a name; the same name again replaces them. Refuses an empty or long name,
    conditions that are none or very long, and one view more than a person may have above a list."""
    named = " ".join(title.split())
    kept = conditions(listing, query)
    if not named or len(named) > _LONGEST_TITLE:
        raise Refusal("view_title_bad", longest=_LONGEST_TITLE)
    if not kept:
        raise Refusal("view_empty")
    if sum(len(name) + len(value) for name, value in kept.items()) > _LONGEST_QUERY:
        raise Refusal("view_too_long", longest=_LONGEST_QUERY)
    others = SavedView.objects.filter(user=user, listing=listing.name).exclude(title=named)
    if others.count() >= _MOST_VIEWS:
        raise Refusal("view_too_many", most=_MOST_VIEWS)
    view, _made = SavedView.objects.update_or_create(
        user=user, listing=listing.name, title=named, defaults={"query": kept, "company_id": company_id}
    )
    return view


def drop_view(view_id: int, *, user: User, scope: Scope) -> None:
    """Forget a view of one's own, or one shared with a company that the scope sees whole: whoever shared it may have
    left. Refuses others' and unknown ones alike."""
    if not SavedView.objects.filter(_reached(user.pk, scope), pk=view_id).delete()[0]:
        raise Refusal("view_unknown", view=view_id)


def choose_columns(listing: Listing, *, user: User, shown: Sequence[str]) -> None:
    """Show these of the columns that may be left out, and no others."""
    hidden = [column.name for column in listing.columns if column.name not in shown]
    ListLayout.objects.update_or_create(user=user, listing=listing.name, defaults={"hidden": hidden})


def _reader(request: HttpRequest) -> int:
    """Whose views and columns; nobody's before log-in."""
    return request.user.pk or 0


def _url(path: str, reading: Reading, wanted: Mapping[str, str], listing: Listing, present: Mapping[str, str]) -> str:
    """The list under other conditions, of the same day and company."""
    dropped = dict.fromkeys(present, "")
    changes = {**dropped, **wanted}
    return address(path, reading, **{name: changes[name] for name in listing.conditions if name in changes})


def _counted(count: Callable[[Mapping[str, str]], int], query: Mapping[str, str]) -> int | None:
    try:
        return count(query)
    except Refusal:
        return None
