"""What can be done about requests. Each door decides and records in one transaction."""

from huikuan.mechanisms.approvals.operations.asking import submit_request, void_requests, withdraw_request
from huikuan.mechanisms.approvals.operations.deciding import approve_request, return_request
from huikuan.mechanisms.approvals.operations.delegating import delegate, end_delegation
from huikuan.mechanisms.approvals.operations.tending import tend_requests

__all__ = [
    "approve_request",
    "delegate",
    "end_delegation",
    "return_request",
    "submit_request",
    "tend_requests",
    "void_requests",
    "withdraw_request",
]
