"""The form that asks for a limit of a customer or a group: read, and filled in as the policy proposes."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404, HttpRequest
from django.utils import timezone

from huikuan.judge.credit.domain.limits import STANDING, Wish
from huikuan.judge.credit.domain.proposing import GroupProposal, Proposal
from huikuan.judge.credit.operations.proposing import request_measured
from huikuan.judge.credit.queries.limits import request as limit_request
from huikuan.kernel.amounts import typed_minor
from huikuan.kernel.dates import parse_date
from huikuan.kernel.errors import Refusal
from huikuan.kernel.money import to_text
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.access import scope_of
from huikuan.mechanisms.pages.forms import Form, request_named
from huikuan.mechanisms.pages.reading import reading_of

_LONGEST_NUMBER = 4

#: Which field a refusal stands beside.
_OF = {
    "limit_amount_bad": "amount",
    "limit_backwards": "from",
    "limit_ends_early": "until",
    "limit_temporary_endless": "until",
    "limit_currencies_differ": "currency",
    "limit_term_bad": "term",
    "limit_prepaid_bad": "prepaid",
}


def filled_in(proposal: Proposal | GroupProposal, company: Company, sales: str = "") -> dict[str, str]:
    """The form as the policy proposes; `sales` as they were stated."""
    amount = "" if proposal.amount is None else to_text(proposal.amount, proposal.currency)
    typed = {
        "company": company.code,
        "kind": STANDING,
        "amount": amount,
        "currency": proposal.currency,
        "from": proposal.day.isoformat(),
        "until": proposal.until_on.isoformat(),
        "sales": sales,
    }
    if isinstance(proposal, Proposal):
        typed |= {"term": str(proposal.term_days), "prepaid": str(proposal.prepaid_percent)}
    return typed


def began(request: HttpRequest) -> dict[str, str]:
    """The form before anything is typed: as a request that came back, or with what the address says of the wish."""
    asked = {"kind": "kind", "amount": "amount", "company": "of", "currency": "in"}
    said = {name: request.GET[key] for name, key in asked.items() if request.GET.get(key)}
    return again(request) or {"from": reading_of(request).today.isoformat(), **said}


def again(request: HttpRequest) -> dict[str, str]:
    """The form as a request said that came back; {} where the address names none, or none the reader sees."""
    number, today = request.GET.get("again", ""), reading_of(request).today
    named = request_named(number)
    if named is None:
        return {}
    try:
        row = limit_request(named, scope=scope_of(request, Permission.VIEW_LEDGER))
    except Refusal:
        return {}
    wish = row.wish
    return {
        "again": number,
        "company": Company.objects.values_list("code", flat=True).get(pk=row.company_id),
        "kind": wish.kind,
        "amount": to_text(wish.amount, wish.currency),
        "currency": wish.currency,
        "from": max(wish.from_on, today).isoformat(),
        "until": wish.until_on.isoformat() if wish.until_on else "",
        "term": "" if wish.term_days is None else str(wish.term_days),
        "prepaid": "" if wish.prepaid_percent is None else str(wish.prepaid_percent),
        "reason": row.reason,
    }


def ask(
    request: HttpRequest, form: Form, companies: Iterable[Company], *, customer_id: int | None = None, group: str = ""
) -> bool:
    """Whether the limit was asked for; what stands against it is in the form."""
    company = next((one for one in companies if one.code == form.text("company")), None)
    if company is None:
        raise Http404
    wish = _wish(form, company)
    sales = form.read("sales", lambda text: typed_minor(text, company.currency))
    if form.problems or wish is None:
        return False
    try:
        request_measured(
            company=company,
            customer_id=customer_id,
            group=group,
            wish=wish,
            reason=form.text("reason"),
            stated_sales=sales,
            replaces=request_named(form.text("again")),
            actor=request.user.get_username(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        form.blame(_OF.get(refusal.code, ""), refusal)
        return False
    return True


def _wish(form: Form, company: Company) -> Wish | None:
    currency = form.text("currency") or company.currency
    for name in ("amount", "from", "reason"):
        if not form.text(name):
            form.blame(name, Refusal("limit_field_missing"))
    amount = form.read("amount", lambda text: typed_minor(text, currency))
    since, until = form.read("from", parse_date), form.read("until", parse_date)
    term, prepaid = form.read("term", _days), form.read("prepaid", _percent)
    if amount is None or since is None:
        return None
    return Wish(form.text("kind"), currency, amount, since, until, term, prepaid)


def _days(text: str) -> int:
    if not _is_number(text):
        raise Refusal("limit_days_unreadable", value=text)
    return int(text)


def _percent(text: str) -> int:
    if not _is_number(text):
        raise Refusal("limit_prepaid_bad", value=text)
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
