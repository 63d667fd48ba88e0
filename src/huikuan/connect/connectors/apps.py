from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.connect.connectors"
    label = "connectors"
    default_auto_field = "django.db.models.BigAutoField"
