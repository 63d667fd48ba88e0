"""A hand-over as a document: what changes hands, item by item, and who signed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from huikuan.kernel.money import to_text
from huikuan.mechanisms.documents.typesetting import pdf
from huikuan.mechanisms.pages.figures import grouped
from huikuan.record.customers.domain.handover import GIVER
from huikuan.record.customers.queries.handovers import Paper, Signature, signatures
from huikuan.record.receivables.templatetags.receivables import kind_name

TEMPLATE = Path(__file__).parent.parent / "templates" / "hand_over.typ"


def hand_over_pdf(paper: Paper) -> bytes:
    """The reader's part of it in their language; the same hand-over gives the same bytes until somebody signs."""
    last = max([paper.row.recorded_at, *(step.recorded_at for step in paper.row.steps)])
    return pdf(TEMPLATE, _said(paper), at=last)


def _said(whole: Paper) -> dict[str, Any]:
    paper, lines = whole.row, whole.lines
    english = (get_language() or "").startswith("en")
    count = len(lines)
    return {
        "lang": "en" if english else "zh",
        "title": _("Hand-over of customers"),
        "number": f"{_('No.')} {paper.id}",
        "meta": [
            [_("Given by"), paper.from_owner],
            [_("Received by"), paper.to_owner],
            [_("Holds from"), paper.effective_on.isoformat()],
            [_("Reason"), paper.reason or "–"],
            [_("Customers"), ngettext("%(count)s customer", "%(count)s customers", count) % {"count": count}],
        ],
        "heads": [_("Document"), _("Kind"), _("Due"), _("Days overdue"), _("Open")],
        "customers": [_customer(line) for line in lines],
        "signatures": [_signed(one) for one in signatures(paper)],
        "called_off": _("Called off") if paper.state == "called_off" else "",
        "rests": f"SHA-256 {paper.content_sha256}",
        "page": _("page {n} of {m}"),
    }


def _customer(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": f"{line['code']}  {line['name']}",
        "sums": [_sum(one) for one in line["sums"]] + _left(line),
        "rows": [
            [
                one["document"] or "–",
                kind_name(one["kind"]),
                one["due"] or "–",
                str(one["overdue_days"] or "–"),
                f"{one['currency']} {'−' if one['side'] == 'credit' else ''}{_money(one['open'], one['currency'])}",
            ]
            for one in line["items"]
        ],
    }


def _left(line: dict[str, Any]) -> list[str]:
    if line.get("part"):
        return [_("Items of companies you do not see are left out.")]
    return [] if line["sums"] else [_("Nothing is open.")]


def _sum(one: dict[str, Any]) -> str:
    currency = one["currency"]
    said = [
        f"{currency} {_('open')} {_money(one['debit'], currency)}",
        f"{_('of this overdue')} {_money(one['overdue'], currency)}",
    ]
    if one["credit"]:
        said.append(f"{_('credits')} −{_money(one['credit'], currency)}")
    return " · ".join(said)


def _signed(one: Signature) -> list[str]:
    """Title, who signed and when; the log-in name too, for names are alike."""
    title = _("Given by") if one.side == GIVER else _("Received by")
    if one.step is None:
        return [title, "", ""]
    known = one.name if one.name == one.step.actor else f"{one.name} ({one.step.actor})"
    told = _("%(name)s on behalf of %(owner)s") % {"name": known, "owner": one.owner} if one.on_behalf else known
    return [title, told, one.step.recorded_at.isoformat(timespec="seconds")]


def _money(minor: int, currency: str) -> str:
    return grouped(to_text(minor, currency))
