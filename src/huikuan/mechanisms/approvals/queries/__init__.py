"""Reading requests: what waits, for whom, how it came to be, and who may decide it."""

from huikuan.mechanisms.approvals.queries.desks import Desk, desk_of, waiting_for
from huikuan.mechanisms.approvals.queries.listing import Chosen, Page, Reader, every_request, requests_page
from huikuan.mechanisms.approvals.queries.requests import (
    DelegationRow,
    RequestRow,
    StepRow,
    asked,
    delegations,
    ended,
    history,
    request,
    request_record,
    route_of,
    rows_of,
    seen_by,
    stand_now,
    stand_of_request,
    steps_of,
)

__all__ = [
    "Chosen",
    "DelegationRow",
    "Desk",
    "Page",
    "Reader",
    "RequestRow",
    "StepRow",
    "asked",
    "delegations",
    "desk_of",
    "ended",
    "every_request",
    "history",
    "request",
    "request_record",
    "requests_page",
    "route_of",
    "rows_of",
    "seen_by",
    "stand_now",
    "stand_of_request",
    "steps_of",
    "waiting_for",
]
