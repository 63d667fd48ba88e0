"""How the commands of receivables answer: JSON alone with --json, else lines."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any


def show(options: argparse.Namespace, body: Any, lines: Sequence[str]) -> None:
    """The answer on standard output."""
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
