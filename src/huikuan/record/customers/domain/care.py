"""How we deal with a customer: value class, plan, wishes for what is sent."""

from __future__ import annotations

from dataclasses import dataclass, fields

from huikuan.kernel.errors import Refusal

VALUE_CLASSES = ("key", "strategic", "ordinary")
LANGUAGES = ("zh", "en")
CHANNELS = ("email", "post", "portal", "wechat", "by_hand")

_CHOICES = {"value_class": VALUE_CLASSES, "statement_language": LANGUAGES, "channel": CHANNELS}
LONGEST_ADDRESS, LONGEST_PLAN = 300, 4_000


@dataclass(frozen=True, slots=True)
class Care:
    """The whole of it; '' is not said. Meaning as in models.CareVersion."""

    value_class: str = ""
    plan: str = ""
    statement_language: str = ""
    channel: str = ""
    delivery_address: str = ""


FIELDS = tuple(field.name for field in fields(Care))


def check_care(care: Care) -> None:
    """Refuse an unknown choice and what is too long."""
    for name, known in _CHOICES.items():
        value = getattr(care, name)
        if value and value not in known:
            raise Refusal("care_choice_unknown", value=value, known=", ".join(known))
    for name, longest in (("delivery_address", LONGEST_ADDRESS), ("plan", LONGEST_PLAN)):
        if len(getattr(care, name)) > longest:
            raise Refusal("customer_field_too_long", field=name, longest=longest)
