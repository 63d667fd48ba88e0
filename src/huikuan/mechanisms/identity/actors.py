"""Actors: who is recorded as having done something.

An actor is a user's name, `cli:<name>` for a command given on the machine, `guest:<number>` for a
customer who answers from outside, or `system` for what the product does by itself. A command line
proves nobody's identity beyond the operating system's, so its actors never look like users.
"""

from __future__ import annotations

import argparse
import getpass
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

CLI = "cli:"
SYSTEM = "system"
#: Somebody outside, by the invitation they answered.
GUEST = "guest:"


def add_actor_option(parser: argparse.ArgumentParser) -> None:
    """Give a command `--actor NAME`."""
    parser.add_argument("--actor", metavar="NAME", help=_("who gives this command (default: the system user)"))


def add_command(
    actions: Any, name: str, run: Callable[[argparse.Namespace], int], told: str
) -> argparse.ArgumentParser:
    """Add a command that says who gives it (`--actor`) and answers in words or in JSON (`--json`)."""
    parser: argparse.ArgumentParser = actions.add_parser(name, help=told)
    add_actor_option(parser)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=run)
    return parser


def cli_actor(options: argparse.Namespace) -> str:
    """The actor of a command: `cli:` and --actor, or the operating system's user."""
    return CLI + (getattr(options, "actor", None) or _system_user())


def is_operator(actor: str) -> bool:
    """True for commands on the machine and the product itself: nobody logged in for them."""
    return actor == SYSTEM or actor.startswith(CLI)


def operator_title(actor: str) -> str:
    """What an operator is, to those who are not told the machinery by its own names."""
    return _("the system") if actor == SYSTEM else _("a command on the machine")


def invitation_answered(actor: str) -> int | None:
    """The invitation that somebody outside answered; None for everybody else."""
    number = actor.removeprefix(GUEST)
    return int(number) if actor.startswith(GUEST) and number.isascii() and number.isdigit() else None


def person(actor: str) -> str:
    """Who stands behind an actor: the maker who drafted on the command line is the same on the web."""
    return actor.removeprefix(CLI)


def _system_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"  # a container's user id may have no name
