"""What states of a hand-over are called."""

from __future__ import annotations

from django.utils.translation import gettext_noop

HAND_OVER_STATES = {
    "open": gettext_noop("To be signed"),
    "done": gettext_noop("Handed over"),
    "called_off": gettext_noop("Called off"),
}
HAND_OVER_TONES = {"open": "warn", "done": "ok", "called_off": ""}
