"""Files to the browser: always as a download, since a browser must not run what somebody sent."""

from __future__ import annotations

import io
from pathlib import Path

from django.http import FileResponse

#: What nothing is known of, or nothing shall be made of.
UNKNOWN = "application/octet-stream"


def download(content: bytes | Path, name: str, media_type: str = UNKNOWN) -> FileResponse:
    """`content`, a file's bytes or where it lies, under `name`."""
    file = content.open("rb") if isinstance(content, Path) else io.BytesIO(content)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
