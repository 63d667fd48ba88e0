from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.mechanisms.policies"
    label = "policies"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers the mechanism's own kind; a context does the same with its policies module.
        from huikuan.mechanisms.policies import policies
