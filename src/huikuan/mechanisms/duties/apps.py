from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.mechanisms.duties"
    label = "duties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Registers the matrix and the kind of request, and hands identity the rule in force.
        from huikuan.mechanisms.duties import operations
        from huikuan.mechanisms.duties.policies import rule_in_force
        from huikuan.mechanisms.identity.apart import rule_with

        rule_with(rule_in_force)
