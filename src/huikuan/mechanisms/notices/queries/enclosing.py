"""Attachments with their bytes, for channels and for proof."""

from __future__ import annotations

import mimetypes

from huikuan.mechanisms.files.queries import open_original
from huikuan.mechanisms.notices.channels import Enclosed
from huikuan.mechanisms.notices.queries.rows import Attachment


def enclosed(attachment: Attachment) -> Enclosed:
    """The attachment with the bytes of its original; refuses one that is lost or altered."""
    media_type = mimetypes.guess_type(attachment.name)[0] or "application/octet-stream"
    content = open_original(attachment.sha256).read_bytes()
    return Enclosed(attachment.name, attachment.sha256, media_type, content)
