from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Config(AppConfig):
    name = "huikuan.mechanisms.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Models, which the guards walk, are loaded only once every app is ready.
        from huikuan.mechanisms.store import guards

        # The signal comes once per app, after all migrations; one answer is enough.
        post_migrate.connect(guards.install, sender=self, dispatch_uid="store.guards")
