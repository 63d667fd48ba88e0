from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.see.dossiers"
    label = "dossiers"
    default_auto_field = "django.db.models.BigAutoField"
