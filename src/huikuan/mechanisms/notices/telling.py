"""What notices say in words, in the reader's language."""

from __future__ import annotations

from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huikuan.mechanisms.notices.messages import CHANNEL_TITLES
from huikuan.mechanisms.notices.queries.listing import Ahead, Stuck


def ahead_text(later: Ahead) -> str:
    """How many wait for their hour, and when the first may go."""
    said = ngettext(
        "%(count)s notice waits for its hour; it may go from %(first)s on.",
        "%(count)s notices wait for their hour; the first may go from %(first)s on.",
        later.count,
    )
    return said % {"count": later.count, "first": f"{localtime(later.first):%Y-%m-%d %H:%M}"}


def stuck_text(stuck: Stuck) -> str:
    """Which channel is not set up, what it lacks, and how many wait."""
    said = {"channel": _(CHANNEL_TITLES[stuck.channel]), "lacking": ", ".join(stuck.lacking)}
    waiting = ngettext("%(count)s notice waits", "%(count)s notices wait", stuck.count) % {"count": stuck.count}
    sentence = _("%(channel)s is not set up (missing: %(lacking)s): %(waiting)s.") % {**said, "waiting": waiting}
    return capfirst(sentence)
