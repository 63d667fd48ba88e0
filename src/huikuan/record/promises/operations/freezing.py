"""Freezing a customer and letting it go: asked for by one, approved by another, both ways."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.approvals.kinds import Asked
from huikuan.mechanisms.approvals.operations import submit_request
from huikuan.mechanisms.approvals.operations.asking import About
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.store.pipeline import send
from huikuan.mechanisms.store.transactions import is_postgres, retrying
from huikuan.mechanisms.work.operations import cancel_items
from huikuan.record.customers.queries import customers_by_id
from huikuan.record.customers.queries.merging import one_with
from huikuan.record.promises.domain.freezing import KINDS
from huikuan.record.promises.models import Freeze, Release
from huikuan.record.promises.operations.asking import LONGEST, company_of, require_reach, today_of
from huikuan.record.promises.queries.freezes import freeze_record
from huikuan.record.promises.work import TO_FREEZE, freeze_key

KIND = "promises.freeze"
FREEZE, RELEASE = "freeze", "release"


def propose_freeze(*, company: Company, customer_id: int, kind: str, reason: str, actor: str, at: datetime) -> int:
    """Ask that nothing be supplied to a customer, or sold to it on credit; answers the request's id. It holds once
    another person has approved it. Refuses a kind nobody knows, no reason, and a customer frozen so already."""
    if kind not in KINDS:
        raise Refusal("freeze_kind_unknown", value=kind, known=", ".join(KINDS))

    def work() -> int:
        require_reach(company, customer_id, actor, at)
        _require_free(company.pk, customer_id, kind, today_of(company, at))
        return _submit(company, customer_id, _shown(company, customer_id, kind, None, reason), actor, at)

    return retrying(work)


def propose_release(*, freeze_id: int, reason: str, actor: str, at: datetime) -> int:
    """Ask that a freeze end; answers the request's id. Refuses no reason, and a freeze that is over."""

    def work() -> int:
        freeze = freeze_record(freeze_id)
        company = Company.objects.get(pk=freeze.company_id)
        require_reach(company, freeze.customer_id, actor, at)
        _require_standing(freeze_id)
        shown = _shown(company, freeze.customer_id, freeze.kind, freeze_id, reason)
        return _submit(company, freeze.customer_id, shown, actor, at)

    return retrying(work)


def freeze_as_shown(asked: Asked, *, at: datetime) -> dict[str, Any]:
    """The document, if the customer may still be frozen so, or let go. Who decides holds the customer."""
    shown, company = asked.shown, company_of(asked)
    _hold(company.pk, shown["customer_id"])
    if shown["freeze"] is None:
        _require_free(company.pk, shown["customer_id"], shown["kind"], today_of(company, at))
    else:
        _require_standing(shown["freeze"])
    return dict(shown)


def freeze_or_release(asked: Asked, *, actor: str, at: datetime) -> None:
    """The customer is frozen, or let go, from today on, as was shown."""
    shown, company = asked.shown, company_of(asked)
    today = today_of(company, at)
    whose = {"company_id": company.pk, "customer_id": shown["customer_id"]}
    said = {**whose, "reason": shown["reason"], "request_id": asked.id, "approved_by": actor, "actor": asked.maker}
    if shown["freeze"] is None:
        number = record(Freeze, [{**said, "kind": shown["kind"], "frozen_on": today}], at=at)[0]
        cancel_items(kind=TO_FREEZE.name, keys=[freeze_key(**whose)], because="", actor=actor, at=at)
        announce("promises.frozen", at=at, **whose, payload={"freeze": number, "kind": shown["kind"]})
        return
    try:
        with transaction.atomic():
            record(Release, [{**said, "freeze_id": shown["freeze"], "released_on": today}], at=at)
    except IntegrityError as error:
        raise Refusal("freeze_over", freeze=shown["freeze"]) from error
    announce("promises.released", at=at, **whose, payload={"freeze": shown["freeze"], "kind": shown["kind"]})


def _shown(company: Company, customer_id: int, kind: str, freeze_id: int | None, reason: str) -> dict[str, Any]:
    why = tidy(reason)[:LONGEST]
    if not why:
        raise Refusal("promise_reason_missing")
    return {
        "company": company.code,
        "customer_id": customer_id,
        "customer": customers_by_id({customer_id})[customer_id].name,
        "kind": kind,
        "freeze": freeze_id,
        "reason": why,
    }


def _submit(company: Company, customer_id: int, shown: dict[str, Any], actor: str, at: datetime) -> int:
    about = About(KIND, f"{shown['kind']}:{customer_id}", company.pk, customer_id)
    return submit_request(about=about, shown=shown, note=shown["reason"], actor=actor, at=at)


def _require_free(company_id: int, customer_id: int, kind: str, today: date) -> None:
    freezes = Freeze.objects.filter(company_id=company_id, customer_id__in=one_with(customer_id), kind=kind)
    over = Release.objects.filter(released_on__lte=today, freeze_id__in=freezes.values("pk")).values("freeze_id")
    if standing := freezes.exclude(pk__in=over).first():
        raise Refusal("freeze_stands", freeze=standing.pk)


def _require_standing(freeze_id: int) -> None:
    if Release.objects.filter(freeze_id=freeze_id).exists():
        raise Refusal("freeze_over", freeze=freeze_id)


def _hold(company_id: int, customer_id: int) -> None:
    """Whoever freezes this customer waits until this transaction ends. SQLite has one writer: that is lock enough."""
    if is_postgres():
        whose = min(one_with(customer_id))
        send("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"freeze:{company_id}:{whose}"])
