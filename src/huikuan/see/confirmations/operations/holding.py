"""Whose turn it is: an answer, a reminder and the taking back of one invitation follow one another."""

from __future__ import annotations

from huikuan.mechanisms.store.pipeline import send
from huikuan.mechanisms.store.transactions import is_postgres


def hold_invitation(invitation_id: int) -> None:
    """Whoever answers, reminds of or takes back this invitation waits until this transaction ends, and only then looks
    how it stands. SQLite has one writer: its transaction is lock enough."""
    if is_postgres():
        send("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"confirmations:{invitation_id}"])
