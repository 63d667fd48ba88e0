"""What can be done about work items. Each door decides and records in one transaction."""

from huikuan.mechanisms.work.operations.acting import finish_item, finish_items, hand_item, take_item
from huikuan.mechanisms.work.operations.opening import Wanted, cancel_items, keep_items, open_item
from huikuan.mechanisms.work.operations.tending import tend_items

__all__ = [
    "Wanted",
    "cancel_items",
    "finish_item",
    "finish_items",
    "hand_item",
    "keep_items",
    "open_item",
    "take_item",
    "tend_items",
]
