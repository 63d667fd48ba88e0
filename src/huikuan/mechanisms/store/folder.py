"""Where this installation keeps its files. The environment decides, as for the database."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder(name: str = "") -> Path:
    """HUIKUAN_HOME (~/.huikuan where unset), or its sub-folder `name`; made private to its owner."""
    home = Path(os.environ.get("HUIKUAN_HOME") or Path.home() / ".huikuan").expanduser().resolve()
    folder = home / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
