"""Reading work items: what waits, for whom, until when, and how it came to be."""

from huikuan.mechanisms.work.queries.items import ItemRow, StepRow, history, item, rows_of
from huikuan.mechanisms.work.queries.listing import (
    Chosen,
    Page,
    Reader,
    count_mine,
    every_item,
    items_page,
    put_lately,
)

__all__ = [
    "Chosen",
    "ItemRow",
    "Page",
    "Reader",
    "StepRow",
    "count_mine",
    "every_item",
    "history",
    "item",
    "items_page",
    "put_lately",
    "rows_of",
]
