"""The checks as metrics, in the text format that Prometheus and its kin read (version 0.0.4).

Everything comes from database and disk, so it is the same whichever process is asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from huikuan import __version__
from huikuan.shell.health.checks import Check, State

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_VALUES = {State.OK: 0, State.WARNING: 1, State.FAILED: 2}


def metrics(checks: Sequence[Check]) -> str:
    """One gauge of every check's state (0 well, 1 look after it, 2 failed), and one of each of its figures."""
    lines = ["# HELP huikuan_info The version that runs.", "# TYPE huikuan_info gauge"]
    lines.append(f'huikuan_info{{version="{__version__}"}} 1')
    lines += ["# HELP huikuan_check 0 well, 1 warning, 2 failed.", "# TYPE huikuan_check gauge"]
    lines += [f'huikuan_check{{check="{check.name}"}} {_VALUES[check.state]}' for check in checks]
    for check in checks:
        for name, value in check.figures.items():
            lines += [f"# TYPE huikuan_{check.name}_{name} gauge", f"huikuan_{check.name}_{name} {value:.15g}"]
    return "\n".join(lines) + "\n"
