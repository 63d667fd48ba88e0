"""What one item bears: segments, rule and reason, what was claimed of it; and claiming, waiving, facts of parties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.beside import beside
from huikuan.mechanisms.pages.deeds import posted_from, stands_at
from huikuan.mechanisms.pages.forms import Form, file_sent, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.telling import said as told
from huikuan.record.customers.queries import named_by_id, narrowed, seen
from huikuan.record.interest.domain.sheets import decimal_text
from huikuan.record.interest.messages import BUYERS, CLAIM_STATES
from huikuan.record.interest.operations.claiming import claim_interest, withdraw_claim
from huikuan.record.interest.operations.correcting import correct_claim
from huikuan.record.interest.operations.parties import Paper, declare_parties, record_bankruptcy
from huikuan.record.interest.operations.waiving import ask_waiver
from huikuan.record.interest.queries.accruals import Accrual, accrual
from huikuan.record.interest.queries.claims import OPEN, ClaimRow, claim, claims
from huikuan.record.interest.queries.facts import said_of
from huikuan.record.interest.telling import percent_of, rule_words, sentences
from huikuan.record.interest.web.listing import READS, WRITES
from huikuan.record.receivables.models import Item

#: The forms of the page: of the item, and of each of its claims.
CLAIM, PARTIES, BANKRUPTCY = "claim", "parties", "bankruptcy"
WAIVER, WITHDRAWAL = "waiver", "withdrawal"
#: Beside which field of which form a refusal stands; others stand with the whole.
_BESIDE = {
    (WAIVER, "interest_waiver_bad"): "amount",
    (WAIVER, "interest_reason_missing"): "reason",
    (WITHDRAWAL, "interest_reason_missing"): "reason",
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent, as it was typed: which one, and of which claim (None: of the item)."""

    name: str
    form: Form
    claim: int | None = None


@needs(READS)
@require_GET
def show_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """Up to the page's day, or the day the address asks for."""
    return _page(request, _item(request, item_id))


@needs(WRITES)
@posted_from("interest:item", "item_id")
def claim_item(request: HttpRequest, item_id: int) -> HttpResponse:
    """What was borne until a day becomes an item."""
    item, sent = _written(request, _item(request, item_id)), Sent(CLAIM, Form(typed_in(request)))
    until = sent.form.read("until", parse_date) or reading_of(request).today
    return _done(
        request,
        item,
        sent,
        lambda by: claim_interest(item_id=item.pk, until=until, **by),
        _("Claimed; it is an item."),
    )


@needs(WRITES)
@posted_from("interest:item", "item_id")
def declare(request: HttpRequest, item_id: int) -> HttpResponse:
    """Who the buyer is, and whether we declared ourselves an SME; of the item's contract or of all."""
    item, sent = _written(request, _item(request, item_id)), Sent(PARTIES, Form(typed_in(request)))

    def work(by: dict[str, Any]) -> Any:
        return declare_parties(
            company=Company.objects.get(pk=item.company_id),
            customer_id=item.customer_id,
            buyer=sent.form.text("buyer"),
            seller_declared=bool(sent.form.text("declared")),
            contract_number=item.contract_number if sent.form.text("contract") else "",
            note=sent.form.text("note"),
            paper=_paper(request),
            **by,
        )

    return _done(request, item, sent, work, _("Recorded."))


@needs(WRITES)
@posted_from("interest:item", "item_id")
def bankruptcy(request: HttpRequest, item_id: int) -> HttpResponse:
    """A court accepted the customer's bankruptcy; without a day: it did not."""
    item, sent = _written(request, _item(request, item_id)), Sent(BANKRUPTCY, Form(typed_in(request)))
    on = sent.form.read("accepted", parse_date)

    def work(by: dict[str, Any]) -> Any:
        return record_bankruptcy(
            company=Company.objects.get(pk=item.company_id),
            customer_id=item.customer_id,
            accepted_on=on,
            note=sent.form.text("court"),
            **by,
        )

    return _done(request, item, sent, work, _("Recorded."))


