"""What the workbench writes: a call with what came of it, a word to a colleague, a mail, several customers at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django.views.decorators.http import require_POST

from huikuan.act.collection.web.asked import company_of
from huikuan.act.collection.web.desk import desk_page
from huikuan.act.collection.web.desk_words import amount_said, amounts_said, day_said
from huikuan.act.collection.web.mailing import mail_customer
from huikuan.act.collection.web.permissions import WORKS
from huikuan.act.visits.domain.calls import AGAIN, DISPUTED, PROMISED
from huikuan.act.visits.messages import RESULTS
from huikuan.act.visits.operations import hand_customer, mention, record_call
from huikuan.act.visits.queries.calls import written_as
from huikuan.kernel.amounts import typed_positive_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import needs, scope_of
from huikuan.mechanisms.pages.deeds import posted_from, query_sent
from huikuan.mechanisms.pages.forms import Form, files_sent, request_named, typed_in
from huikuan.mechanisms.pages.reading import address, reading_of
from huikuan.mechanisms.pages.telling import said
from huikuan.record.customers.queries import named_by_id, seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.customers.queries.people import contacts
from huikuan.record.disputes.domain.life import require_said
from huikuan.record.disputes.models import Dispute
from huikuan.record.disputes.operations.facts import Paper
from huikuan.record.disputes.operations.raising import raise_dispute
from huikuan.record.promises.operations import promise_payment
from huikuan.record.receivables.queries.ledger import item, open_of

#: So many customers are mailed or handed on at once.
_MOST_AT_ONCE = 100


@needs(WORKS)
@posted_from("collection:desk", customer="customer_id")
def write_call(request: HttpRequest, customer_id: int) -> HttpResponse:
    """A call with what came of it: the promise or the dispute is recorded with it, or neither. Then the next one."""
    company, form = _mine(request, customer_id), Form(typed_in(request))
    key = f"call-{form.text('key')}"[:80] if form.text("key") else None
    if key and written_as(key):
        return _next(request, form)
    try:
        with transaction.atomic():
            told = _write(request, company, customer_id, form, key)
    except Refusal as refusal:
        form.blame(_BESIDE.get(refusal.code, ""), refusal)
    if form.problems:
        back, ticked = query_sent(request), _ticked(request)
        return desk_page(request, customer_id=customer_id, form=form, query=back, ticked=ticked)
    messages.success(request, told)
    return _next(request, form)


@needs(WORKS)
@posted_from("collection:desk", customer="customer_id")
def mention_colleague(request: HttpRequest, customer_id: int) -> HttpResponse:
    """A word to a colleague about the customer."""
    company, form = _mine(request, customer_id), Form(typed_in(request))
    to, says = form.text("to"), form.text("says")
    asked: dict[str, Any] = {
        "customer_id": customer_id,
        "company_id": company.pk,
        "to": to,
        "says": says,
        "key": form.text("key"),
    }
    return _do(request, customer_id, form, lambda: mention(**asked, **_by(request)), _("Your colleague is told."))


@needs(WORKS)
@posted_from("collection:desk", customer="customer_id")
def mail(request: HttpRequest, customer_id: int) -> HttpResponse:
    """A mail to somebody at the customer's; it goes out by the rules of notices."""
    company, form = _mine(request, customer_id), Form(typed_in(request))

    def send() -> None:
        mail_customer(
            company_id=company.pk,
            customer_id=customer_id,
            contacts=contacts(customer_id, clear=True),
            number=request_named(form.text("person")),
            subject=form.text("subject"),
            text=form.text("text"),
            key=form.text("key"),
            **_by(request),
        )

    return _do(request, customer_id, form, send, _("The mail is queued."))


