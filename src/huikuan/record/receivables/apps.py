from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.receivables"
    label = "receivables"
    default_auto_field = "django.db.models.BigAutoField"
