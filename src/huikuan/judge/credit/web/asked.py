"""A limit that is asked for, as whoever decides about it reads it: the wish, and what stands beside it now."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from huikuan.judge.credit.domain.limits import NONE, TEMPORARY
from huikuan.judge.credit.messages import DEPARTURES, LIMIT_KINDS, LIMIT_STATES
from huikuan.judge.credit.queries.grounds import rules_in_force
from huikuan.judge.credit.queries.pictures import NodePicture, group_picture, pictures
from huikuan.judge.rating.queries.ratings import rating_of
from huikuan.judge.rating.web.asked_for import grade_lines
from huikuan.kernel.dates import business_date
from huikuan.kernel.money import to_minor, to_text
from huikuan.mechanisms.approvals.kinds import Asked, Described, Weighed
from huikuan.mechanisms.identity.domain.scope import Scope
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.pages.figures import grouped
from huikuan.mechanisms.pages.telling import said
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.conduct import conduct_of
from huikuan.record.customers.queries.families import customers_in


def described(shown: Mapping[str, Any]) -> Described:
    """The wish beside the limit it takes the place of, and the one it is added to."""
    before, beneath, kind = shown["before"], shown.get("beneath"), shown["kind"]
    plus = "+" if kind == TEMPORARY else ""
    lines = [
        (_("Kind"), _(LIMIT_KINDS[kind])),
        (_("From → to"), f"{_money(before) if before else '–'} → {plus}{_money(shown)}"),
        (_("On top of"), _money(beneath) if beneath else ""),
        (_("Holds"), f"{shown['from']} → {shown['until'] or '–'}"),
        (_("Term in days"), _change(before, shown, "term_days")),
        (_("Paid ahead in percent"), _change(before, shown, "prepaid_percent")),
        (_("Group"), shown["group"]),
        *_by_policy(shown["calculation"]),
    ]
    return [(label, value) for label, value in lines if value]


def beside(asked: Asked, *, scope: Scope, at: datetime) -> Described:
    """Limit, exposure, grade and conduct of the customer as they are now; limit and exposure of a group, for whoever
    sees all of it."""
    company = Company.objects.get(pk=asked.company_id or 0)
    today = business_date(at, company.time_zone)
    if asked.customer_id is None:
        whole = _picture(asked, company, scope=scope, today=today)
        return list(_node(whole)) if whole else []
    lines = [
        line
        for picture in pictures(asked.customer_id, [company], scope=scope, today=today, as_of=today)
        for node in (picture.own, *picture.groups)
        for line in _node(node)
    ]
    rating = rating_of(asked.customer_id, day=today, scope=scope)
    lines += grade_lines(rating) if rating else [(_("Grade"), _("never assessed"))]
    flag = conduct_of(asked.customer_id, day=today, scope=scope)
    return [*lines, *([(_("Flagged"), _("pays late on purpose"))] if flag else [])]


def weigh(asked: Asked, *, scope: Scope, at: datetime) -> Weighed | None:
    """The limit from and to, a temporary one on top of the standing one, beside the exposure as it is now."""
    shown, company = asked.shown, Company.objects.get(pk=asked.company_id or 0)
    currency, beneath = shown["currency"], shown.get("beneath")
    touched = [one for one in (shown["before"], beneath) if one]
    if any(one["currency"] != currency for one in touched):
        return None
    standing = to_minor(beneath["amount"], currency) if beneath else 0
    before = [to_minor(one["amount"], currency) for one in touched]
    node = _picture(asked, company, scope=scope, today=business_date(at, company.time_zone))
    exposure = node.exposure if node and node.limit.currency == currency else None
    return Weighed(
        currency,
        sum(before) if before else None,
        standing + to_minor(shown["amount"], currency),
        max(0, exposure.total) if exposure else None,
        rules_in_force(company, at)[1].warn_over,
    )


def _picture(asked: Asked, company: Company, *, scope: Scope, today: date) -> NodePicture | None:
    """The customer, or the group, as it stands now; None where the reader does not see all of it."""
    if asked.customer_id is None:
        code, theirs = asked.shown["group"], seen(scope)
        whole = all(theirs.has(company.pk, member) for member in customers_in(code, today))
        return group_picture(company, code, today, live=True) if whole else None
    found = pictures(asked.customer_id, [company], scope=scope, today=today, as_of=today)
    return found[0].own if found else None


def address(asked: Asked) -> str:
    """The exposure and limits of the customer, or of the group."""
    if asked.customer_id is None:
        return f"{reverse('credit:group')}?{urlencode({'group': asked.shown['group']})}"
    return reverse("credit:customer", args=[asked.customer_id])


def _node(picture: NodePicture) -> Iterator[tuple[str, str]]:
    whose = f" · {picture.node.group}" if picture.node.group else ""
    limit, currency = picture.limit, picture.limit.currency
    state = "" if limit.amount else f" · {_(LIMIT_STATES[limit.state])}"
    if whose and limit.state == NONE:
        yield _("Limit now") + whose, _("no limit is set for the group")
    else:
        yield _("Limit now") + whose, f"{currency} {grouped(to_text(limit.amount, currency))}{state}"
    if picture.exposure is None:
        yield _("Exposure now") + whose, said(picture.missing) if picture.missing else "–"
        return
    used = f" · {picture.percent} %" if picture.percent else ""
    yield _("Exposure now") + whose, f"{currency} {grouped(to_text(picture.exposure.total, currency))}{used}"


def _money(wish: Mapping[str, Any]) -> str:
    return f"{wish['currency']} {grouped(wish['amount'])}"


def _by_policy(calculation: str) -> Iterator[tuple[str, str]]:
    """What the policy gives, and in what the wish departs from it; nothing where nobody worked it out."""
    if not calculation:
        return
    kept = json.loads(calculation)
    amount, currency = kept["amount"], kept["currency"]
    yield _("By policy"), "–" if amount is None else f"{currency} {grouped(to_text(amount, currency))}"
    yield _("Departs"), "、".join(_(DEPARTURES[one]) for one in kept["departures"])


def _change(before: Mapping[str, Any] | None, shown: Mapping[str, Any], name: str) -> str:
    """'30 → 60'; '' where both leave it to the policy."""
    values = (before and before[name], shown[name])
    if values == (None, None):
        return ""
    return " → ".join(_("by policy") if one is None else str(one) for one in values)
