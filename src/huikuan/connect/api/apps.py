from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.connect.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
