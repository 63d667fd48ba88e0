"""What can be written down about calls and visits. Each door decides and records in one transaction."""

from huikuan.act.visits.operations.calls import record_call
from huikuan.act.visits.operations.mentions import hand_customer, mention
from huikuan.act.visits.operations.visits import add_photo, add_photos, check_in, finish_visit, plan_visit

__all__ = [
    "add_photo",
    "add_photos",
    "check_in",
    "finish_visit",
    "hand_customer",
    "mention",
    "plan_visit",
    "record_call",
]
