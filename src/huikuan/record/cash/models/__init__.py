"""What was applied, undone and turned down; what is known of payers; what they advised; what is suggested."""

from huikuan.record.cash.models.advices import AdviceLine, AdviceSheet
from huikuan.record.cash.models.applications import Application, Rejection, Undoing
from huikuan.record.cash.models.payers import AliasWord, Mandate
from huikuan.record.cash.models.suggestions import Suggestion

__all__ = [
    "AdviceLine",
    "AdviceSheet",
    "AliasWord",
    "Application",
    "Mandate",
    "Rejection",
    "Suggestion",
    "Undoing",
]
