"""How these commands say their answers."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Any


def tell(options: Namespace, body: Mapping[str, Any], lines: Sequence[str]) -> int:
    """Say the answer: JSON alone, or lines."""
    print(json.dumps(body, ensure_ascii=False) if options.json else "\n".join(lines))
    return 0
