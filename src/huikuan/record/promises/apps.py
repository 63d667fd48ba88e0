from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.promises"
    label = "promises"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Kinds of request, policies and kinds of work register themselves.
        from huikuan.record.promises import approvals, policies, work
