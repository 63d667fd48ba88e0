"""Forms that write a promise down and draw a plan up."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import share, to_text
from huikuan.kernel.text import plain
from huikuan.mechanisms.pages.access import companies_offered, needs
from huikuan.mechanisms.pages.beside import beside_each
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.promises.domain.instalments import INTERESTS, ON_MISS, Instalment
from huikuan.record.promises.domain.promising import HEARD
from huikuan.record.promises.messages import INTERESTS as INTEREST_NAMES
from huikuan.record.promises.messages import ON_MISS as ON_MISS_NAMES
from huikuan.record.promises.messages import SOURCES as SOURCE_NAMES
from huikuan.record.promises.operations.asking import WRITES
from huikuan.record.promises.operations.plans import Terms, propose_plan
from huikuan.record.promises.operations.promising import promise_payment
from huikuan.record.promises.queries.claims import Owed
from huikuan.record.promises.queries.plans import items_bound
from huikuan.record.promises.web.asking import (
    Asking,
    amount_in,
    amounts_in,
    asked_in,
    blame,
    currency_in,
    day_in,
    paper_in,
    prefilled,
    require_whose,
)

_PROMISE_BESIDE = {"promise_day_over": "by", "promise_day_far": "by", "promise_source_unknown": "source"}
_PLAN_BESIDE = {
    "promise_day_over": "lines", "plan_sum_differs": "lines", "plan_days_do_not_rise": "lines",
    "plan_lines_bad": "lines", "form_file_too_large": "file", "form_file_missing": "file",
}  # fmt: skip
_LINE = ("day", "amount")
_MOST_PARTS, _MONTHS = 60, 12


@needs(WRITES)
def new_promise(request: HttpRequest) -> HttpResponse:
    """An empty form; a POST with `show` asks for the customer's claims, any other writes the promise down."""
    form = _opened(request, source="phone")
    asking = asked_in(request, form)
    if request.method == "POST" and "show" not in form.typed:
        number = _promise(request, form, asking)
        if number is not None:
            messages.success(request, _("Written down; the ledger will say whether it is kept."))
            return _gone_to(request, reverse("promises:promise", args=[number]))
    sources = [(source, _(SOURCE_NAMES[source])) for source in HEARD]
    return _form(request, "promises/new_promise.html", form, asking, {"sources": sources})


@needs(WRITES)
def new_plan(request: HttpRequest) -> HttpResponse:
    """An empty form, the overdue claims of whom the address names ticked; a POST with `show` asks for the customer's
    claims, one with `split` fills in equal parts, any other asks for the plan to be approved."""
    form = _opened(request, on_miss=ON_MISS[0], interest=INTERESTS[0], parts="3")
    asking = asked_in(request, form)
    if (request.method == "GET" or "show" in form.typed) and not _ticked(form, asking):
        _tick_overdue(form, asking, reading_of(request).today)
    if request.method == "POST" and "split" in form.typed:
        _split(form, asking)
    elif request.method == "POST" and "show" not in form.typed and _plan(request, form, asking):
        messages.success(request, _("Asked for; the plan is agreed once another person has approved it."))
        return _gone_to(request, reverse("promises:plans"))
    lines = [(f"line-{row}-day", f"line-{row}-amount") for row in form.offered("line", _LINE)]
    page = {
        "lines": lines,
        "ticked": set(_ticked(form, asking)),
        "marked": _marked(request, asking),
        "misses": [(name, _(ON_MISS_NAMES[name])) for name in ON_MISS],
        "interests": [(name, _(INTEREST_NAMES[name])) for name in INTERESTS],
    }
    return _form(request, "promises/new_plan.html", form, asking, page)


def _opened(request: HttpRequest, **given: str) -> Form:
    if reading_of(request).is_past:
        raise Http404
    return Form(typed_in(request) if request.method == "POST" else prefilled(request, **given))


def _form(request: HttpRequest, template: str, form: Form, asking: Asking, more: dict[str, Any]) -> HttpResponse:
    kept_by = [(one.code, one.name) for one in companies_offered(request)]
    page = {"form": form, "whose": asking.whose, "claims": asking.fields, "kept_by": kept_by, **more}
    return render(request, template, page, status=400 if form.problems else 200)


def _gone_to(request: HttpRequest, url: str) -> HttpResponse:
    return HttpResponseRedirect(address(url, reading_of(request)))


