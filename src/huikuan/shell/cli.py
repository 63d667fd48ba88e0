"""`huikuan`: the command line. Each context adds its own commands; this wires and reports them.

Exit codes: 0 fine, 1 refused or found a problem, 2 wrong use. With --json, JSON alone on stdout.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import django
from django.utils.translation import gettext

from huikuan.shell.failures import failure_of
from huikuan.shell.parsing import Parser, speak

_SERVICES = ("serve", "worker")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _prepare_process(arguments)
    as_json = "--json" in arguments
    try:
        django.setup()
        return _run([argument for argument in arguments if argument != "--verbose"])
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has left (| head); there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        # The end of the line: whatever went wrong, whoever asked gets a sentence and a code.
        failure = failure_of(error)
        return _report(failure.body, as_json, failure.exit_code, failure.also)


def _prepare_process(arguments: Sequence[str]) -> None:
    """What must hold before the settings are read."""
    # Whatever this process writes is its owner's alone: ledger, heads, mirror, logs, exports.
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huikuan.shell.settings")
    if _word(arguments) == "demo":
        # Invented debts never land in the data folder of real ones unless it is asked for by name.
        os.environ.setdefault("HUIKUAN_HOME", "~/.huikuan-demo")
    if home := os.environ.get("HUIKUAN_HOME"):
        # Said once and for all, so that every part and every child process means the same folder.
        os.environ["HUIKUAN_HOME"] = str(Path(home).expanduser().resolve())
    if _word(arguments) in _SERVICES and not sys.stderr.isatty():
        # What runs for days under a service manager tells who asked what and what was done.
        os.environ.setdefault("HUIKUAN_LOG_LEVEL", "info")
    if "--verbose" in arguments:
        os.environ["HUIKUAN_LOG_LEVEL"] = "info"


def _word(arguments: Sequence[str]) -> str:
    """The command's word, the first argument that is no option."""
    return next((argument for argument in arguments if not argument.startswith("-")), "")


def _run(arguments: Sequence[str]) -> int:
    # Contexts import their models, which exist only after setup.
    from huikuan.shell.installation import prepare
    from huikuan.shell.wiring import command_adders

    speak()
    options = _parser(command_adders(_word(arguments))).parse_args(arguments)
    if getattr(options, "needs_database", True):
        prepare()
    return int(options.run(options) or 0)


def _parser(adders: Sequence[Callable[[Any], None]]) -> Parser:
    parser = Parser(
        prog="huikuan",
        description="Huikuan 回款",
        epilog=gettext("--verbose: say on stderr what is done, as JSON lines"),
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
        # A place with nothing to add to the sentence is for programs to read.
        if told := " → ".join(place[name] for name in ("reason", "fix") if place[name]):
            print(f"  {spot}: {told}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
