from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.mechanisms.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers the authority matrix; a context does the same with its policies module.
        from huikuan.mechanisms.approvals import policies
