"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "grants_need_postgres": gettext_noop("Only PostgreSQL knows roles: SQLite has no rights to grant."),
}
