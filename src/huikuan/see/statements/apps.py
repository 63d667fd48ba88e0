from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.see.statements"
    label = "statements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The policy kind registers itself.
        from huikuan.see.statements import policies
