"""Reads that answer frozen rows."""

from huikuan.mechanisms.notices.queries.listing import (
    Ahead,
    Chosen,
    Page,
    Stuck,
    ahead,
    counts,
    every_notice,
    in_doubt,
    notices_in_slices,
    notices_page,
    of_customer,
    of_step,
    stuck,
    taken_out,
)
from huikuan.mechanisms.notices.queries.rows import Attachment, NoticeRow, StepRow, Words, history, notice, words

__all__ = [
    "Ahead",
    "Attachment",
    "Chosen",
    "NoticeRow",
    "Page",
    "StepRow",
    "Stuck",
    "Words",
    "ahead",
    "counts",
    "every_notice",
    "history",
    "in_doubt",
    "notice",
    "notices_in_slices",
    "notices_page",
    "of_customer",
    "of_step",
    "stuck",
    "taken_out",
    "words",
]
