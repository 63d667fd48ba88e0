from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.judge.rating"
    label = "rating"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The policy kind, what is decided by approval and the kinds of work register themselves.
        from huikuan.judge.rating import approvals, policies, work
