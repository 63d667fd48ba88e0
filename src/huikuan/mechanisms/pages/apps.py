from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.mechanisms.pages"
    label = "pages"
    default_auto_field = "django.db.models.BigAutoField"
