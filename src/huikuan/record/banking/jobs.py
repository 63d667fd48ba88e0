"""Background work of banking: long files."""

from __future__ import annotations

from typing import Any

from huikuan.mechanisms.jobs.work import Work
from huikuan.record.banking.models import Upload
from huikuan.record.banking.operations.uploads import read_upload


def read_waiting(work: Work) -> dict[str, Any]:
    """Read a file that was handed in: recorded in one transaction, so a killed worker leaves all of it or nothing, and
    the next claim finds what is there already."""
    upload = Upload.objects.filter(pk=work.params["upload"], state=Upload.State.WAITING).first()
    if upload is None:
        return {}
    work.progress(0, 1, "reading")
    read_upload(upload, at=work.at)
    return {"state": upload.state, "refused": upload.refusal.get("code", "")}
