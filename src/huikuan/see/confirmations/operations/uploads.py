"""Files a guest sends along: looked at, kept, never opened here."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Sum

from huikuan.kernel.errors import Place, Refusal
from huikuan.mechanisms.files.content import FIRST_BYTES, kind_of
from huikuan.mechanisms.files.limits import MEGABYTE
from huikuan.mechanisms.files.models import StoredFile
from huikuan.mechanisms.files.names import clean_name
from huikuan.mechanisms.files.operations import store_file

LARGEST = 10 * MEGABYTE
#: So much is kept of one guest, whether it was sent with the reply or left out again: what was kept stays.
MOST_KEPT, MOST_BYTES = 200, 100 * MEGABYTE
#: What its first bytes must say of a file with this ending.
KINDS = {
    "pdf": "pdf",
    "png": "png",
    "jpg": "jpeg",
    "jpeg": "jpeg",
    "xlsx": "zip",
    "docx": "zip",
    "csv": "csv",
    "txt": "csv",
}


def keep_upload(*, content: bytes, name: str, actor: str, at: datetime) -> StoredFile:
    """Keep one file; refuses an empty one, one that is too large, of a kind not taken, or that is not what its name
    says, and more than is kept of one guest. It is kept by its hash and given out as a download only."""
    where = [Place(file=clean_name(name))]
    if not content:
        raise Refusal("file_empty", where=where)
    if len(content) > LARGEST:
        raise Refusal("file_too_large", where=where, size=len(content), limit=LARGEST)
    suffix = clean_name(name).rpartition(".")[2].lower()
    if suffix not in KINDS:
        raise Refusal("portal_file_kind", where=where, suffix=suffix, known=", ".join(sorted(KINDS)))
    found = kind_of(content[:FIRST_BYTES])
    if found != KINDS[suffix]:
        raise Refusal("file_type_differs", where=where, suffix=suffix, found=found)
    _require_room(len(content), actor, where)
    return store_file(content, name, actor=actor, at=at)


def _require_room(size: int, actor: str, where: list[Place]) -> None:
    kept = StoredFile.objects.filter(stored_by=actor).aggregate(count=Count("pk"), bytes=Sum("size"))
    if kept["count"] >= MOST_KEPT or (kept["bytes"] or 0) + size > MOST_BYTES:
        raise Refusal("portal_files_enough", where=where, most=MOST_KEPT, megabytes=MOST_BYTES // MEGABYTE)
