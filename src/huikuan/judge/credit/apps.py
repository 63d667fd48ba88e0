from collections.abc import Iterator

from django.apps import AppConfig
from django.http import HttpRequest
from django.utils.safestring import SafeString


class Config(AppConfig):
    name = "huikuan.judge.credit"
    label = "credit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Policies, what is decided by approval and kinds of work register themselves.
        from huikuan.judge.credit import approvals, policies, work
        from huikuan.mechanisms.pages.beside import say_beside
        from huikuan.record.receivables.queries.laws import add_law

        add_law("order_standing", _standings)
        say_beside("contracts.order", _order_panel)


def _standings() -> Iterator[tuple[str, str, str]]:
    # Loaded when the ledger is checked: most commands never do.
    from huikuan.judge.credit.check import unlike_their_decisions

    return unlike_their_decisions()


def _order_panel(request: HttpRequest, order_id: int) -> SafeString:
    # Loaded with the first order that is shown.
    from huikuan.judge.credit.web.beside import order_panel

    return order_panel(request, order_id)
