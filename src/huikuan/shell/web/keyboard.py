"""The keyboard map: what `?` shows. frontend/scripts/keys.js does it, and a test presses every key of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huikuan.shell.web.places import Place

#: Remembered by the browser: the single keys are switched off (WCAG 2.1.4).
COOKIE = "hk_keys"
OFF = "off"


@dataclass(frozen=True, slots=True)
class Key:
    """`keys` pressed one after the other, or together where `control`; `single`: rests when switched off."""

    keys: tuple[str, ...]
    title: str
    single: bool = True


EVERYWHERE = (
    Key(("Ctrl", "K"), gettext_noop("Search"), single=False),
    Key(("/",), gettext_noop("Find on this page")),
    Key(("T",), gettext_noop("As of which day")),
    Key(("[",), gettext_noop("Narrow the side bar")),
    Key(("?",), gettext_noop("These keys")),
    Key(("Ctrl", "↵"), gettext_noop("Commit an import"), single=False),
    Key(("Esc",), gettext_noop("Back one layer"), single=False),
)
LISTS = (
    Key(("J",), gettext_noop("Next row")),
    Key(("K",), gettext_noop("Previous row")),
    Key(("↵",), gettext_noop("Open the row"), single=False),
    Key(("X",), gettext_noop("Pick the row")),
    Key(("Shift", "X"), gettext_noop("Pick all rows from the last one")),
    Key(("F",), gettext_noop("Conditions")),
    Key(("V",), gettext_noop("Views")),
    Key(("E",), gettext_noop("Export")),
)
BENCH = (
    Key(("J",), gettext_noop("Next line")),
    Key(("K",), gettext_noop("Previous line")),
    Key(("↓", "↑"), gettext_noop("To the items")),
    Key(("Space",), gettext_noop("Tick the item"), single=False),
    Key(("↵",), gettext_noop("Apply and go to the next line")),
    Key(("A",), gettext_noop("Next suggestion")),
    Key(("/",), gettext_noop("Another customer")),
    Key(("D",), gettext_noop("What becomes of the difference")),
    Key(("O",), gettext_noop("All of it on account")),
    Key(("R",), gettext_noop("The suggestion is wrong")),
    Key(("N",), gettext_noop("It is not a customer's money")),
    Key(("S",), gettext_noop("Skip the line")),
    Key(("Ctrl", "Z"), gettext_noop("Undo the last application"), single=False),
)

DESK = (
    Key(("J",), gettext_noop("Next customer")),
    Key(("K",), gettext_noop("Previous customer")),
    Key(("C",), gettext_noop("Dial")),
    Key(("1",), gettext_noop("Promises to pay")),
    Key(("2",), gettext_noop("Disputes it")),
    Key(("3",), gettext_noop("Call again")),
    Key(("4",), gettext_noop("Not reached")),
    Key(("5",), gettext_noop("Wrong number")),
    Key(("↵",), gettext_noop("Write the call down and go to the next customer"), single=False),
    Key(("M",), gettext_noop("Mail")),
    Key(("V",), gettext_noop("Plan a visit")),
    Key(("@",), gettext_noop("Tell a colleague")),
)


def keyboard_map(offered: tuple[Place, ...]) -> list[tuple[str, list[Key]]]:
    """The map for a reader: what works everywhere, where G leads from the side bar they have, and on lists."""
    return [
        (_("Everywhere"), [*EVERYWHERE]),
        (_("Go to"), [Key(("G", place.go.upper()), place.title) for place in _going(offered)]),
        (_("Lists"), [*LISTS]),
        (_("Cash workbench"), [*BENCH] if any(place.name == "cash:bench" for place in _going(offered)) else []),
        (
            _("Collection workbench"),
            [*DESK] if any(place.name == "collection:desk" for place in _going(offered)) else [],
        ),
    ]


def _going(offered: tuple[Place, ...]) -> Iterator[Place]:
    for place in offered:
        yield from (one for one in (place, *place.children) if one.go)
