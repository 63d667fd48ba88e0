from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.act.visits"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Policies and kinds of work register themselves.
        from huikuan.act.visits import policies, work
