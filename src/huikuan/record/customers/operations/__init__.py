"""What can be done to customers. Each door decides, then records facts in one transaction."""

from huikuan.record.customers.operations.affiliations import affiliate, affiliate_many
from huikuan.record.customers.operations.bulk import ensure_prospects, import_customers
from huikuan.record.customers.operations.customers import change_customer, create_customer, create_group

__all__ = [
    "affiliate",
    "affiliate_many",
    "change_customer",
    "create_customer",
    "create_group",
    "ensure_prospects",
    "import_customers",
]