def _promise(request: HttpRequest, form: Form, asking: Asking) -> int | None:
    """The promise's number; what stands against it is in the form."""
    require_whose(form, asking)
    parts, by = amounts_in(form, asking), day_in(form, "by")
    if form.problems or asking.company is None or asking.whose is None or by is None:
        return None
    try:
        return promise_payment(
            customer_id=asking.whose.id,
            company_id=asking.company.pk,
            parts=parts,
            by=by,
            said_by=form.text("said_by"),
            source=form.text("source"),
            note=form.text("note"),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        blame(form, refusal, _PROMISE_BESIDE)
        return None


def _plan(request: HttpRequest, form: Form, asking: Asking) -> bool:
    """Whether it was asked for; what stands against it is in the form."""
    require_whose(form, asking)
    if asking.claims and not _ticked(form, asking):
        form.blame("", Refusal("plan_claims_missing"))
    lines = _lines(form, asking)
    if form.problems or asking.company is None or asking.whose is None:
        return False
    try:
        propose_plan(
            company=asking.company,
            customer_id=asking.whose.id,
            items=_ticked(form, asking),
            lines=lines,
            terms=Terms(form.text("on_miss"), form.text("interest"), form.text("note"), _grace(form)),
            paper=paper_in(request),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        blame(form, refusal, {**_PLAN_BESIDE, **_day_of(form, refusal)})
        return False
    return True


def _day_of(form: Form, refusal: Refusal) -> dict[str, str]:
    """Of an instalment that does not fall due after the one before, the field of its day."""
    if refusal.code != "plan_days_do_not_rise":
        return {}
    return {refusal.code: f"line-{form.rows('line', _LINE)[int(str(refusal.params['line'])) - 1]}-day"}


def _marked(request: HttpRequest, asking: Asking) -> list[tuple[Owed, str, list[SafeString]]]:
    """The claims and their fields, each with what stands against asking for it: a promise, a dispute."""
    marks = beside_each("promises.plan", request, [one.item_id for one, _name in asking.fields])
    return [(one, name, marks[one.item_id]) for one, name in asking.fields]


def _ticked(form: Form, asking: Asking) -> list[int]:
    return [one.item_id for one, name in asking.fields if form.text(name)]


def _tick_overdue(form: Form, asking: Asking, today: date) -> None:
    """Tick what a plan is mostly about: the overdue claims that stand in none yet, of one currency."""
    bound = items_bound(asking.company.pk, today) if asking.company and asking.claims else set()
    late = [
        (one, name) for one, name in asking.fields if one.due_on and one.due_on < today and one.item_id not in bound
    ]
    for one, name in late:
        if one.currency == late[0][0].currency:
            form.typed[name] = "1"


def _lines(form: Form, asking: Asking) -> list[Instalment]:
    """The instalments, one of each filled row; a row that lacks its day or its amount is refused beside what lacks."""
    currency = currency_in(form, asking)
    found = []
    for row in form.rows("line", _LINE):
        day = day_in(form, f"line-{row}-day")
        if not form.text(f"line-{row}-amount"):
            form.blame(f"line-{row}-amount", Refusal("plan_amount_missing"))
        amount = form.read(f"line-{row}-amount", lambda text: amount_in(text, currency))
        if day is not None and amount is not None:
            found.append(Instalment(day, amount))
    return found


def _grace(form: Form) -> int | None:
    text = form.text("grace")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) <= len("31") else -1


def _split(form: Form, asking: Asking) -> None:
    """Fill in equal parts of what is ticked, a month apart from the first day on, to the cent."""
    first, text = day_in(form, "first"), plain(form.text("parts"))
    ticked = set(_ticked(form, asking))
    debt = [one for one in asking.claims if one.item_id in ticked]
    count = int(text) if text.isascii() and text.isdigit() and len(text) <= len("60") else 0
    if not debt:
        form.blame("", Refusal("plan_claims_missing"))
    if not 0 < count <= _MOST_PARTS:
        form.blame("parts", Refusal("plan_parts_bad", most=_MOST_PARTS))
    if first is None or form.problems:
        return
    amounts = share(sum(one.open_amount for one in debt), [1] * count)
    for row in form.rows("line", _LINE):
        form.typed[f"line-{row}-day"] = form.typed[f"line-{row}-amount"] = ""
    for row, amount in enumerate(amounts):
        form.typed[f"line-{row}-day"] = _months_after(first, row).isoformat()
        form.typed[f"line-{row}-amount"] = to_text(amount, debt[0].currency)


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the month's last where it has none."""
    year, month = divmod(day.month - 1 + months, _MONTHS)
    last = monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))
