"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

SENTENCES: dict[str, str] = {}
