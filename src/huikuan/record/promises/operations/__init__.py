"""Writes: load, decide, record."""

from huikuan.record.promises.operations.promising import promise_payment, replace_promise, withdraw_promise

__all__ = ["promise_payment", "replace_promise", "withdraw_promise"]
