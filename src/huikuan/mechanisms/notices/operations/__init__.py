"""What can be done about notices. Each door decides and records in one transaction."""

from huikuan.mechanisms.notices.operations.consenting import record_consent
from huikuan.mechanisms.notices.operations.queueing import Wanted, cancel_notices, queue_notice, queue_notices
from huikuan.mechanisms.notices.operations.reporting import hear_file, hear_mail, report
from huikuan.mechanisms.notices.operations.resolving import cancel_notice, confirm_sent, send_again
from huikuan.mechanisms.notices.queries.rows import Attachment

__all__ = [
    "Attachment",
    "Wanted",
    "cancel_notice",
    "cancel_notices",
    "confirm_sent",
    "hear_file",
    "hear_mail",
    "queue_notice",
    "queue_notices",
    "record_consent",
    "report",
    "send_again",
]
