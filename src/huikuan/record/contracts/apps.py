from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.contracts"
    label = "contracts"
    default_auto_field = "django.db.models.BigAutoField"
