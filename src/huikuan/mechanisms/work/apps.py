from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.mechanisms.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers the policy; a context does the same with its kinds of work.
        from huikuan.mechanisms.work import policies
