from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.bills"
    label = "bills"
    default_auto_field = "django.db.models.BigAutoField"
