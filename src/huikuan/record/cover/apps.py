from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.cover"
    label = "cover"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The kinds of request and of work register themselves.
        from huikuan.record.cover import approvals, work