@needs(WRITES)
@posted_from("interest:claims")
def waive(request: HttpRequest, number: int) -> HttpResponse:
    """Ask that part of a claim be given up."""
    row, item, sent = *_claimed(request, number), Sent(WAIVER, Form(typed_in(request)), number)
    amount = sent.form.read("amount", lambda text: typed_minor(text, row.currency))

    def work(by: dict[str, Any]) -> Any:
        return ask_waiver(claim_id=number, amount=amount or 0, reason=sent.form.text("reason"), **by)

    return _done(request, item, sent, work, _("Asked for; whoever has the authority decides."))


@needs(WRITES)
@posted_from("interest:claims")
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take a claim back."""
    _row, item, sent = *_claimed(request, number), Sent(WITHDRAWAL, Form(typed_in(request)), number)

    def work(by: dict[str, Any]) -> None:
        withdraw_claim(claim_id=number, reason=sent.form.text("reason"), **by)

    return _done(request, item, sent, work, _("Taken back; its days may be claimed again."))


@needs(WRITES)
@require_POST
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Give back what a claim demands and its days do not bear; its item may have been reversed since."""
    try:
        row = claim(number, scope=scope_of(request, WRITES), at=timezone.now())
    except Refusal as refusal:
        raise Http404 from refusal
    if reading_of(request).is_past:
        raise Http404
    try:
        correct_claim(claim_id=number, actor=request.user.get_username(), at=timezone.now())
        right = claim(number, scope=scope_of(request, WRITES), at=timezone.now()).right
        said = _("The claim is what its days bear.") if right else _("What was given back is undone.")
        messages.success(request, said)
    except Refusal as refusal:
        messages.error(request, told(refusal))
    back = reverse("interest:claims") if row.item_reversed else reverse("interest:item", args=[row.item_id])
    return HttpResponseRedirect(address(back, reading_of(request)))


def item_panel(request: HttpRequest, item_id: int) -> SafeString:
    """What interest says on an item's page: what it bears up to the page's day."""
    try:
        found = accrual(item_id, reading_of(request).as_of, at=timezone.now())
    except Refusal:
        return SafeString("")
    rows = claims(scope=scope_of(request, READS), at=timezone.now(), item_id=item_id)
    if not found.whole.amount and not rows:
        return SafeString("")
    said = {
        "found": found,
        "item": found.item,
        "rule": rule_words(found.governing.rule),
        "over": sum(row.over_claimed for row in rows),
        "under": sum(row.under_claimed for row in rows),
        "warnings": sentences(found.warnings),
    }
    return render_to_string("interest/parts/accrued.html", said, request=request)


