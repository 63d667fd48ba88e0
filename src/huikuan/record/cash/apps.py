from collections.abc import Iterator

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.safestring import SafeString


class Config(AppConfig):
    name = "huikuan.record.cash"
    label = "cash"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The kind of policy registers itself.
        from huikuan.mechanisms.pages.beside import say_beside
        from huikuan.record.cash import policies
        from huikuan.record.receivables.queries.laws import add_law

        add_law("application_money", _monies)
        say_beside("banking.line", _line_panel)
        say_beside("bills.bill", _bill_panel)


def _monies() -> Iterator[tuple[str, str, str]]:
    # Loaded when the ledger is checked: most commands never do.
    from huikuan.record.cash.check import unlike_their_money

    return unlike_their_money()


def _line_panel(request: HttpRequest, line_id: int) -> SafeString:
    # Loaded with the first line that is shown.
    from huikuan.record.cash.web.returns import line_panel

    return line_panel(request, line_id)


def _bill_panel(request: HttpRequest, bill_id: int) -> SafeString:
    # As above.
    from huikuan.record.cash.web.collecting import bill_panel

    return bill_panel(request, bill_id)
