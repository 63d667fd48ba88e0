from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers what is decided by approval.
        from huikuan.record.customers import approvals
