"""Papers of a customer: kept with their originals, renewed, taken back."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from huikuan.kernel.errors import Refusal
from huikuan.kernel.text import tidy
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.events.operations import announce
from huikuan.mechanisms.files.operations import keep_bytes, store_kept
from huikuan.mechanisms.store.transactions import retrying
from huikuan.record.customers.domain.documents import Paper, check_paper
from huikuan.record.customers.models import DocumentVersion
from huikuan.record.customers.operations.people import held


def add_document(
    *,
    customer_id: int,
    paper: Paper,
    content: Path | bytes,
    name: str,
    actor: str,
    at: datetime,
    seen: int | None = None,
) -> int:
    """Keep a paper of the customer with its original; answers its number. Refuses when another was kept after the
    one with the number `seen` (0: there was none; None: nobody looked)."""
    return _file(customer_id, None, 0, paper, content, name, actor, at, seen)


def renew_document(
    *,
    customer_id: int,
    number: int,
    version: int,
    paper: Paper,
    content: Path | bytes,
    name: str,
    actor: str,
    at: datetime,
) -> int:
    """The paper's next edition, read at `version`; the former one stays with its original. Refuses a paper that
    is not there or taken back, and when somebody changed it since."""
    return _file(customer_id, number, version, paper, content, name, actor, at)


def withdraw_document(*, customer_id: int, number: int, version: int, reason: str, actor: str, at: datetime) -> None:
    """The paper does not count any more; its original stays. Refuses without a reason."""
    if not tidy(reason):
        raise Refusal("document_reason_missing")

    def work() -> None:
        code = held(customer_id)
        known = _standing(customer_id, number, version, code)
        fields = ("kind", "title", "sha256", "file_name", "issued_on", "expires_on")
        row = {name: getattr(known, name) for name in fields}
        row |= {"note": tidy(reason)[:200], "withdrawn": True}
        _record(customer_id, number, version + 1, row, actor, at)

    retrying(work)


def _file(
    customer_id: int,
    number: int | None,
    version: int,
    paper: Paper,
    content: Path | bytes,
    name: str,
    actor: str,
    at: datetime,
    seen: int | None = None,
) -> int:
    """`number` None: a new paper, after the one `seen`."""
    stated = replace(paper, title=tidy(paper.title), note=tidy(paper.note))
    check_paper(stated)
    kept = keep_bytes(content)

    def work() -> int:
        code = held(customer_id)
        if number is not None:
            _standing(customer_id, number, version, code)
        latest = DocumentVersion.objects.filter(customer_id=customer_id).order_by("-number").first()
        if seen is not None and seen != (latest.number if latest else 0):
            raise Refusal("customer_paper_added_since", customer=code)
        counted = number or (latest.number + 1 if latest else 1)
        stored = store_kept(kept, name, actor=actor, at=at)
        row = {**asdict(stated), "sha256": stored.sha256, "file_name": stored.name}
        _record(customer_id, counted, version + 1, row, actor, at)
        return counted

    return retrying(work)


def _standing(customer_id: int, number: int, version: int, code: str) -> DocumentVersion:
    papers = DocumentVersion.objects.filter(customer_id=customer_id, number=number)
    latest = papers.order_by("-version").first()
    if latest is None or latest.withdrawn:
        raise Refusal("document_unknown", number=number)
    if latest.version != version:
        raise Refusal("customer_changed_since", customer=code, seen=version, now=latest.version)
    return latest


def _record(customer_id: int, number: int, version: int, row: dict[str, Any], actor: str, at: datetime) -> None:
    about = {"customer_id": customer_id, "number": number, "version": version, "actor": actor}
    record(DocumentVersion, [{**row, **about}], at=at)
    announce("customers.changed", at=at, customer_id=customer_id, payload={"fields": ["documents"]})
