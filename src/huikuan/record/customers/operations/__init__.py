"""What can be done to customers. Each door decides, then records facts in one transaction."""

from huikuan.record.customers.operations.affiliations import affiliate, affiliate_many
from huikuan.record.customers.operations.bulk import become_customers, ensure_prospects, import_customers
from huikuan.record.customers.operations.conduct import ask_conduct
from huikuan.record.customers.operations.customers import change_customer, create_customer, create_group, move_group
from huikuan.record.customers.operations.documents import add_document, renew_document, withdraw_document
from huikuan.record.customers.operations.handovers import call_off_hand_over, draw_up_hand_over, sign_hand_over
from huikuan.record.customers.operations.merging import merge_customers, undo_merge
from huikuan.record.customers.operations.people import add_contact, change_care, change_contact, erase_contact

__all__ = [
    "add_contact",
    "add_document",
    "affiliate",
    "affiliate_many",
    "ask_conduct",
    "become_customers",
    "call_off_hand_over",
    "change_care",
    "change_contact",
    "change_customer",
    "create_customer",
    "create_group",
    "draw_up_hand_over",
    "ensure_prospects",
    "erase_contact",
    "import_customers",
    "merge_customers",
    "move_group",
    "renew_document",
    "sign_hand_over",
    "undo_merge",
    "withdraw_document",
]
