"""Files handed in by the page: kept at once, read, and asked about where the file leaves something open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import override

from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.files.operations import keep_bytes
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.identity.queries import require
from huikuan.mechanisms.jobs.operations import enqueue
from huikuan.record.banking.domain.sampling import Sample
from huikuan.record.banking.models import Upload
from huikuan.record.banking.operations.accounts import WRITES
from huikuan.record.banking.operations.files import LAYOUT_UNKNOWN, LIMITS, Choices, import_statements, sample_of
from huikuan.record.banking.operations.importing import Asked
from huikuan.record.banking.operations.presets import save_preset
from huikuan.record.banking.telling import brought_json

JOB = "banking.read"
#: Up to so many bytes a file is read while its sender waits.
AT_ONCE = 400_000
#: What a person can answer: which account, that it be opened, what the columns are.
COLUMNS_ASKED = LAYOUT_UNKNOWN | {"statement_date_order_unknown", "statement_direction_unproven"}
#: What a list that was filtered on purpose is refused for too: its sender may say that it is one.
PARTIAL_ASKED = frozenset({"statement_balance_broken", "statement_totals_differ"})
ASKS = COLUMNS_ASKED | {"bank_account_new", "bank_account_unsaid", "bank_account_unclear"}


def take_upload(*, company: Company, name: str, content: bytes, language: str, actor: str, at: datetime) -> Upload:
    """Keep a file that was handed in; it is read next. Refuses an empty and a large one before it is kept."""
    require(actor, WRITES, company_id=company.pk, at=at)
    if not content:
        raise Refusal("file_empty")
    if len(content) > LIMITS.size:
        raise Refusal("file_too_large", size=len(content), limit=LIMITS.size)
    return Upload.objects.create(
        company_id=company.pk,
        file_sha256=keep_bytes(content).sha256,
        file_name=clean_name(name),
        file_size=len(content),
        language=language,
        actor=actor,
        created_at=at,
        changed_at=at,
    )


def start_reading(upload: Upload, *, at: datetime) -> None:
    """Read a short file now, and have the worker read a long one."""
    if upload.file_size <= AT_ONCE:
        read_upload(upload, at=at)
    else:
        enqueue(JOB, key=str(upload.pk), params={"upload": upload.pk}, at=at)


def read_upload(upload: Upload, *, at: datetime) -> None:
    """Bring the file in; what it brought, asks or is refused for is kept with it. Reading it again brings nothing."""
    company = Company.objects.get(pk=upload.company_id)
    given = upload.choices
    asked = Asked(company, upload.actor, at, account=given.get("account", ""), opens=given.get("opens", False))
    choices = Choices(given.get("mapping"), given.get("partial", False))
    with override(upload.language):
        try:
            path = open_original(upload.file_sha256)
            brought = import_statements(path=path, name=upload.file_name, asked=asked, choices=choices)
        except Refusal as refusal:
            state = Upload.State.ASKING if refusal.code in ASKS else Upload.State.REFUSED
            _settle(upload, state, refusal=told_refusal(refusal), at=at)
            return
        result = {"statements": [brought_json(one) for one in brought]}
    _settle(upload, Upload.State.IMPORTED, result=result, at=at)


def answer_upload(
    upload: Upload, *, account: str = "", opens: bool = False, partial: bool = False, actor: str, at: datetime
) -> None:
    """Read the file as its sender answered. Refuses once it was read in."""
    changes: dict[str, Any] = {"account": account} if account else {}
    _again(upload, changes | ({"opens": True} if opens else {}) | ({"partial": True} if partial else {}), actor, at)


def describe_upload(
    upload: Upload, *, mapping: Mapping[str, Any], keep_as: str = "", actor: str, at: datetime
) -> None:
    """Read the file with these columns, and keep them as a preset where `keep_as` names one."""
    if keep_as:
        headers = sample_of_upload(upload).headers
        company_id = upload.company_id
        save_preset(company_id=company_id, name=keep_as, mapping=mapping, headers=headers, actor=actor, at=at)
    _again(upload, {"mapping": dict(mapping)}, actor, at)


def discard_upload(upload: Upload, *, actor: str, at: datetime) -> None:
    """The file is no longer wanted here; what was read in of it stays."""
    require(actor, WRITES, company_id=upload.company_id, at=at)
    upload.delete()


def sample_of_upload(upload: Upload) -> Sample:
    """The first rows of the file, for a person to say what its columns are."""
    return sample_of(open_original(upload.file_sha256), upload.file_name)


def told_refusal(refusal: Refusal) -> dict[str, Any]:
    """A refusal as it is kept: its code and what fills the sentence, for each reader to read it in their language."""
    return {
        "code": refusal.code,
        "params": {name: value if isinstance(value, int) else str(value) for name, value in refusal.params.items()},
        "where": [place.as_json() for place in refusal.where],
        "also": refusal.also,
    }


def _again(upload: Upload, changes: Mapping[str, Any], actor: str, at: datetime) -> None:
    require(actor, WRITES, company_id=upload.company_id, at=at)
    if upload.state == Upload.State.IMPORTED:
        raise Refusal("bank_upload_read", name=upload.file_name)
    upload.choices = {**upload.choices, **changes}
    upload.state, upload.actor, upload.changed_at = Upload.State.WAITING, actor, at
    upload.save()
    start_reading(upload, at=at)


def _settle(
    upload: Upload,
    state: Upload.State,
    *,
    refusal: Mapping[str, Any] | None = None,
    result: Mapping[str, Any] | None = None,
    at: datetime,
) -> None:
    upload.state, upload.changed_at = state, at
    upload.refusal, upload.result = dict(refusal or {}), dict(result or {})
    upload.save()
