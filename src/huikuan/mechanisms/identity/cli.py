"""Commands of identity: `huikuan user …` and `huikuan company …`."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from huikuan.kernel.dates import DEFAULT_ZONE
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity import operations, queries
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.commanding import commander
from huikuan.mechanisms.identity.domain.roles import ROLES, Permission
from huikuan.mechanisms.identity.domain.scope import Reach
from huikuan.mechanisms.identity.messages import REACH_TITLES, ROLE_TITLES
from huikuan.mechanisms.identity.team_commands import add_team_commands

Command = Callable[[argparse.Namespace], int]


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    _add_user_commands(subparsers)
    add_team_commands(subparsers)
    _add_company_commands(subparsers)


def _add_user_commands(subparsers: Any) -> None:
    actions = subparsers.add_parser("user", help=_("people who log in, and their roles")).add_subparsers(
        dest="action", required=True
    )
    add = _on_user(actions, "add", _("a new user"), _add_user)
    add.add_argument("--display-name", default="")
    add.add_argument("--owner-name", help=_("how the books call them as a customer's owner (default: display name)"))
    add.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")
    told = f"{_('may be repeated')}: {_roles_told()}"
    add.add_argument("--role", metavar="ROLE", action="append", default=[], choices=list(ROLES), help=told)
    add.add_argument("--company", metavar="CODE", help=_("the roles are for this company only"))
    add_password_option(add)
    grant = _on_user(actions, "grant", _("give a role"), _grant)
    revoke = _on_user(actions, "revoke", _("take a role away"), _revoke)
    for action in (grant, revoke):
        action.add_argument("role", metavar="ROLE", choices=list(ROLES), help=_roles_told())
        action.add_argument("--company", metavar="CODE", help=_("for this company only"))
    grant.add_argument("--reach", choices=list(Reach), help=_("on whose rows (default: as usual for the role)"))
    grant.add_argument("--because", default="", help=_("why one person holds duties that conflict"))
    add_password_option(_on_user(actions, "passwd", _("a new password"), _passwd))
    _on_user(actions, "reset-factor", _("forget a lost authenticator"), _reset_factor)
    _on_user(actions, "deactivate", _("no log-in any more; sessions end"), _deactivate)
    _on_user(actions, "activate", _("log-in again"), _activate)
    listing = actions.add_parser("list", help=_("all users"))
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list_users)


def _on_user(actions: Any, name: str, told: str, run: Command) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(name, help=told)
    action.add_argument("username")
    action.add_argument("--json", action="store_true")
    add_actor_option(action)
    action.set_defaults(run=run)
    return action


def _roles_told() -> str:
    """Every role by the name a command takes and the one people use."""
    return " · ".join(f"{name} {_(ROLE_TITLES[name])}" for name in ROLES)


def add_password_option(parser: argparse.ArgumentParser) -> None:
    """Give a command `--password-stdin`; `read_password` then reads it."""
    # Never an argument: the command line is visible to every process of the machine.
    parser.add_argument("--password-stdin", action="store_true", help=_("read the password from standard input"))


def _add_company_commands(subparsers: Any) -> None:
    actions = subparsers.add_parser("company", help=_("companies whose books are kept here")).add_subparsers(
        dest="action", required=True
    )
    add = actions.add_parser("add", help=_("a new company"))
    add.add_argument("code")
    add.add_argument("--name", required=True)
    add.add_argument("--currency", default="CNY")
    add.add_argument("--time-zone", default=DEFAULT_ZONE)
    add.set_defaults(run=_add_company)
    actions.add_parser("list", help=_("all companies")).set_defaults(run=_list_companies)
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true")


def read_password(options: argparse.Namespace, *, twice: bool) -> str:
    """The password from standard input (--password-stdin) or the prompt; refuses when there is neither."""
    if options.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise Refusal("password_missing")
    password = getpass.getpass(_("Password: "))
    if twice and password != getpass.getpass(_("Again: ")):
        raise Refusal("passwords_differ")
    return password


def add_user_option(parser: argparse.ArgumentParser) -> None:
    """Give a command `--user NAME` and a password: what only a person may do; `authenticated` then proves them."""
    parser.add_argument("--user", required=True, metavar="NAME")
    add_password_option(parser)


def authenticated(options: argparse.Namespace) -> str:
    """The user whose password was given; log-in attempts are counted and limited as on the web."""
    password = read_password(options, twice=False)
    user = authenticate(request=_terminal_request(), username=options.user, password=password)
    if user is None:
        raise Refusal("log_in_wrong")
    return user.get_username()


def _terminal_request() -> HttpRequest:
    """What the limiter of attempts counts by."""
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    return request


def _manager(options: argparse.Namespace) -> tuple[str, datetime]:
    """Who manages users, from which instant on."""
    at = datetime.now(UTC)
    return commander(options, Permission.MANAGE_USERS, at=at), at


def _add_user(options: argparse.Namespace) -> int:
    actor, at = _manager(options)
    password = read_password(options, twice=True)
    with transaction.atomic():
        operations.add_user(
            username=options.username,
            password=password,
            display_name=options.display_name,
            owner_name=options.owner_name,
            language=options.language,
            actor=actor,
            at=at,
        )
        for role in options.role:
            operations.grant_role(username=options.username, role=role, company=options.company, actor=actor, at=at)
    return _show_user(options)


def _grant(options: argparse.Namespace) -> int:
    return _change_role(options, operations.grant_role, reach=options.reach, reason=options.because)


def _revoke(options: argparse.Namespace) -> int:
    return _change_role(options, operations.revoke_role)


def _change_role(options: argparse.Namespace, change: Callable[..., bool], **how: str | None) -> int:
    actor, at = _manager(options)
    change(username=options.username, role=options.role, company=options.company, actor=actor, at=at, **how)
    return _show_user(options)


def _reset_factor(options: argparse.Namespace) -> int:
    actor, at = _manager(options)
    operations.reset_second_factor(username=options.username, actor=actor, at=at)
    return _show_user(options)


def _passwd(options: argparse.Namespace) -> int:
    actor, at = _manager(options)
    password = read_password(options, twice=True)
    operations.set_password(username=options.username, password=password, actor=actor, at=at)
    return _show_user(options)


def _deactivate(options: argparse.Namespace) -> int:
    actor, at = _manager(options)
    operations.deactivate_user(username=options.username, actor=actor, at=at)
    return _show_user(options)


def _activate(options: argparse.Namespace) -> int:
    actor, at = _manager(options)
    operations.activate_user(username=options.username, actor=actor, at=at)
    return _show_user(options)


def _show_user(options: argparse.Namespace) -> int:
    rows = queries.users(at=datetime.now(UTC))
    _print_users([row for row in rows if row.username == options.username], options)
    return 0


def _list_users(options: argparse.Namespace) -> int:
    _print_users(queries.users(at=datetime.now(UTC)), options)
    return 0


def _print_users(rows: list[queries.UserRow], options: argparse.Namespace) -> None:
    if options.json:
        print(json.dumps({"users": [asdict(row) for row in rows]}, ensure_ascii=False))
        return
    for row in rows:
        roles = ", ".join(_told(grant) for grant in row.roles)
        state = "" if row.active else " · " + _("deactivated")
        print(f"{row.username} {row.display_name} · {roles or '–'}{state}")


def _told(grant: queries.GrantRow) -> str:
    place = [grant.company] if grant.company else []
    reach = [_(REACH_TITLES[grant.reach])] if grant.reach in (Reach.OWN, Reach.TEAM) else []
    return _(ROLE_TITLES[grant.role]) + (f" ({', '.join(place + reach)})" if place + reach else "")


def _add_company(options: argparse.Namespace) -> int:
    operations.add_company(
        code=options.code, name=options.name, currency=options.currency, time_zone=options.time_zone
    )
    return _list_companies(options)


def _list_companies(options: argparse.Namespace) -> int:
    rows = queries.companies()
    if options.json:
        print(json.dumps({"companies": [asdict(row) for row in rows]}, ensure_ascii=False))
        return 0
    for row in rows:
        print(f"{row.code} · {row.name} · {row.currency} · {row.time_zone}")
    return 0
