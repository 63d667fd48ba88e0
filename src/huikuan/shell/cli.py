"""`huikuan`: the command line. Each context adds its own commands; this wires and reports them.

Exit codes: 0 fine, 1 refused or found a problem, 2 wrong use. With --json, JSON alone on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import django

from huikuan.kernel.errors import Refusal


class WrongUse(Exception):
    """The command line cannot be understood."""


class Parser(argparse.ArgumentParser):
    """Reports wrong use as an exception, so that --json can answer in JSON."""

    def error(self, message: str) -> None:  # type: ignore[override]
        raise WrongUse(f"{self.prog}: {message}")


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
    as_json = "--json" in arguments
    try:
        django.setup()
        # Contexts import their models, which exist only after setup.
        from huikuan.shell.installation import prepare
        from huikuan.shell.wiring import COMMANDS

        options = _parser(COMMANDS).parse_args(arguments)
        if getattr(options, "needs_database", True):
            prepare()
        return int(options.run(options) or 0)
    except WrongUse as error:
        return _report({"code": "usage", "message": str(error), "where": []}, as_json, 2)
    except Refusal as refusal:
        from huikuan.shell.messages import sentence

        body = {
            "code": refusal.code,
            "message": sentence(refusal.code, refusal.params),
            "where": [place.as_json() for place in refusal.where],
        }
        return _report(body, as_json, 1)


def _parser(commands: Sequence[Callable[[Any], None]]) -> Parser:
    parser = Parser(prog="huikuan", description="Huikuan 回款")
    subparsers = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    for add_commands in commands:
        add_commands(subparsers)
    return parser


def _report(error: dict[str, Any], as_json: bool, code: int) -> int:
    if as_json:
        print(json.dumps({"error": error}, ensure_ascii=False))
        return code
    print(error["message"], file=sys.stderr)
    for place in error["where"]:
        named = (place[name] for name in ("file", "row", "column", "value"))
        spot = " ".join(str(value) for value in named if value not in ("", None))
        print(f"  {spot}: {place['reason']} → {place['fix']}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