@needs(WORKS)
@require_POST
def several(request: HttpRequest) -> HttpResponse:
    """Several customers: handed to a colleague, or mailed to whoever is in charge of paying there. What is refused of
    one is said and leaves the others."""
    reading, form = reading_of(request), Form(typed_in(request))
    if reading.is_past:
        raise Http404
    company = company_of(request)
    ids = [one for text in request.POST.getlist("picked") if (one := request_named(text)) is not None][:_MOST_AT_ONCE]
    theirs = seen(scope_of(request))
    done, refused = 0, []
    for customer_id in (one for one in ids if theirs.has(company.pk, one)):
        try:
            _of_several(request, company, customer_id, form)
            done += 1
        except Refusal as refusal:
            refused.append(said(refusal))
    if done:
        counted = ngettext("Done for %(count)s customer.", "Done for %(count)s customers.", done)
        messages.success(request, counted % {"count": done})
    for told in dict.fromkeys(refused):
        messages.error(request, told)
    return HttpResponseRedirect(address(reverse("collection:desk"), reading))


#: Beside which field a refusal stands.
_BESIDE = {
    "call_result_missing": "result", "call_note_too_long": "note",
    "dispute_reason_missing": "reason", "dispute_note_missing": "note",
    "call_again_undated": "again_on", "call_again_day_bad": "again_on",
    "promise_by_bad": "by", "amount_unreadable": "amount", "amount_too_fine": "amount", "date_unreadable": "by",
    "desk_items_missing": "item", "desk_amount_too_large": "amount",
    "form_file_too_large": "file", "dispute_too_many_files": "file",
}  # fmt: skip


def _write(request: HttpRequest, company: Company, customer_id: int, form: Form, key: str | None) -> str:
    """What was written down of whom; '' where nothing was, for what stands against it in the form."""
    result, by = form.text("result"), _by(request)
    person = request_named(form.text("person"))
    amount = ""
    if result == PROMISED:
        amount = _promise(request, company, customer_id, form)
    if result == DISPUTED:
        amount = _dispute(request, company, form)
    again = form.read("again_on", parse_date) if result == AGAIN else None
    if form.problems:
        transaction.set_rollback(True)
        return ""
    record_call(
        customer_id=customer_id,
        company_id=company.pk,
        person_id=person,
        result=result,
        note=form.text("note"),
        again_on=again,
        incoming=bool(form.text("incoming")),
        request_key=key,
        **by,
    )
    return _told(request, customer_id, result, amount, form)


#: What is said of a call with this result; of others, what came of it.
_TOLD = {
    PROMISED: gettext_noop("A promise of %(who)s is written down: %(amount)s by %(day)s."),
    DISPUTED: gettext_noop("A dispute of %(who)s is written down: %(amount)s."),
}
_CALLED = gettext_noop("The call with %(who)s is written down: %(result)s.")


def _told(request: HttpRequest, customer_id: int, result: str, amount: str, form: Form) -> str:
    """What was written down, with the way back to whom it is of."""
    day = day_said(form.read("by", parse_date)) if result == PROMISED else ""
    what = {"amount": amount, "day": day, "result": _(RESULTS[result]), "who": "\0"}
    before, _gap, after = (_(_TOLD.get(result, _CALLED)) % what).partition("\0")
    back = address(reverse("collection:desk"), reading_of(request), customer=customer_id)
    return format_html('{}<a href="{}">{}</a>{}', before, back, named_by_id([customer_id])[customer_id].name, after)


def _promise(request: HttpRequest, company: Company, customer_id: int, form: Form) -> str:
    """The amount over the ticked items, the oldest first; no amount: all that is open of them. Answers it in words."""
    items, day = _items(request, company), form.read("by", parse_date)
    if day is None:
        form.blame("by", Refusal("date_missing"))
        return ""
    currency = item(items[0]).currency
    amount = form.read("amount", lambda text: typed_positive_minor(text, currency))
    if form.problems:
        return ""
    parts = _spread(items, amount)
    promise_payment(
        customer_id=customer_id,
        company_id=company.pk,
        parts=parts,
        by=day,
        said_by=_name_of(customer_id, request_named(form.text("person"))),
        source="phone",
        note=form.text("note"),
        **_by(request),
    )
    return amount_said(sum(part for _item, part in parts), currency)


