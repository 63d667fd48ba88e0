from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.shell"
    label = "shell"
    default_auto_field = "django.db.models.BigAutoField"
