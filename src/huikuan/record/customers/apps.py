from collections.abc import Mapping, Sequence

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.safestring import SafeString


class Config(AppConfig):
    name = "huikuan.record.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers what is decided by approval.
        from huikuan.mechanisms.pages.beside import say_beside_each
        from huikuan.record.customers import approvals

        say_beside_each("notices.unaddressed", _address_marks)


def _address_marks(request: HttpRequest, customer_ids: Sequence[int]) -> Mapping[int, SafeString]:
    # Loaded with the first letter that has no address.
    from huikuan.record.customers.web.addressing import address_marks

    return address_marks(request, customer_ids)
