from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.mechanisms.documents"
    label = "documents"
