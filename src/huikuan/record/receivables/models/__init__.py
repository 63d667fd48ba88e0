"""The ledger's facts and its one cache. See the context README for the invariants."""

from huikuan.record.receivables.models.cache import OpenItem
from huikuan.record.receivables.models.ledger import Item, Schedule, Settlement
from huikuan.record.receivables.models.settings import ExchangeRate, PeriodLock

__all__ = ["ExchangeRate", "Item", "OpenItem", "PeriodLock", "Schedule", "Settlement"]
