from collections.abc import Iterator

from django.apps import AppConfig


class Config(AppConfig):
    name = "huikuan.record.cash"
    label = "cash"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The kind of policy registers itself.
        from huikuan.record.cash import policies
        from huikuan.record.receivables.queries.laws import add_law

        add_law("application_money", _monies)


def _monies() -> Iterator[tuple[str, str, str]]:
    # Loaded when the ledger is checked: most commands never do.
    from huikuan.record.cash.check import unlike_their_money

    return unlike_their_money()
