from typing import Any

from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.receivables"
    label = "receivables"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Policy kinds and mirrored tables register themselves, once the models exist.
        from huikuan.record.contracts.operations.invoicing import post_by
        from huikuan.record.receivables import columns, policies

        post_by(_invoice)


def _invoice(**said: Any) -> tuple[int, int]:
    # Loaded with the first invoice: most commands never post one.
    from huikuan.record.receivables.operations.invoicing import invoice_order

    return invoice_order(**said)
