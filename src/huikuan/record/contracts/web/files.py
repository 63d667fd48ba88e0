"""A file sent with a form."""

from __future__ import annotations

from django.http import HttpRequest

from huikuan.kernel.errors import Refusal

_LARGEST = 50 * 1024 * 1024


def file_sent(request: HttpRequest) -> tuple[str, bytes]:
    """Its name and bytes; refuses none and one that is too large."""
    sent = request.FILES.get("file")
    if sent is None or not sent.name or not sent.size:
        raise Refusal("contract_file_missing")
    if sent.size > _LARGEST:
        raise Refusal("contract_file_too_large", limit=_LARGEST // 1024 // 1024)
    return sent.name, sent.read()
