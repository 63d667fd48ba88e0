"""Commands of late-payment interest: `huikuan interest …`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from huikuan.record.interest.cli import claiming, computing, parties


def add_commands(subparsers: Any) -> None:
    """Add the word `interest` to `huikuan`: by itself a calculator, followed by a word what is claimed and waived."""
    parser = subparsers.add_parser("interest", help=_("late-payment interest, day by day"))
    computing.add_options(parser)
    actions = parser.add_subparsers(dest="action", metavar="WORD")
    claiming.add_words(actions)
    parties.add_words(actions)