def _dispute(request: HttpRequest, company: Company, form: Form) -> str:
    """No amount: all that is open of each ticked item. An amount is of one: nobody said how it falls on several.
    Answers what is disputed, in words, each currency apart."""
    items = _items(request, company)
    currency = item(items[0]).currency
    amount = form.read("amount", lambda text: typed_positive_minor(text, currency))
    if amount is not None and len(items) > 1:
        form.blame("amount", Refusal("desk_amount_of_one"))
    if form.problems:
        return ""
    require_said(form.text("reason"), form.text("note"))
    papers = [Paper(content, name) for name, content in files_sent(request)]
    numbers = [
        raise_dispute(
            company_id=company.pk,
            item_id=one,
            amount=amount,
            reason=form.text("reason"),
            note=form.text("note"),
            files=papers,
            source="call",
            **_by(request),
        )
        for one in items
    ]
    sums: dict[str, int] = defaultdict(int)
    for of, disputed in Dispute.objects.filter(pk__in=numbers).order_by("pk").values_list("currency", "amount"):
        sums[of] += disputed
    return amounts_said(sums)


def _items(request: HttpRequest, company: Company) -> list[int]:
    """The ticked items in the order of the page, of the company and of customers the writer collects from."""
    theirs = seen(scope_of(request))
    found = [item(one) for one in _ticked(request)]
    if not found:
        raise Refusal("desk_items_missing")
    if any(one.company_id != company.pk or not theirs.has(company.pk, one.customer_id) for one in found):
        raise Http404
    return [one.id for one in found]


def _ticked(request: HttpRequest) -> list[int]:
    """The items whose boxes were ticked, each once."""
    ids = [one for text in request.POST.getlist("item") if (one := request_named(text)) is not None]
    return list(dict.fromkeys(ids))


def _spread(items: Sequence[int], amount: int | None) -> list[tuple[int, int]]:
    """So much over the items one after the other, each at most what is open of it."""
    parts, rest = [], amount
    for one in items:
        still = open_of(one).amount
        part = still if rest is None else min(still, rest)
        if part > 0:
            parts.append((one, part))
        rest = None if rest is None else rest - part
    if rest:
        raise Refusal("desk_amount_too_large")
    return parts


def _name_of(customer_id: int, person_id: int | None) -> str:
    rows = [row for one in one_with(customer_id) for row in contacts(one, clear=True)]
    return next((row.contact.name for row in rows if row.id == person_id), "")


def _of_several(request: HttpRequest, company: Company, customer_id: int, form: Form) -> None:
    asked: dict[str, Any] = {
        "customer_id": customer_id,
        "company_id": company.pk,
        "key": form.text("key"),
        **_by(request),
    }
    if form.text("do") == "hand":
        hand_customer(to=form.text("to"), says=form.text("says"), **asked)
    else:
        words: dict[str, Any] = {"subject": form.text("subject"), "text": form.text("text"), "number": None}
        mail_customer(contacts=contacts(customer_id, clear=True), **words, **asked)


def _mine(request: HttpRequest, customer_id: int) -> Company:
    """The company, if the writer collects from this customer for it, on a day that is today's."""
    reading = reading_of(request)
    company = company_of(request)
    if reading.is_past or not seen(scope_of(request)).has(company.pk, customer_id):
        raise Http404
    return company


def _do(request: HttpRequest, customer_id: int, form: Form, work: Callable[[], object], done: str) -> HttpResponse:
    try:
        work()
    except Refusal as refusal:
        form.blame("", refusal)
        return desk_page(request, customer_id=customer_id, form=form, query=query_sent(request))
    messages.success(request, done)
    return _to(request, customer_id)


def _next(request: HttpRequest, form: Form) -> HttpResponse:
    return _to(request, request_named(form.text("next")))


def _to(request: HttpRequest, customer_id: int | None) -> HttpResponse:
    kept = query_sent(request)
    return HttpResponseRedirect(
        address(reverse("collection:desk"), reading_of(request), q=kept.get("q", ""), customer=customer_id or "")
    )


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user.get_username(), "at": timezone.now()}
