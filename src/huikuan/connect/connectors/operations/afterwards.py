"""What follows an import or an undo at once, so that pages show it: sealed, and in the columns."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from huikuan.mechanisms.audit.sealing import seal
from huikuan.mechanisms.columns.operations import refresh

logger = logging.getLogger(__name__)


def settle_down() -> None:
    """Seal what was written and bring the columns up to it.

    What was written is committed: whatever fails here is logged and done by the worker's next round.
    """
    for work in (lambda: seal(lambda: datetime.now(UTC)), lambda: refresh(wait=False)):
        try:
            work()
        except Exception:  # nothing that fails here takes back what was committed
            logger.exception("after an import")
