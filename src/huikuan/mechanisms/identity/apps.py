from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.mechanisms.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"
