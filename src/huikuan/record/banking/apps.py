from collections.abc import Iterator

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.safestring import SafeString


class Config(AppConfig):
    name = "huikuan.record.banking"
    label = "banking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from huikuan.mechanisms.pages.beside import say_beside
        from huikuan.record.receivables.queries.laws import add_law

        add_law("bank_line_left", _uses)
        add_law("bank_statement_chain", _chains)
        say_beside("receivables.item", _item_panel)


def _uses() -> Iterator[tuple[str, str, str]]:
    # Loaded when the ledger is checked: most commands never do.
    from huikuan.record.banking.check import unlike_their_uses

    return unlike_their_uses()


def _chains() -> Iterator[tuple[str, str, str]]:
    # As above.
    from huikuan.record.banking.check import broken_chains

    return broken_chains()


def _item_panel(request: HttpRequest, item_id: int) -> SafeString:
    # Loaded with the first item that is shown.
    from huikuan.record.banking.web.beside import item_panel

    return item_panel(request, item_id)
