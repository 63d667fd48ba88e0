from collections.abc import Iterator

from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.banking"
    label = "banking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from huikuan.record.receivables.queries.laws import add_law

        add_law("bank_line_left", _uses)


def _uses() -> Iterator[tuple[str, str, str]]:
    # Loaded when the ledger is checked: most commands never do.
    from huikuan.record.banking.check import unlike_their_uses

    return unlike_their_uses()
