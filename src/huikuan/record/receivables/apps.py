from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.receivables"
    label = "receivables"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Policy kinds and mirrored tables register themselves, once the models exist.
        from huikuan.record.receivables import columns, policies
