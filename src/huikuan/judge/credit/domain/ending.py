"""Which limits of a node somebody has to look at because they end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from huikuan.judge.credit.domain.limits import GRANTED, STANDING, TEMPORARY, Granted, limit_on


def ending(granted: Sequence[Granted], today: date, within: timedelta) -> list[Granted]:
    """The standing limit that has ended, or ends within that time, with none to follow it; temporary ones that run
    and end within it."""
    begun = [one for one in granted if one.wish.kind == STANDING and one.wish.from_on <= today]
    standing = max(begun, key=lambda one: (one.wish.from_on, one.order), default=None)
    found = [one for one in granted if one.wish.kind == TEMPORARY and one.wish.from_on <= today]
    found = [one for one in found if one.wish.until_on and today <= one.wish.until_on <= today + within]
    if standing is not None and standing.wish.until_on is not None and standing.wish.until_on <= today + within:
        following = max(standing.wish.until_on, today) + timedelta(days=1)
        others = [one for one in granted if one.wish.kind == STANDING]
        if limit_on(others, following, standing.wish.currency).state != GRANTED:
            found.append(standing)
    return found
