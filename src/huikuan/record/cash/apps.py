from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.cash"
    label = "cash"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The kind of policy registers itself.
        from huikuan.record.cash import policies
