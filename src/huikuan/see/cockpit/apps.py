from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.see.cockpit"
    label = "cockpit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The policy kind registers itself.
        from huikuan.see.cockpit import policies
