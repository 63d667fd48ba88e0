"""What is plugged in where: commands, jobs, event subscribers. The one list of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: Each adds its commands to the argument parser's subparsers.
COMMANDS: list[Callable[[Any], None]] = []
