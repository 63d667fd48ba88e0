"""`huikuan`: the command line. Each context adds its own commands; this wires and reports them.

Exit codes: 0 fine, 1 refused or found a problem, 2 wrong use. With --json, JSON alone on stdout.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
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
    """Run one command; returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
    if arguments[:1] == ["demo"]:
        # Invented debts never land in the data folder of real ones unless it is asked for by name.
        os.environ.setdefault("HUIKUAN_HOME", "~/.huikuan-demo")
    as_json = "--json" in arguments
    if "--verbose" in arguments:
        arguments.remove("--verbose")
        os.environ["HUIKUAN_LOG_LEVEL"] = "info"
    try:
        django.setup()
        return _run(arguments)
    except WrongUse as error:
        return _report({"code": "usage", "message": str(error), "where": []}, as_json, 2)
    except Refusal as refusal:
        # Every context's sentences: needed only when something is refused.
        from huikuan.shell.messages import sentence

        body = {
            "code": refusal.code,
            "message": sentence(refusal.code, refusal.params),
            "where": [place.as_json() for place in refusal.where],
        }
        return _report(body, as_json, 1, refusal.also)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has left (| head); there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(arguments: Sequence[str]) -> int:
    # Contexts import their models, which exist only after setup.
    from huikuan.shell.installation import prepare
    from huikuan.shell.wiring import command_adders

    word = next((argument for argument in arguments if not argument.startswith("-")), "")
    options = _parser(command_adders(word)).parse_args(arguments)
    if getattr(options, "needs_database", True):
        prepare()
    return int(options.run(options) or 0)


def _parser(adders: Sequence[Callable[[Any], None]]) -> Parser:
    parser = Parser(
        prog="huikuan", description="Huikuan 回款", epilog="--verbose: say on stderr what is done, as JSON lines"
    )
    subparsers = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    for add_commands in adders:
        add_commands(subparsers)
    return parser


def _report(error: dict[str, Any], as_json: bool, code: int, also: Mapping[str, object] | None = None) -> int:
    if as_json:
        print(json.dumps({**(also or {}), "error": error}, ensure_ascii=False))
        return code
    print(error["message"], file=sys.stderr)
    for place in error["where"]:
        named = (place[name] for name in ("file", "row", "column", "value"))
        spot = " ".join(str(value) for value in named if value not in ("", None))
        print(f"  {spot}: {place['reason']} → {place['fix']}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
