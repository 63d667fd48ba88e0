"""A run: every chosen account's statement issued, one step each, then one archive of them all."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from huikuan.kernel.money import to_text
from huikuan.mechanisms.audit.models import Head
from huikuan.mechanisms.audit.operations import record
from huikuan.mechanisms.files.exports import write_csv
from huikuan.mechanisms.files.operations import Kept, keep_bytes, store_kept
from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.identity.models import Company
from huikuan.mechanisms.jobs.work import Work
from huikuan.record.customers.queries import seen
from huikuan.record.customers.queries.merging import one_with
from huikuan.see.statements.domain.account import Period
from huikuan.see.statements.domain.statement import Statement
from huikuan.see.statements.models import FinishedRun, StatementRun
from huikuan.see.statements.operations.issuing import Ready, latest_of, record_issue, require_issuing, set_with_number
from huikuan.see.statements.operations.papers import django_language
from huikuan.see.statements.queries.issued import IssuedRow, of_run
from huikuan.see.statements.queries.statements import statement

ZIP = "application/zip"
#: Zip's calendar begins then.
_EARLIEST = (1980, 1, 1, 0, 0, 0)


class _NumberTaken(Exception):
    """Somebody else issued with the number meanwhile: this step is undone and tried with the next."""


def issue_run(work: Work) -> dict[str, Any]:
    """Issue what is left of a run, then archive it. Killed at any point and begun again, it goes on where it was."""
    run = StatementRun.objects.get(pk=work.params["run"])
    head = Head.objects.get(size=run.head_size)
    for place in range(work.cursor.get("place", 0), len(run.accounts)):
        _issue(work, run, head, place)
    return _archive(work, run, head)


def _issue(work: Work, run: StatementRun, head: Head, place: int) -> None:
    """One account's statement, in one step; nothing if there is nothing to say. Whoever started the run has to be
    one who may issue still; a customer that is no longer among theirs is left out, and the others go on."""
    customer_id, currency = run.accounts[place]
    theirs = require_issuing(run.actor, company_id=run.company_id, customer_ids=[], at=work.at)
    held = seen(theirs)
    if not all(held.has(run.company_id, one) for one in one_with(customer_id, head.horizon)):
        left_out = [*work.cursor.get("left_out", []), [customer_id, currency]]
        with work.step(place + 1, len(run.accounts), cursor={"place": place + 1, "left_out": left_out}):
            return
    said = statement(
        company_id=run.company_id,
        customer_id=customer_id,
        currency=currency,
        period=Period(run.since, run.until),
        scope=theirs,
        known=head,
        at=work.at,
        to_keep=True,
    )
    after = {**work.cursor, "place": place + 1}
    while True:
        ready = None if said.is_empty else _set(said, run, work.at)
        with suppress(_NumberTaken):
            with work.step(place + 1, len(run.accounts), said.recipient.code, cursor=after):
                _record(ready, run, work.at)
            return


def _set(said: Statement, run: StatementRun, at: datetime) -> Ready:
    """Whoever started the run chose the account: what was issued of the period before, this one replaces."""
    latest = latest_of(said)
    return set_with_number(said, language=run.language, at=at, replaces=latest.pk if latest else None)


def _record(ready: Ready | None, run: StatementRun, at: datetime) -> None:
    if ready and record_issue(ready, run_id=run.pk, actor=run.actor, at=at) is None:
        raise _NumberTaken


def _archive(work: Work, run: StatementRun, head: Head) -> dict[str, Any]:
    """The run's statements in one zip, stored; done once, however often it is tried."""
    issued = of_run(run.pk)
    finished = FinishedRun.objects.filter(run_id=run.pk).first()
    if finished is None:
        kept = _zipped(issued, run, head) if issued else None
        with work.step(len(run.accounts), len(run.accounts)):
            if kept:
                name = f"statements-{run.pk}-{run.until:%Y-%m-%d}.zip"
                store_kept(kept, name, media_type=ZIP, actor=run.actor, at=work.at)
            left_out = work.cursor.get("left_out", [])
            row = {
                "run_id": run.pk,
                "issued": len(issued),
                "empty": len(run.accounts) - len(issued) - len(left_out),
                "left_out": left_out or None,
                "archive_sha256": kept.sha256 if kept else "",
            }
            record(FinishedRun, [row], at=work.at)
        finished = FinishedRun.objects.get(run_id=run.pk)
    return {"run": run.pk, "issued": finished.issued, "archive": finished.archive_sha256}


def _zipped(issued: list[IssuedRow], run: StatementRun, head: Head) -> Kept:
    """Written to a file, not held in memory: there may be ten thousand. Equal runs give equal bytes."""
    zone = ZoneInfo(Company.objects.get(pk=run.company_id).time_zone)
    when = max(head.sealed_at.astimezone(zone).timetuple()[:6], _EARLIEST)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statements.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in _entries(issued, run.language):
                archive.writestr(zipfile.ZipInfo(name, when), content)
        return keep_bytes(path)


def _entries(issued: list[IssuedRow], language: str) -> Iterator[tuple[str, bytes]]:
    """The register as a table, then each document, its hash checked."""
    with translation.override(django_language(language)):
        listed = io.StringIO()
        headers = [
            _("Number"), _("Customer code"), _("Customer"), _("Currency"), _("Opening balance"), _("Closing balance"),
            _("File"),
        ]  # fmt: skip
        write_csv(listed, headers, _listing(issued))
    yield "index.csv", listed.getvalue().encode("utf-8-sig")
    for row in issued:
        yield row.file_name, open_original(row.file_sha256).read_bytes()


def _listing(issued: Iterable[IssuedRow]) -> Iterator[list[str | Decimal]]:
    for row in issued:
        yield [
            row.number, row.customer_code, row.customer_name, row.currency,
            Decimal(to_text(row.opening, row.currency)), Decimal(to_text(row.closing, row.currency)), row.file_name,
        ]  # fmt: skip
