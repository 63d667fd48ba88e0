"""What each refusal of this context says; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

SENTENCES: dict[str, str] = {
    "job_unknown": gettext_noop("There is no job %(job)s."),
    "job_not_failed": gettext_noop("Job %(job)s has not failed; only a failed job can be tried again."),
    "job_already_live": gettext_noop("The same work as job %(job)s is already queued or running."),
}
