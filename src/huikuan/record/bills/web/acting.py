"""What is done to a bill from its page: one address for each move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.rates import parse_rate
from huikuan.mechanisms.pages.access import needs
from huikuan.mechanisms.pages.deeds import posted_from
from huikuan.mechanisms.pages.forms import Form, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.record.bills.operations import moving
from huikuan.record.bills.operations.moving import Move
from huikuan.record.bills.operations.receiving import split_bill
from huikuan.record.bills.queries.bills import BillRow
from huikuan.record.bills.web.bills import bill_page, found_bill, may_write, moves_of
from huikuan.record.bills.web.listing import WRITES

_LONGEST_NUMBER = 9

#: Beside which field of the move's form a refusal stands; others stand with the whole.
_BESIDE = {
    **dict.fromkeys(("bill_move_ahead", "bill_move_too_early", "bill_not_matured", "bill_too_late_to_pass_on"), "on"),
    **dict.fromkeys(("bill_field_missing",), "to"),
    **dict.fromkeys(("bill_rate_bad",), "rate"),
    **dict.fromkeys(("bill_extra_days_bad",), "extra"),
    **dict.fromkeys(("bill_reason_missing",), "reason"),
    **dict.fromkeys(("bill_pieces_differ",), "faces"),
}


@needs(WRITES)
@posted_from("bills:bill", "number")
def move_bill(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One move; a refusal leaves the form open with what was typed."""
    row = found_bill(request, number)
    if reading_of(request).is_past or not may_write(request, row) or name not in _DOING:
        raise Http404
    form = Form(typed_in(request))
    on: date = form.read(f"{name}-on", parse_date) or reading_of(request).today
    step = Move(row.id, on, request.user.get_username(), timezone.now(), _seen(form), form.text(f"{name}-note"))
    try:
        if name not in moves_of(row):
            raise Refusal("bill_moved_since", bill=row.id)
        done = not form.problems and _DOING[name](row, step, form)
    except Refusal as refusal:
        field = _BESIDE.get(refusal.code, "")
        form.blame(f"{name}-{field}" if field else "", refusal)
        done = False
    if not done:
        return bill_page(request, row, form, name)
    messages.success(request, _("Recorded."))
    return HttpResponseRedirect(address(reverse("bills:bill", args=[number]), reading_of(request)))


def _endorse(_row: BillRow, step: Move, form: Form) -> bool:
    moving.endorse_bill(step, to=form.text("endorse-to"), recourse=bool(form.text("endorse-recourse")))
    return True


def _discount(_row: BillRow, step: Move, form: Form) -> bool:
    rate = form.read("discount-rate", parse_rate)
    extra = form.text("discount-extra") or "0"
    if rate is None and not form.problems:
        form.blame("discount-rate", Refusal("rate_unreadable", value=""))
    if form.problems or rate is None:
        return False
    days = int(extra) if extra.isascii() and extra.isdigit() and len(extra) <= _LONGEST_NUMBER else -1
    moving.discount_bill(
        step,
        bank=form.text("discount-to"),
        rate_e8=rate // 100,
        extra_days=days,
        recourse=bool(form.text("discount-recourse")),
    )
    return True


def _pledge(_row: BillRow, step: Move, form: Form) -> bool:
    moving.pledge_bill(step, to=form.text("pledge-to"))
    return True


def _release(_row: BillRow, step: Move, _form: Form) -> bool:
    moving.release_bill(step)
    return True


def _present(_row: BillRow, step: Move, _form: Form) -> bool:
    moving.present_bill(step)
    return True


def _pay(_row: BillRow, step: Move, _form: Form) -> bool:
    moving.pay_bill(step)
    return True


def _dishonour(_row: BillRow, step: Move, form: Form) -> bool:
    moving.dishonour_bill(step, reason=form.text("dishonour-reason"))
    return True


def _split(row: BillRow, step: Move, form: Form) -> bool:
    faces = form.read("split-faces", lambda text: [typed_minor(one, row.currency) for one in text.split()])
    if form.problems:
        return False
    split_bill(bill_id=row.id, faces=faces or [], on=step.on, actor=step.actor, at=step.at)
    return True


_DOING: dict[str, Callable[[BillRow, Move, Form], bool]] = {
    "endorse": _endorse,
    "discount": _discount,
    "pledge": _pledge,
    "release": _release,
    "present": _present,
    "pay": _pay,
    "dishonour": _dishonour,
    "split": _split,
}


def _seen(form: Form) -> int:
    text = form.text("seen")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else 0
