"""Commands of policies: `huikuan policy …`."""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from huikuan.kernel.dates import parse_instant
from huikuan.kernel.errors import Refusal
from huikuan.mechanisms.identity.actors import add_actor_option
from huikuan.mechanisms.identity.cli import add_user_option, authenticated
from huikuan.mechanisms.identity.commanding import commander
from huikuan.mechanisms.identity.domain.roles import Permission
from huikuan.mechanisms.identity.queries import company_named
from huikuan.mechanisms.policies import operations, queries
from huikuan.mechanisms.policies.kinds import kinds

Command = Callable[[argparse.Namespace], int]


def add_commands(subparsers: Any) -> None:
    """Add this context's commands to `huikuan`."""
    actions = subparsers.add_parser("policy", help=_("rules, their versions and approval")).add_subparsers(
        dest="action", required=True
    )
    listing = _add(actions, "list", _("kinds, and what is in force"), _list)
    listing.add_argument("--company", metavar="CODE")
    _on_version(actions, "show", _("a version, its changes and history"), _show)
    drafting = _add(actions, "draft", _("a new version from a JSON or TOML file"), _draft)
    drafting.add_argument("kind")
    drafting.add_argument("file", type=Path)
    drafting.add_argument("--company", metavar="CODE", help=_("for this company only"))
    drafting.add_argument("--note", default="")
    add_actor_option(drafting)
    _add_decisions(actions)
    compare = _add(actions, "diff", _("what changed between two versions"), _diff)
    compare.add_argument("old", type=int)
    compare.add_argument("new", type=int)
    small = _add(actions, "small-firm", _("let makers approve their own drafts (first rule only)"), _small_firm)
    add_actor_option(small)


def _add_decisions(actions: Any) -> None:
    for name, told, run in (
        ("approve", _("approve what `policy show` shows, as a user with a password"), _approve),
        ("return", _("decline a version, saying why"), _return),
    ):
        action = _on_version(actions, name, told, run)
        action.add_argument("--comment", default="")
        add_user_option(action)
        if name == "approve":
            action.add_argument("--digest", required=True, help=_("as shown by `policy show`"))
    for name, told, run in (
        ("force", _("put an approved version in force"), _force),
        ("retire", _("end a version that is in force"), _retire),
    ):
        action = _on_version(actions, name, told, run)
        action.add_argument("--effective-at", metavar="INSTANT", help=_("default: now"))
        add_actor_option(action)
    for name, told, run in (
        ("submit", _("put a draft before whoever approves"), _submit),
        ("rollback", _("a new draft with this version's document"), _roll_back),
    ):
        add_actor_option(_on_version(actions, name, told, run))


def _add(actions: Any, name: str, told: str, run: Command) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(name, help=told)
    action.add_argument("--json", action="store_true")
    action.set_defaults(run=run)
    return action


def _on_version(actions: Any, name: str, told: str, run: Command) -> argparse.ArgumentParser:
    action = _add(actions, name, told, run)
    action.add_argument("version", type=int)
    return action


def _list(options: argparse.Namespace) -> int:
    company_id = company_named(options.company).id if options.company else None
    now = datetime.now(UTC)
    rows = [queries.in_force(kind.name, company_id=company_id, at=now) for kind in kinds()]
    versions = queries.versions()
    if options.json:
        _print_json({"in_force": [asdict(row) for row in rows], "versions": [asdict(row) for row in versions]})
        return 0
    for row in rows:
        review = row.document.get("review_on")
        told = f"{row.number} (#{row.version_id})" if row.number else _("shipped default")
        print(f"{row.kind} · {told}" + (" · " + _("review on %(day)s") % {"day": review} if review else ""))
    for version in versions:
        print(f"#{version.id} {version.kind} {version.number} · {version.state} · {version.drafted_by}")
    return 0


def _show(options: argparse.Namespace) -> int:
    return _print_version(options.version, options)


def _draft(options: argparse.Namespace) -> int:
    company_id = company_named(options.company).id if options.company else None
    at = datetime.now(UTC)
    version_id = operations.draft(
        kind=options.kind,
        company_id=company_id,
        document=_document(options.file),
        note=options.note,
        actor=commander(options, Permission.DRAFT_POLICY, company_id=company_id, at=at),
        at=at,
    )
    return _print_version(version_id, options)


def _submit(options: argparse.Namespace) -> int:
    at = datetime.now(UTC)
    operations.submit(version_id=options.version, actor=_commander(options, Permission.DRAFT_POLICY, at), at=at)
    return _print_version(options.version, options)


def _approve(options: argparse.Namespace) -> int:
    operations.approve(
        version_id=options.version,
        digest=options.digest,
        comment=options.comment,
        actor=authenticated(options),
        at=datetime.now(UTC),
    )
    return _print_version(options.version, options)


def _return(options: argparse.Namespace) -> int:
    operations.return_to_maker(
        version_id=options.version, comment=options.comment, actor=authenticated(options), at=datetime.now(UTC)
    )
    return _print_version(options.version, options)


def _force(options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    effective_at = parse_instant(options.effective_at) if options.effective_at else now
    actor = _commander(options, Permission.FORCE_POLICY, now)
    operations.put_in_force(version_id=options.version, effective_at=effective_at, actor=actor, at=now)
    return _print_version(options.version, options)


def _retire(options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    effective_at = parse_instant(options.effective_at) if options.effective_at else now
    actor = _commander(options, Permission.FORCE_POLICY, now)
    operations.retire(version_id=options.version, effective_at=effective_at, actor=actor, at=now)
    return _print_version(options.version, options)


def _roll_back(options: argparse.Namespace) -> int:
    at = datetime.now(UTC)
    actor = _commander(options, Permission.DRAFT_POLICY, at)
    version_id = operations.roll_back(to_version_id=options.version, note="", actor=actor, at=at)
    return _print_version(version_id, options)


def _diff(options: argparse.Namespace) -> int:
    lines = queries.diff(options.old, options.new)
    if options.json:
        _print_json({"old": options.old, "new": options.new, "changes": lines})
    else:
        print("\n".join(lines))
    return 0


def _small_firm(options: argparse.Namespace) -> int:
    at = datetime.now(UTC)
    version_id = operations.choose_small_firm(actor=commander(options, Permission.APPROVE_POLICY, at=at), at=at)
    return _print_version(version_id, options)


def _commander(options: argparse.Namespace, permission: Permission, at: datetime) -> str:
    """The actor of a command about one version, who may do this for its company."""
    return commander(options, permission, company_id=queries.version(options.version).company_id, at=at)


def _document(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        document = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError):
        raise Refusal("policy_file_unreadable", file=file.name) from None
    if not isinstance(document, dict):
        raise Refusal("policy_file_unreadable", file=file.name)
    return document


def _print_version(version_id: int, options: argparse.Namespace) -> int:
    row, steps = queries.version(version_id), queries.history(version_id)
    if options.json:
        _print_json({**asdict(row), "history": [asdict(step) for step in steps]})
        return 0
    print(f"#{row.id} {row.kind} {row.number} · {row.state} · {row.drafted_by}\n{row.digest}")
    for line in row.changes:
        print(f"  {line}")
    for step in steps:
        effective = f" → {step.effective_at.isoformat()}" if step.effective_at else ""
        print(f"  {step.at.isoformat()} {step.step}{effective} {step.actor} {step.comment}")
    return 0


def _print_json(body: object) -> None:
    print(json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder))
