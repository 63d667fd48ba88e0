from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.mechanisms.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
