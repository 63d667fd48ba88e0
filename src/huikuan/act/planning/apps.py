from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.act.planning"
    label = "planning"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The rule of tiers registers itself.
        from huikuan.act.planning import policies
