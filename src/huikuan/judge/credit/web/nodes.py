"""A customer or a group beside its limit, as a page shows it: the figures, the bar, what the exposure is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.judge.credit.domain.exposure import ADDING, BILLS, COVER, PAPER, Exposure
from huikuan.judge.credit.domain.limits import GRANTED, NONE
from huikuan.judge.credit.messages import COMPONENTS, LIMIT_STATES, USES
from huikuan.judge.credit.queries.grounds import rules_in_force
from huikuan.judge.credit.queries.pictures import NodePicture, Picture
from huikuan.mechanisms.pages.bars import Gauge, Part, gauge
from huikuan.mechanisms.pages.figures import used_of
from huikuan.mechanisms.pages.reading import Reading, address
from huikuan.mechanisms.pages.telling import said
from huikuan.record.customers.queries import CustomerRow, groups

_COLOURS = {"within": "ok", "near": "warn", "over": "bad"}


@dataclass(frozen=True, slots=True)
class Row:
    """One component: its name, its amount, where its rows are ('' where it has no list), and its shade in the bar."""

    title: str
    amount: int
    url: str
    shade: str


@dataclass(frozen=True, slots=True)
class Block:
    """A node as the page shows it. `bound`: whether a limit binds it: a group without one binds nobody; `tag`: the
    colour of its state; `percent`: used of the limit, '' where there is none; `problem`: why there is no exposure;
    `url`: the group's own page, '' of a customer."""

    picture: NodePicture
    title: str
    bound: bool
    state: str
    tag: str
    percent: str
    rows: tuple[Row, ...]
    bar: Gauge
    problem: str
    url: str = ""


def blocks(picture: Picture, customer: CustomerRow, reading: Reading) -> list[Block]:
    """The customer and its groups, nearest first."""
    names, warn_over = {one.code: one.name for one in groups()}, warned_over(picture)
    return [
        block_of(picture.own, customer.name, warn_over, customer, reading),
        *(
            replace(
                block_of(node, names.get(node.node.group) or node.node.group, warn_over),
                url=address(reverse("credit:group"), reading, group=node.node.group),
            )
            for node in picture.groups
        ),
    ]


def block_of(
    node: NodePicture, title: str, warn_over: int, customer: CustomerRow | None = None, reading: Reading | None = None
) -> Block:
    """A node under its title; of a customer its components lead to their rows. `warn_over`: percent of the limit
    from where on somebody is warned."""
    rows = _rows(node.exposure, customer, reading) if node.exposure else ()
    limit = node.limit.amount
    marks = [(limit * warn_over // 100, f"{warn_over} %"), (limit, _("Limit"))] if limit else []
    state, tag = _state(node, warn_over)
    return Block(
        picture=node,
        title=title,
        bound=not (node.node.group and node.limit.state == NONE),
        state=state,
        tag=tag,
        percent=used_of(node.exposure.total, limit) if node.exposure and limit else "",
        rows=rows,
        bar=gauge(_net(rows), limit, marks),
        problem=said(node.missing) if node.missing else "",
    )


def warned_over(picture: Picture) -> int:
    """From where on the company's order checks warn, in percent of the limit."""
    return rules_in_force(picture.company, timezone.now())[1].warn_over


def _state(node: NodePicture, warn_over: int) -> tuple[str, str]:
    """How the limit stands in words, and the colour of it."""
    limit = node.limit
    if limit.state == NONE and node.node.group:
        return _("no limit is set for the group"), ""
    if limit.state != GRANTED or node.exposure is None:
        return _(LIMIT_STATES[limit.state]), "" if limit.state == GRANTED else "warn"
    used = max(0, node.exposure.total)
    use = "over" if used > limit.amount else "near" if used * 100 > limit.amount * warn_over else "within"
    return _(USES[use]) % {"percent": warn_over}, _COLOURS[use]


def _rows(exposure: Exposure, customer: CustomerRow | None, reading: Reading | None) -> tuple[Row, ...]:
    """The components that are not zero, each with the list of its rows where it has one."""
    rows = []
    for part in exposure.parts:
        if part.amount:
            shade = f"e{ADDING.index(part.component)}" if part.component in ADDING else ""
            url = _list_of(part.component, customer, reading) if customer and reading else ""
            rows.append(Row(_(COMPONENTS[part.component]), part.amount, url, shade))
    return tuple(rows)


def _net(rows: tuple[Row, ...]) -> list[Part]:
    """What adds, shortened from the first on by what lessens: the bar ends where the exposure does."""
    lessening, parts = -sum(row.amount for row in rows if row.amount < 0), []
    for row in rows:
        if row.amount > 0:
            taken = min(lessening, row.amount)
            lessening -= taken
            parts.append(Part(row.amount - taken, row.shade, row.title, row.url))
    return parts


def _list_of(component: str, customer: CustomerRow, reading: Reading) -> str:
    if component in ("delivered_not_invoiced", "released_orders"):
        return address(reverse("contracts:orders"), reading, customer=customer.code)
    if component == COVER:
        return address(reverse("cover:pieces"), reading, customer=customer.code, state="counts")
    if component in PAPER:
        group = "held" if component == BILLS else "passed_on"
        return address(reverse("bills:bills"), reading, customer=customer.code, state=group)
    side = "debit" if component in ADDING else "credit"
    return address(reverse("receivables:items"), reading, customer=customer.code, side=side)
