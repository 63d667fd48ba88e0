from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.bills"
    label = "bills"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Policies and kinds of work register themselves.
        from huikuan.record.bills import policies, work
        from huikuan.record.bills.queries.exposed import PAID_PIECES
        from huikuan.record.promises.queries.sums import count_bills

        count_bills(PAID_PIECES)
