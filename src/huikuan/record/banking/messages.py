"""What each refusal of this context says, and its words; translated in this context's locale folder."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from huikuan.record.banking.reading_messages import READING

SENTENCES: dict[str, str] = {
    **READING,
    "line_unknown": gettext_noop("There is no bank line %(line)s."),
    "line_used_up": gettext_noop(
        "Bank line %(line)s has %(currency)s %(left)s left; %(asked)s cannot be used of it. Nothing was written."
    ),
    "use_freed": gettext_noop("This use of a bank line was taken back already."),
    "use_unknown": gettext_noop("There is no use %(use)s of a bank line."),
}
