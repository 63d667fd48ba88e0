"""Refusals as pages tell them: people by the names they go by."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from huikuan.mechanisms.identity.queries import shown_names
from huikuan.shell.messages import sentence

#: Parameters that hold who somebody logs in as, or several by comma.
_PEOPLE = ("actor", "delegate", "giver", "other")


def told(code: str, params: Mapping[str, object]) -> str:
    """The sentence of a refusal; a command line, which shows what is recorded, says `sentence`."""
    people = {name: str(params[name]).split(", ") for name in _PEOPLE if name in params}
    if not people:
        return sentence(code, params)
    names = shown_names({one for several in people.values() for one in several})
    called = {name: _(", ").join(names[one] for one in several) for name, several in people.items()}
    return sentence(code, {**params, **called})
