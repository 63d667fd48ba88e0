"""What was done to accounts and rights, told to the log once it is committed: ids and codes, no names."""

from __future__ import annotations

import logging

from django.db import transaction

log = logging.getLogger("huikuan.security")


def tell(event: str, *, user_id: int, **more: object) -> None:
    """Log the event with the user it happened to, when the transaction around it commits."""
    transaction.on_commit(lambda: log.info(event, extra={"user": user_id, **more}))
