"""Several commands in one process, as the command line does each: for tests that ask one installation often.

Reads a JSON list of argument lists from standard input and prints each command's JSON answer on a line of its own.
"""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stdout

from huikuan.shell.cli import main


def answers(commands: list[list[str]]) -> int:
    for arguments in commands:
        said = io.StringIO()
        with redirect_stdout(said):
            code = main([*arguments, "--json"])
        if code:
            print(said.getvalue(), file=sys.stderr)
            return code
        print(json.dumps(json.loads(said.getvalue())))
    return 0


if __name__ == "__main__":
    sys.exit(answers(json.load(sys.stdin)))