def _page(request: HttpRequest, item: Item, refused: Sent | None = None) -> HttpResponse:
    """`refused`: the form that was; it keeps what was typed, and the days it was about. Every other says what is
    known."""
    reading = reading_of(request)
    until = _until(request, refused) or reading.as_of
    found = accrual(item.pk, until, at=timezone.now())
    writes = not reading.is_past and _may(request, item)
    rows = claims(scope=scope_of(request, READS), at=timezone.now(), item_id=item.pk)
    parties = said_of([item.customer_id])
    said = parties.parties(item.company_id, item.customer_id, item.contract_number)
    known = {
        PARTIES: {"buyer": said.buyer, "declared": "1" if said.seller_declared else ""},
        BANKRUPTCY: {"accepted": f"{parties.bankrupt_on(item.customer_id) or ''}"},
    }
    forms = {name: Form(typed) for name, typed in known.items()}
    if refused:
        refused = _where_it_stands(refused, rows)
        forms[refused.name] = refused.form
    claimable = writes and found.unclaimed_amount > 0 and found.last < reading.today
    page: dict[str, Any] = {
        "item": item,
        "customer": named_by_id({item.customer_id})[item.customer_id],
        "found": found,
        "until": until,
        "rule": rule_words(found.governing.rule),
        "most_rule": rule_words(found.governing.most) if found.governing.most else "",
        "segments": [(one, percent_of(decimal_text(one.rate))) for one in found.whole.segments],
        "reasons": sentences(found.governing.reasons),
        "warnings": sentences(found.warnings),
        "claims": [
            (row, _(CLAIM_STATES[row.state]), refused.name if refused and refused.claim == row.id else "")
            for row in rows
        ],
        "over": sum(row.over_claimed for row in rows),
        "under": sum(row.under_claimed for row in rows),
        "writes": writes,
        "claimable": claimable,
        "stretches": [
            (computed, rule_words(one.rule), computed.segments[0].first, computed.segments[-1].last)
            for one, computed in found.unclaimed
        ],
        "against": beside("interest.claim", request, item.pk) if claimable else [],
        "refused": refused.name if refused else "",
        "form": refused.form if refused else Form({}),
        "forms": forms,
        "buyers": [(name, _(title)) for name, title in BUYERS.items()],
    }
    return render(request, "interest/item.html", page, status=400 if refused else 200)


def _where_it_stands(refused: Sent, rows: Sequence[ClaimRow]) -> Sent:
    """The form as its page can show it: of a claim of which nothing is open any more there is none, and what is wrong
    is wrong with the whole."""
    if refused.claim is None or any(row.id == refused.claim and row.state == OPEN for row in rows):
        return refused
    said = next(iter(refused.form.problems.values()))
    return replace(refused, form=Form(refused.form.typed, {"": said}))


def _item(request: HttpRequest, item_id: int) -> Item:
    """The item, if it bears interest and is in reach."""
    rows = narrowed(Item.objects.filter(pk=item_id), seen(scope_of(request, READS)))
    if not rows.exists():
        raise Http404
    return _borne(item_id, reading_of(request).as_of).item


def _borne(item_id: int, until: date) -> Accrual:
    try:
        return accrual(item_id, until, at=timezone.now())
    except Refusal as refusal:
        raise Http404 from refusal


def _claimed(request: HttpRequest, number: int) -> tuple[ClaimRow, Item]:
    try:
        row = claim(number, scope=scope_of(request, READS), at=timezone.now())
    except Refusal as refusal:
        raise Http404 from refusal
    stands_at(request, reverse("interest:item", args=[row.item_id]))
    return row, _written(request, _item(request, row.item_id))


def _written(request: HttpRequest, item: Item) -> Item:
    if reading_of(request).is_past or not _may(request, item):
        raise Http404
    return item


def _may(request: HttpRequest, item: Item) -> bool:
    return seen(scope_of(request, WRITES)).has(item.company_id, item.customer_id)


def _until(request: HttpRequest, refused: Sent | None) -> date | None:
    """Until when: as a refused claim said, else the page's address."""
    asked = refused.form.text("until") if refused else ""
    try:
        return parse_date(asked or request.GET.get("until", ""))
    except Refusal:
        return None


def _paper(request: HttpRequest) -> Paper | None:
    if not request.FILES.get("file"):
        return None
    name, content = file_sent(request)
    return Paper(content, name)


def _done(
    request: HttpRequest, item: Item, sent: Sent, work: Callable[[dict[str, Any]], Any], said: str
) -> HttpResponse:
    """Do it and go back to the item's page; a refusal stands on the page and nothing is written."""
    if not sent.form.problems:
        try:
            work({"actor": request.user.get_username(), "at": timezone.now()})
        except Refusal as refusal:
            sent.form.blame(_BESIDE.get((sent.name, refusal.code), ""), refusal)
    if sent.form.problems:
        return _page(request, item, sent)
    messages.success(request, said)
    return HttpResponseRedirect(address(reverse("interest:item", args=[item.pk]), reading_of(request)))
