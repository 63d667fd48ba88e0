"""What is plugged in where: commands, jobs, event subscribers. The one list of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from huikuan.connect.connectors import cli as connectors_cli
from huikuan.mechanisms.audit import cli as audit_cli
from huikuan.mechanisms.identity import cli as identity_cli
from huikuan.mechanisms.jobs import cli as jobs_cli
from huikuan.mechanisms.policies import cli as policies_cli
from huikuan.record.customers import cli as customers_cli
from huikuan.record.receivables import cli as receivables_cli
from huikuan.see.cockpit import cli as cockpit_cli

#: Each adds its commands to the argument parser's subparsers.
COMMANDS: list[Callable[[Any], None]] = [
    audit_cli.add_commands,
    jobs_cli.add_commands,
    identity_cli.add_commands,
    policies_cli.add_commands,
    customers_cli.add_commands,
    receivables_cli.add_commands,
    cockpit_cli.add_commands,
    connectors_cli.add_commands,
]
