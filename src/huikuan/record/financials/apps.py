from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.financials"
    label = "financials"
    default_auto_field = "django.db.models.BigAutoField"
