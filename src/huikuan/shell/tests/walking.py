"""People at the product, each with a browser of their own: what a walk through a job is made of."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huikuan.mechanisms.identity.models import User
from huikuan.shell.tests.books import PASSWORD
from huikuan.shell.tests.conftest import PHONE, stays_in_its_width

#: Where pictures of walks go, if anywhere.
SHOTS = os.environ.get("HUIKUAN_SHOTS", "")
#: The finance manager has a phone at hand and no more.
ON_THE_PHONE = "zhou"


@dataclass
class Walkers:
    """The people of a walk, who log in by the form when they first come."""

    browser: Any
    url: str
    language: str
    size: dict[str, int]
    name: str
    pages: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def of(self, who: str) -> Any:
        """Their page."""
        if who not in self.pages:
            User.objects.filter(username=who).update(language=self.language)
            size = PHONE if who == ON_THE_PHONE else self.size
            page = self.browser.new_context(viewport=size, base_url=self.url, locale=self.language).new_page()
            page.on("pageerror", lambda fault: self.faults.append(str(fault)))
            page.set_default_timeout(30_000)
            page.goto("/login")
            page.fill("#id_username", who)
            page.fill("#id_password", PASSWORD)
            page.click("form button.primary")
            page.wait_for_url(lambda url: "/login" not in url)
            self.pages[who] = page
        return self.pages[who]

    def leave(self) -> None:
        """Everybody goes; whoever comes again logs in again."""
        for page in self.pages.values():
            page.context.close()
        self.pages.clear()

    def picture(self, page: Any, what: str) -> None:
        """The page as it stands, inside its width."""
        stays_in_its_width(page)
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{self.name}-{what}.png", full_page=True)
