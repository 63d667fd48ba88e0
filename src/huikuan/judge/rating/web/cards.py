"""One card of a draft: its lines, bins and knock-outs, and beside them what it makes of a real customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from huikuan.judge.rating.domain.editing import body_of, edited
from huikuan.judge.rating.domain.reading import problems
from huikuan.judge.rating.domain.scorecard import Reason, Result
from huikuan.judge.rating.operations.drafts import change_draft
from huikuan.judge.rating.queries.assessing import Compared, compared, scorecard_on
from huikuan.judge.rating.queries.drafts import DraftRow
from huikuan.judge.rating.web.drafts import found
from huikuan.judge.rating.web.editing import deed_of, groups, number_in, of_card, stated, told
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.customers.models import Customer
from huikuan.record.customers.queries import named_like, seen, standing_seen

#: A partial update of this target asks for the effect of what is typed, and keeps nothing.
EFFECT = "effect"
#: Customers offered where several fit what was typed.
_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Step:
    """One factor by both cards; None where a card does not ask it."""

    factor: str
    value: str | None
    before: Reason | None
    after: Reason | None

    @property
    def moved(self) -> bool:
        return _points(self.before) != _points(self.after)


@needs(Permission.DRAFT_POLICY)
def card(request: HttpRequest, draft_id: int, name: str) -> HttpResponse:
    """The card with its effect; a POST keeps what was typed and does one deed."""
    row = found(draft_id)
    if name not in row.document.get("cards", {}):
        raise Http404
    if request.method != "POST":
        return _page(request, row, name, row.document["cards"][name], request.GET.get("who", ""))
    form = Form(typed_in(request))
    body = _body(form)
    if request.headers.get("HX-Target") == EFFECT:
        return _effect_alone(request, row, name, body, form.text("who"))
    try:
        deed, place, chosen = deed_of(form)
        document = {**row.document, "cards": {**row.document["cards"], name: edited(body, deed, place, chosen)}}
        change_draft(
            draft_id=draft_id, edition=number_in(form.text("edition")), document=document,
            actor=request.user.get_username(), at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        form.blame("", refusal)
        return _page(request, row, name, body, form.text("who"), form)
    there = address(reverse("rating:card", args=[draft_id, name]), reading_of(request), who=form.text("who"))
    return HttpResponseRedirect(there + (f"#f-{place}" if place else ""))


def _body(form: Form) -> dict[str, Any]:
    return {"needs": body_of(form.typed).get("needs"), **stated(form, ("factors", "knock_outs"))}


def _page(
    request: HttpRequest, row: DraftRow, name: str, body: Mapping[str, Any], who: str, refused: Form | None = None
) -> HttpResponse:
    shown = of_card(body, _wrong(row, name, body))
    if refused:
        shown.form.problems |= refused.problems
    page = {
        "draft": row,
        "name": name,
        "card": shown,
        "form": shown.form,
        "groups": groups(),
        "grades": [(str(one.get("grade", "")),) * 2 for one in row.document.get("grades", [])],
        **_effect(request, row, name, body, who),
    }
    return render(request, "rating/card.html", page, status=400 if refused else 200)


def _effect_alone(request: HttpRequest, row: DraftRow, name: str, body: dict[str, Any], who: str) -> HttpResponse:
    page = {"draft": row, "name": name, **_effect(request, row, name, body, who)}
    return render(request, "rating/parts/effect.html", page)


def _wrong(row: DraftRow, name: str, body: Mapping[str, Any]) -> dict[str, str]:
    return told(problems({**row.document, "cards": {**row.document["cards"], name: body}}), f"cards.{name}")


def _effect(request: HttpRequest, row: DraftRow, name: str, body: Mapping[str, Any], who: str) -> dict[str, Any]:
    """What the document with this card makes of the customer asked for; or what has to be mended first."""
    document = {**row.document, "cards": {**row.document["cards"], name: body}}
    wrong = problems(document)
    chosen, offered = _customer(request, who)
    page: dict[str, Any] = {"who": who, "offered": offered, "chosen": chosen, "mend": _wrong(row, name, body)}
    page["mend_elsewhere"] = len(wrong) and not page["mend"]
    if chosen is None or wrong:
        return page
    today = reading_of(request).today
    (one,) = compared(
        as_of=today, before=scorecard_on(today, at=timezone.now()), after=document, customer_ids=[chosen.pk]
    )
    return {**page, "effect": one, "steps": steps_of(one)}


def _customer(request: HttpRequest, who: str) -> tuple[Customer | None, list[Customer]]:
    """The customer meant by a code or a part of its name; else those that fit."""
    if not who:
        return None, []
    everybody = standing_seen(seen(scope_of(request, Permission.VIEW_CUSTOMERS)))
    exact = everybody.filter(code=who).first()
    if exact:
        return exact, []
    fitting = list(named_like(everybody, who).order_by("code")[:_OFFERED])
    return (fitting[0], []) if len(fitting) == 1 else (None, fitting)


def steps_of(one: Compared) -> list[Step]:
    """Factor by factor: those of the draft's card in its order, then those only the card in force asks."""
    before, after = _by_factor(one.before), _by_factor(one.after)
    names = [*after, *(key for key in before if key not in after)]
    return [Step(key[0], (after.get(key) or before[key]).value, before.get(key), after.get(key)) for key in names]


def _by_factor(result: Result) -> dict[tuple[str, bool], Reason]:
    """A factor may be a line and a knock-out, too."""
    return {(reason.factor, bool(reason.grade)): reason for reason in result.reasons}


def _points(reason: Reason | None) -> tuple[int, int, str]:
    return (reason.points, reason.most, reason.grade) if reason else (0, 0, "")
