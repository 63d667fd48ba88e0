"""Reading the command line, in the reader's words."""

from __future__ import annotations

import argparse

from django.utils.translation import gettext, ngettext

from huikuan.shell.failures import WrongUse


class Parser(argparse.ArgumentParser):
    """Reports wrong use as an exception, so that --json can answer in JSON."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise WrongUse(f"{self.prog}: {message}")


def speak() -> None:
    """Let argparse say its own sentences (messages.PARSING) in the reader's language: it asks the names `_` and
    `ngettext` of its module, and knows no other way to be told."""
    vars(argparse).update(_=gettext, ngettext=ngettext)
